//! Metrics as the language of the page writes numbers.

use js_sys::Number;

use crate::{
    call::{
        Grade,
        stats::{History, Record, Sample, Throughput},
    },
    meeting::Meeting,
    protocol::ParticipantId,
    words::{Phrase, Word, in_use, say, t},
};

/// Whose figures: those of a participant's connection, or of the whole call.
#[derive(Clone, Copy)]
pub struct StatsSource {
    /// Where they are measured.
    pub meeting: Meeting,
    /// Whose.
    pub who: Option<ParticipantId>,
}

impl StatsSource {
    /// What was measured, which is followed.
    pub fn history(self) -> History {
        let history = self.meeting.stats.measured(|records| {
            let history = match self.who {
                Some(id) => records.link(id).map(|record| &record.history),
                None => Some(&records.whole),
            };
            history.cloned()
        });
        history.flatten().unwrap_or_default()
    }

    /// Something of the connection, which is followed.
    pub fn read(self, read: fn(&Record) -> Option<String>) -> Option<String> {
        let read = self
            .meeting
            .stats
            .measured(|records| read(records.link(self.who?)?));
        read.flatten()
    }
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq)]
pub enum Unit {
    /// Bits a second, in thousands.
    Kbit,
    /// Of a hundred.
    Percent,
    /// Thousandths of a second.
    Millis,
    /// Times a second.
    PerSecond,
}

impl Unit {
    /// A number with its unit.
    pub fn format(self, number: f64) -> String {
        let number = &match self {
            Self::Percent => format_number((number * 10.0).round() / 10.0),
            _ => format_number(number.round()),
        };
        say(match self {
            Self::Kbit => Phrase::QualityKbit { number },
            Self::Percent => Phrase::QualityPercent { number },
            Self::Millis => Phrase::QualityMs { number },
            Self::PerSecond => Phrase::QualityPerSecond { number },
        })
    }

    /// The lowest top of a chart.
    pub fn min_scale(self) -> f64 {
        match self {
            Self::Kbit | Self::Millis => 100.0,
            Self::Percent | Self::PerSecond => 10.0,
        }
    }
}

/// One of the values of a sample.
pub type Value = fn(&Sample) -> Option<f64>;

/// Thousands of bits a second.
pub fn kbit(carried: Throughput) -> Option<f64> {
    Some(carried.bitrate / 1_000.0)
}

/// Thousandths of a second to the other side and back.
pub fn millis(sample: &Sample) -> Option<f64> {
    Some(sample.round_trip?.as_secs_f64() * 1_000.0)
}

/// How good a connection is, in a word.
pub fn grade(bars: Grade) -> &'static str {
    t(match bars {
        Grade::One => Word::QualityPoor,
        Grade::Two => Word::QualityFair,
        Grade::Three => Word::QualityGood,
    })
}

/// With the separators of the language, in the digits of all the other numbers here.
fn format_number(number: f64) -> String {
    let locale = [in_use().code(), "-u-nu-latn"].concat();
    Number::from(number).to_locale_string(&locale).into()
}
