//! The link to the server: when to open it, when to give an attempt up, how long to wait for the next.
//!
//! Waits double from 0.2 s to 5 s, each cut by up to half at random, so that the clients of a server
//! that starts again do not come back in step.

use std::time::Duration;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// How long an attempt to open the link, or a reply to `create-session`, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The link and the attempts to open it.
#[derive(Debug)]
pub(super) struct Link {
    state: State,
    /// Failed since the last admission.
    failures: u32,
    jitter: Jitter,
}

#[derive(Debug)]
enum State {
    Closed,
    Opening {
        until: Duration,
    },
    /// Open, before a room is entered.
    Outside,
    /// `create-session` is sent.
    Entering {
        until: Duration,
    },
    Open,
    Waiting {
        until: Duration,
    },
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The next attempt.
    Open,
    /// The end of an attempt that came to nothing.
    GiveUp,
}

impl Link {
    pub fn new(seed: u64) -> Self {
        Self {
            state: State::Closed,
            failures: 0,
            jitter: Jitter(seed),
        }
    }

    /// Whether events come and go: the participant is inside.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Whether the reply to `create-session` is awaited.
    pub fn is_entering(&self) -> bool {
        matches!(self.state, State::Entering { .. })
    }

    /// Whether a room can be entered at once.
    pub fn is_outside(&self) -> bool {
        matches!(self.state, State::Outside)
    }

    /// Begins an attempt now, unless one is under way; tells whether it did.
    pub fn open(&mut self, now: Duration) -> bool {
        let rests = matches!(self.state, State::Closed | State::Waiting { .. });
        self.failures = 0;
        if rests {
            self.state = State::Opening {
                until: now + PATIENCE,
            };
        }
        rests
    }

    /// Begins the attempt now that was to come later; tells whether it did.
    pub fn hurry(&mut self, now: Duration) -> bool {
        let waits = matches!(self.state, State::Waiting { .. });
        if waits {
            self.state = State::Opening {
                until: now + PATIENCE,
            };
        }
        waits
    }

    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    /// The attempt has come to something.
    pub fn opened(&mut self) {
        if matches!(self.state, State::Opening { .. }) {
            self.state = State::Outside;
        }
    }

    pub fn entering(&mut self, now: Duration) {
        self.state = State::Entering {
            until: now + PATIENCE,
        };
    }

    /// The reply was a no that is not the end.
    pub fn turned_away(&mut self) {
        self.state = State::Outside;
    }

    pub fn admitted(&mut self) {
        self.failures = 0;
        self.state = State::Open;
    }

    /// Begins to wait for the next attempt, and tells which it will be.
    pub fn lost(&mut self, now: Duration) -> Option<u32> {
        if matches!(self.state, State::Closed | State::Waiting { .. }) {
            return None;
        }
        let doubled = FIRST_WAIT.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        self.state = State::Waiting {
            until: now + self.jitter.shorten(doubled.min(LONGEST_WAIT)),
        };
        Some(self.failures)
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        match self.state {
            State::Opening { until } | State::Entering { until } | State::Waiting { until } => {
                Some(until)
            }
            State::Closed | State::Outside | State::Open => None,
        }
    }

    pub fn handle_timeout(&mut self, now: Duration) -> Option<Due> {
        self.poll_timeout().filter(|until| *until <= now)?;
        if matches!(self.state, State::Waiting { .. }) {
            self.state = State::Opening {
                until: now + PATIENCE,
            };
            return Some(Due::Open);
        }
        Some(Due::GiveUp)
    }
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug)]
struct Jitter(u64);

impl Jitter {
    /// Takes up to half of a wait away.
    fn shorten(&mut self, wait: Duration) -> Duration {
        let half = wait / 2;
        let part = u32::try_from(self.next() >> 48).unwrap_or_default();
        half + half * part / (1 << 16)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn waits_double_and_are_cut_by_half_at_most(seed: u64) {
            let mut link = Link::new(seed);
            let mut now = Duration::from_secs(7);
            link.open(now);
            for (attempt, whole) in (1..).zip([200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
                prop_assert_eq!(link.lost(now), Some(attempt));
                let wait = link.poll_timeout().unwrap() - now;
                let whole = Duration::from_millis(whole);
                prop_assert!(wait >= whole / 2 && wait <= whole, "{:?} of {:?}", wait, whole);
                prop_assert_eq!(link.handle_timeout(now), None);
                now += wait;
                prop_assert_eq!(link.handle_timeout(now), Some(Due::Open));
            }
        }
    }

    #[test]
    fn clients_do_not_come_back_in_step() {
        let waits: std::collections::BTreeSet<_> = (0..100)
            .map(|seed| {
                let mut link = Link::new(seed);
                link.open(Duration::ZERO);
                link.lost(Duration::ZERO);
                link.poll_timeout()
            })
            .collect();
        assert!(waits.len() > 90);
    }
}
