//! What all bots together have seen.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;

use super::stream_check::Findings;
use crate::{call::EndReason, protocol::MediaKind};

/// Most delays that are kept of each kind between two reports; more are not needed to know their distribution.
const DELAYS: usize = 1 << 20;

/// What all bots have seen since the last report.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Sums>);

#[derive(Debug, Default)]
struct Sums {
    /// Who is inside: one who comes back is there once.
    inside: BTreeSet<u64>,
    left: usize,
    why: Option<String>,
    audio: Kind,
    video: Kind,
    /// Of each bot, what arrives.
    now: BTreeMap<u64, Arriving>,
}

#[derive(Debug, Default)]
struct Kind {
    found: Findings,
    /// In microseconds.
    delays: Vec<u32>,
}

/// What arrives at a bot.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Arriving {
    /// By how many connections.
    pub connections: usize,
    sounds: usize,
    pictures: usize,
}

/// What has come since the last one; a line of JSON.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Seconds since the beginning.
    pub seconds: f64,
    /// How many bots are inside.
    pub inside: usize,
    /// How many have gone, and the last one's reason.
    pub gone: usize,
    /// Why the last one has gone.
    pub reason: Option<String>,
    /// By how many connections media arrives at a bot: the fewest and the most.
    pub connections: [usize; 2],
    /// How many sounds arrive at a bot: the fewest and the most.
    pub sounds: [usize; 2],
    /// How many pictures arrive at a bot: the fewest and the most.
    pub pictures: [usize; 2],
    /// What has come of sounds.
    pub audio: KindReport,
    /// What has come of pictures.
    pub video: KindReport,
}

/// What has come of one kind.
#[derive(Debug, Serialize)]
pub struct KindReport {
    /// In all streams together.
    #[serde(flatten)]
    pub found: Findings,
    /// How long packets were under way that tell it, in microseconds: median, 99th percentile, longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_us: Option<[u32; 3]>,
}

impl Tally {
    /// A bot is inside.
    pub fn enter(&self, bot: u64) {
        self.sums().inside.insert(bot);
    }

    /// A bot is there no more.
    pub fn leave(&self, bot: u64, why: &EndReason) {
        let mut sums = self.sums();
        sums.left += 1;
        sums.inside.remove(&bot);
        sums.now.remove(&bot);
        if *why != EndReason::Left {
            sums.why = Some(format!("{why:?}"));
        }
    }

    /// Something was found in a stream.
    pub fn add(&self, kind: MediaKind, found: Findings) {
        self.sums().of(kind).found += found;
    }

    /// This arrives at a bot now.
    pub fn show(&self, bot: u64, arriving: Arriving) {
        self.sums().now.insert(bot, arriving);
    }

    /// Packets were under way for so long, in microseconds.
    pub fn add_delays(&self, kind: MediaKind, delays: &mut Vec<u32>) {
        let mut sums = self.sums();
        let kept = &mut sums.of(kind).delays;
        let room = DELAYS.saturating_sub(kept.len());
        kept.extend(delays.drain(..).take(room));
    }

    /// What has come since the last report.
    pub fn report(&self, since: Duration) -> Report {
        let mut sums = self.sums();
        let range = |of: fn(&Arriving) -> usize| {
            let all = sums.now.values().map(of);
            [
                all.clone().min().unwrap_or_default(),
                all.max().unwrap_or_default(),
            ]
        };
        let connections = range(|arriving| arriving.connections);
        let sounds = range(|arriving| arriving.sounds);
        let pictures = range(|arriving| arriving.pictures);
        Report {
            seconds: since.as_secs_f64(),
            inside: sums.inside.len(),
            gone: sums.left,
            reason: sums.why.clone(),
            connections,
            sounds,
            pictures,
            audio: std::mem::take(&mut sums.audio).report(),
            video: std::mem::take(&mut sums.video).report(),
        }
    }

    /// What is added up is right whatever a thread has died of.
    fn sums(&self) -> MutexGuard<'_, Sums> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arriving {
    /// One more stream of this kind.
    pub fn add_stream(&mut self, kind: MediaKind) {
        match kind {
            MediaKind::Audio => self.sounds += 1,
            MediaKind::Video => self.pictures += 1,
        }
    }
}

impl Sums {
    fn of(&mut self, kind: MediaKind) -> &mut Kind {
        match kind {
            MediaKind::Audio => &mut self.audio,
            MediaKind::Video => &mut self.video,
        }
    }
}

impl Kind {
    fn report(mut self) -> KindReport {
        self.delays.sort_unstable();
        let at = |share: usize| {
            let place = (self.delays.len().checked_sub(1)?) * share / 100;
            self.delays.get(place).copied()
        };
        KindReport {
            found: self.found,
            delay_us: at(50)
                .zip(at(99))
                .zip(at(100))
                .map(|((median, most), all)| [median, most, all]),
        }
    }
}

impl fmt::Display for Report {
    /// A line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = |[least, most]: [usize; 2]| match least == most {
            true => most.to_string(),
            false => format!("{least}-{most}"),
        };
        let (audio, video) = (&self.audio.found, &self.video.found);
        write!(
            f,
            "{:6.1} s: {} inside; each receives {} sounds and {} pictures by {} connections; lost {} of {} packets, \
             {} pictures stood still, {} sounds fell out",
            self.seconds,
            self.inside,
            span(self.sounds),
            span(self.pictures),
            span(self.connections),
            audio.lost + video.lost,
            audio.packets + video.packets,
            video.gaps,
            audio.gaps,
        )?;
        if let Some(reason) = &self.reason {
            write!(f, "; {} gone, the last one for: {reason}", self.gone)?;
        }
        Ok(())
    }
}
