//! Own messages on their way: said at a pace that the server takes, and again until it has said yes.

use std::{collections::VecDeque, time::Duration};

use crate::protocol::{Rate, RateLimiter};
use crate::sorted_map::SortedMap;

/// Below what the server takes, since what was said at intervals may come to it at once.
const RATE: Rate = Rate {
    each: Duration::from_millis(250),
    burst: 10,
};
/// How long to be silent after the server has asked for that.
const REST: Duration = Duration::from_secs(1);

/// The counts of own messages that are not known to have been passed on.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    unsaid: SortedMap<u32, ()>,
    /// On this link, in order: the server answers in the same order.
    said: VecDeque<u32>,
    pace: RateLimiter,
    rests: Duration,
}

impl Outbox {
    pub fn push(&mut self, n: u32) {
        self.unsaid.insert(n, ());
    }

    /// What to say now.
    pub fn poll(&mut self, now: Duration) -> Option<u32> {
        if self.unsaid.is_empty() || now < self.rests || !self.pace.take(now, &RATE) {
            return None;
        }
        self.unsaid.pop_first().map(|(n, ())| n)
    }

    /// It is said.
    pub fn said(&mut self, n: u32) {
        self.said.push_back(n);
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let any = !self.unsaid.is_empty();
        any.then(|| self.pace.ready_at(&RATE, 1).max(self.rests))
    }

    /// The server has answered what was said first of all that it has not answered.
    pub fn answered(&mut self) -> Option<u32> {
        self.said.pop_front()
    }

    /// The server wants this to be said again later.
    pub fn put_back(&mut self, now: Duration, n: u32) {
        self.unsaid.insert(n, ());
        self.rests = now + REST;
    }

    /// The link is lost, and so may be whatever has no answer.
    pub fn cut(&mut self) {
        self.said.drain(..).for_each(|n| self.unsaid.insert(n, ()));
    }

    /// Nothing can be said under that name any more.
    pub fn clear(&mut self) {
        self.unsaid.clear();
        self.said.clear();
    }
}
