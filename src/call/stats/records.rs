//! What is known of all connections of a call.

use std::time::Duration;

use super::{
    history::History,
    meter::Meter,
    own_link::OwnLink,
    sample::Sample,
    stats_snapshot::{Direction, MediaRates, Route, StatsSnapshot},
};
use crate::sorted_map::SortedMap;
use crate::{
    call::{Grade, LinkQuality},
    protocol::ParticipantId,
};

/// A connection with one participant.
#[derive(Debug, Clone, Default)]
pub struct Record {
    meter: Meter,
    reception: LinkQuality,
    /// What it did.
    pub history: History,
    /// What is received now.
    pub received: MediaRates,
    /// What is sent now.
    pub sent: MediaRates,
}

/// All connections of a call.
#[derive(Debug, Default)]
pub struct Records {
    links: SortedMap<ParticipantId, Record>,
    /// What all of them did together.
    pub whole: History,
    own: OwnLink,
    own_bars: Grade,
}

impl Record {
    /// How good it is.
    pub fn bars(&self) -> Grade {
        self.reception.bars()
    }

    /// How its packets go.
    pub fn route(&self) -> Option<&Route> {
        self.meter.last()?.route.as_ref()
    }

    fn take(&mut self, now: Duration, tally: StatsSnapshot) {
        let before = self.meter.last();
        // What nothing comes from is no better for losing nothing.
        let is_heard = before.is_none_or(|before| before.arrived != tally.arrived);
        let [received, sent] =
            [Direction::Received, Direction::Sent].map(|way| tally.picture(way, before));
        if let Some(sample) = self.meter.take(now, tally) {
            (self.received, self.sent) = (received, sent);
            if is_heard {
                self.reception.measure(now, sample.measured());
            }
            self.history.push(sample);
        }
    }
}

impl Records {
    /// Takes what is counted at `now` of the connection with a participant; how good it is.
    pub fn take(&mut self, now: Duration, id: ParticipantId, tally: StatsSnapshot) -> Grade {
        let record = self.links.get_or_default(id);
        record.take(now, tally);
        record.bars()
    }

    /// All that are here were measured once more; `true` when it is to be said that the own link is poor.
    pub fn end_round(&mut self, now: Duration, here: &[ParticipantId]) -> bool {
        self.links.retain(|id, _| here.contains(id));
        let links = self.links.iter().map(|(_, record)| record);
        let latest: Vec<Sample> = links
            .clone()
            .filter_map(|record| record.history.last().copied())
            .collect();
        if !latest.is_empty() {
            self.whole.push(Sample::of_all(now, &latest));
        }
        self.own_bars = OwnLink::bars(links.map(Record::bars));
        self.own.measure(now, self.own_bars)
    }

    /// How good the connection with a participant is, else the own link.
    pub fn bars(&self, who: Option<ParticipantId>) -> Grade {
        match who {
            Some(id) => self.links.get(&id).map(Record::bars).unwrap_or_default(),
            None => self.own_bars,
        }
    }

    /// The connection with a participant.
    pub fn link(&self, id: ParticipantId) -> Option<&Record> {
        self.links.get(&id)
    }

    /// All connections.
    pub fn links(&self) -> impl Iterator<Item = &Record> {
        self.links.iter().map(|(_, record)| record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::stats::{Lost, RtpStream},
        protocol::MediaKind,
    };

    fn id(n: u8) -> ParticipantId {
        ParticipantId::from_random([n; 20])
    }

    fn lossy(second: u64, part: f64) -> StatsSnapshot {
        let packets = second as f64 * 50.0;
        let flow = RtpStream {
            ssrc: 1.0,
            way: Direction::Sent,
            kind: MediaKind::Audio,
            bytes: packets * 100.0,
            packets,
            lost: Lost::Lately(part),
            frames: 0.0,
            size: None,
            codec: "opus".to_owned(),
        };
        StatsSnapshot {
            at: second as f64 * 1_000.0,
            arrived: second as f64,
            flows: vec![flow],
            ..StatsSnapshot::default()
        }
    }

    #[test]
    fn a_link_that_loses_to_all_is_the_own() {
        let mut records = Records::default();
        let mut news = 0;
        let mut own = Grade::Three;
        for second in (0..20).step_by(2) {
            let now = Duration::from_secs(second);
            let [ada, ben] = [1, 2].map(|n| records.take(now, id(n), lossy(second, 0.15)));
            let expected = if second == 0 {
                Grade::Three
            } else {
                Grade::One
            };
            assert_eq!([ada, ben], [expected; 2], "{second}");
            news += usize::from(records.end_round(now, &[id(1), id(2)]));
            own = records.bars(None);
        }
        assert_eq!((own, news), (Grade::One, 1));
        assert_eq!(records.whole.last().unwrap().sent.bitrate, 80_000.0);
        assert_eq!(records.link(id(1)).unwrap().sent.codecs, ["opus"]);
    }

    #[test]
    fn one_that_is_not_heard_any_more_is_no_better() {
        let mut records = Records::default();
        for second in [0, 2, 4] {
            records.take(Duration::from_secs(second), id(1), lossy(second, 0.5));
        }
        assert_eq!(records.bars(Some(id(1))), Grade::One);
        for second in (6..60).step_by(2) {
            let mut tally = lossy(second, 0.0);
            tally.arrived = 4.0;
            records.take(Duration::from_secs(second), id(1), tally);
        }
        assert_eq!(records.bars(Some(id(1))), Grade::One);
        for second in (60..120).step_by(2) {
            records.take(Duration::from_secs(second), id(1), lossy(second, 0.0));
        }
        assert_eq!(records.bars(Some(id(1))), Grade::Three);
    }

    #[test]
    fn one_bad_link_of_two_is_the_others() {
        let mut records = Records::default();
        for second in (0..20).step_by(2) {
            let now = Duration::from_secs(second);
            records.take(now, id(1), lossy(second, 0.5));
            records.take(now, id(2), lossy(second, 0.0));
            let is_news = records.end_round(now, &[id(1), id(2)]);
            assert_eq!((records.bars(None), is_news), (Grade::Three, false));
        }
        records.end_round(Duration::from_secs(20), &[id(2)]);
        assert!(records.link(id(1)).is_none());
        assert_eq!(records.links().count(), 1);
    }
}
