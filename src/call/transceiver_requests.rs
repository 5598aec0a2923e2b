//! What the side that answers asks the other one to offer: a section for everything that it has to send.
//!
//! Each section is asked for once. What is still missing 5 s later is asked for again, for a request may
//! be lost; the next waits double, up to 60 s. A simple-peer makes a section for every request that it
//! hears, so asking is not to be done lightly.

use std::time::Duration;

use super::sections::SectionCounts;
use crate::protocol::MediaKind;

/// How long an offer may take that was asked for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest time between two requests to a peer that does not follow them.
const LONGEST: Duration = Duration::from_secs(60);

/// What is wanted, there and asked for.
#[derive(Debug)]
pub(super) struct TransceiverRequests {
    wanted: SectionCounts,
    /// What the newest offer has; before the first one, nobody knows what is missing.
    offered: Option<SectionCounts>,
    /// And what was asked for beyond it.
    promised: SectionCounts,
    /// When what was asked for is asked for again.
    until: Option<Duration>,
    patience: Duration,
}

impl TransceiverRequests {
    pub fn new() -> Self {
        Self {
            wanted: SectionCounts::FIRST,
            offered: None,
            promised: SectionCounts::NONE,
            until: None,
            patience: PATIENCE,
        }
    }

    /// There is this to send from now on.
    pub fn want(&mut self, wanted: SectionCounts) {
        self.wanted = wanted;
    }

    /// An offer is answered.
    pub fn handle_offer(&mut self, offered: SectionCounts) {
        self.offered = Some(offered);
        self.promised = self.promised.or(offered);
        if offered.hold(self.promised) {
            self.until = None;
            self.patience = PATIENCE;
        }
    }

    /// What is to be asked for, after an answer.
    pub fn ask(&mut self, now: Duration) -> Vec<MediaKind> {
        if self.offered.is_none() {
            return Vec::new();
        }
        let missing: Vec<_> = self.promised.missing_of(self.wanted).collect();
        if !missing.is_empty() {
            self.promised = self.promised.or(self.wanted);
            self.until = Some(now + self.patience);
        }
        missing
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        self.until
    }

    /// What was asked for did not come; tells whether to ask again.
    pub fn handle_timeout(&mut self, now: Duration) -> bool {
        let due = self.until.is_some_and(|until| until <= now);
        if due {
            self.until = None;
            self.promised = self.offered.unwrap_or(SectionCounts::NONE);
            self.patience = (self.patience * 2).min(LONGEST);
        }
        due
    }

    /// The other side can be told again, and has as much time as at first.
    pub fn handle_signaling_restored(&mut self, now: Duration) {
        if let Some(until) = &mut self.until {
            *until = now + PATIENCE;
        }
    }
}
