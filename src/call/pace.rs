//! How fast something may be said (the generic cell rate algorithm, ITU-T I.371).

use std::time::Duration;

/// A sustained rate, and how much fits at once.
#[derive(Debug)]
pub(super) struct Rate {
    /// The time for one.
    pub each: Duration,
    pub burst: u32,
}

/// What has been said: the moment at which it is used up at the sustained rate.
#[derive(Debug, Default)]
pub(super) struct Pace(Duration);

impl Pace {
    /// Whether one more may be said now; then it counts.
    pub fn take(&mut self, now: Duration, rate: &Rate) -> bool {
        let fits = self.ready_at(rate) <= now;
        if fits {
            self.0 = now.max(self.0) + rate.each;
        }
        fits
    }

    /// When one more may be said.
    pub fn ready_at(&self, rate: &Rate) -> Duration {
        let ahead = rate.each * rate.burst.saturating_sub(1);
        self.0.saturating_sub(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_then_the_rate() {
        let rate = Rate {
            each: Duration::from_millis(50),
            burst: 20,
        };
        let mut pace = Pace::default();
        let mut said = |millis| {
            let now = Duration::from_millis(millis);
            (0..1_000).filter(|_| pace.take(now, &rate)).count()
        };
        let counts = [0, 49, 50, 1_050, 60_000].map(&mut said);
        assert_eq!(counts, [20, 0, 1, 20, 20]);
        assert_eq!(pace.ready_at(&rate), Duration::from_millis(60_050));
    }
}
