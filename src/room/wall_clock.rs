//! The time since 1970, by which tokens are dated: it has to hold for the server after this one.
//!
//! The clock of a machine may be set while the server runs: it starts before the network has told it the time, or was
//! asleep. What was dated by the clock as it was is aged by that one for as long as it may hold.

use std::time::Duration;

use crate::protocol::TOKEN_LIFE;

/// A clock that is off by more was set; by less it drifts.
const SET: Duration = Duration::from_secs(10);

/// The time since 1970, by the time since the server started.
#[derive(Debug)]
pub(super) struct WallClock {
    /// What it is at zero.
    start: Duration,
    /// What it was before it was set, and until when that counts.
    before: Option<(Duration, Duration)>,
}

impl WallClock {
    pub fn new(start: Duration) -> Self {
        Self {
            start,
            before: None,
        }
    }

    /// It is `wall` now.
    pub fn set(&mut self, now: Duration, wall: Duration) {
        let start = wall.saturating_sub(now);
        if self.start.abs_diff(start) > SET {
            self.before = Some((self.start, now.saturating_add(TOKEN_LIFE)));
        }
        self.start = start;
    }

    /// The time since 1970.
    pub fn at(&self, now: Duration) -> Duration {
        self.start.saturating_add(now)
    }

    /// How old at least something is that was dated so.
    pub fn age(&self, now: Duration, issued: Duration) -> Duration {
        let age = |start: Duration| start.saturating_add(now).checked_sub(issued);
        let before = self.before.filter(|(_, until)| now <= *until);
        let before = before.and_then(|(start, _)| age(start));
        let by_this = age(self.start).unwrap_or_default();
        before.map_or(by_this, |before| before.min(by_this))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_800_000_000);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_was_dated_before_the_clock_was_set_holds_as_long_as_it_would_have() {
        let mut clock = WallClock::new(seconds(50));
        let early = clock.at(seconds(100));
        clock.set(seconds(130), NOW);
        assert_eq!(clock.at(seconds(131)), NOW + seconds(1));
        assert_eq!(clock.age(seconds(130), early), seconds(30));
        assert_eq!(clock.age(seconds(132), NOW), seconds(2));
        let late = seconds(131) + TOKEN_LIFE;
        assert!(clock.age(late, early) > TOKEN_LIFE);
        // Set back, what is of a time to come is new.
        clock.set(seconds(140), seconds(5_000));
        assert_eq!(clock.age(seconds(150), NOW), Duration::ZERO);
    }

    #[test]
    fn a_clock_that_drifts_was_not_set() {
        let mut clock = WallClock::new(NOW);
        for second in 0..100 {
            clock.set(seconds(second), NOW + seconds(second) * 2);
            assert_eq!(clock.at(seconds(second)), NOW + seconds(second) * 2);
        }
        assert_eq!(clock.before, None);
    }
}
