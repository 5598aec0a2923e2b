//! How often something may happen, and how much of it at once: the generic cell rate algorithm (ITU-T I.371, annex A).
//!
//! A [`RateLimiter`] is one number, so there can be one for every pair of a room. It knows no clock: `now` is the time
//! since any fixed moment.

use std::time::Duration;

/// A sustained rate, and how much fits at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The time for one.
    pub each: Duration,
    /// As many fit at once after a silence.
    pub burst: u32,
}

/// What has been taken at a [`Rate`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimiter {
    /// When all that was taken is used up at the sustained rate, in nanoseconds.
    used_up: u64,
}

impl Rate {
    /// So many a second.
    pub const fn per_second(many: u32, burst: u32) -> Self {
        Self {
            each: Duration::from_nanos(1_000_000_000 / many as u64),
            burst,
        }
    }

    /// So many in each `period`, and as many at once; one at least.
    pub fn per(period: Duration, many: u32) -> Self {
        let burst = many.max(1);
        let each = period / burst;
        Self { each, burst }
    }
}

impl RateLimiter {
    /// Whether one more fits now; then it counts.
    pub fn take(&mut self, now: Duration, rate: &Rate) -> bool {
        self.take_many(now, rate, 1)
    }

    /// Whether so many fit now; then they count.
    pub fn take_many(&mut self, now: Duration, rate: &Rate, cost: u32) -> bool {
        let fits = self.fits(now, rate, cost);
        if fits {
            self.charge(now, rate, cost);
        }
        fits
    }

    /// Whether so many fit now.
    pub fn fits(&self, now: Duration, rate: &Rate, cost: u32) -> bool {
        self.ready_at(rate, cost) <= now
    }

    /// Counts so many, whether they fit or not.
    pub fn charge(&mut self, now: Duration, rate: &Rate, cost: u32) {
        let taken = nanos(rate.each).saturating_mul(cost.into());
        self.used_up = self.used_up.max(nanos(now)).saturating_add(taken);
    }

    /// Counts so many, or all that fit.
    pub fn charge_at_most(&mut self, now: Duration, rate: &Rate, cost: u32) {
        self.charge(now, rate, cost);
        let burst = nanos(rate.each).saturating_mul(rate.burst.into());
        self.used_up = self.used_up.min(nanos(now).saturating_add(burst));
    }

    /// When so many fit. More than a burst fit when nothing is used, and what comes after them waits for longer.
    pub fn ready_at(&self, rate: &Rate, cost: u32) -> Duration {
        let ahead = nanos(rate.each).saturating_mul(rate.burst.saturating_sub(cost).into());
        Duration::from_nanos(self.used_up.saturating_sub(ahead))
    }

    /// Whether all that was taken is used up: a limiter that is as good as new.
    pub fn is_idle(&self, now: Duration) -> bool {
        self.used_up <= nanos(now)
    }
}

/// Good for 584 years.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_burst_then_the_rate() {
        let rate = Rate::per_second(20, 20);
        let mut limiter = RateLimiter::default();
        let mut taken = |millis| {
            let now = Duration::from_millis(millis);
            (0..1_000).filter(|_| limiter.take(now, &rate)).count()
        };
        let counts = [0, 49, 50, 1_050, 60_000].map(&mut taken);
        assert_eq!(counts, [20, 0, 1, 20, 20]);
        assert_eq!(limiter.ready_at(&rate, 1), Duration::from_millis(60_050));
        assert!(!limiter.is_idle(Duration::from_millis(60_999)));
        assert!(limiter.is_idle(Duration::from_secs(61)));
    }

    #[test]
    fn more_than_a_burst_fits_after_a_silence_and_is_paid_for() {
        let rate = Rate::per_second(10, 5);
        let mut limiter = RateLimiter::default();
        assert!(limiter.take_many(Duration::from_secs(1), &rate, 50));
        assert!(!limiter.take(Duration::from_secs(5), &rate));
        assert!(limiter.take(Duration::from_millis(5_600), &rate));
    }

    #[test]
    fn what_is_counted_at_most_leaves_no_debt() {
        let rate = Rate::per_second(10, 5);
        let mut limiter = RateLimiter::default();
        limiter.charge_at_most(Duration::from_secs(1), &rate, 50);
        assert!(!limiter.take(Duration::from_millis(1_099), &rate));
        assert!(limiter.take(Duration::from_millis(1_100), &rate));
    }

    proptest! {
        /// Whatever is asked for and when, no span of time sees more than the burst and the rate allow.
        #[test]
        fn no_span_sees_more(
            asks in prop::collection::vec((0..400u64, 1..6u32), 1..200),
            each in 1..50u64,
            burst in 6..40u32,
        ) {
            let rate = Rate { each: Duration::from_millis(each), burst };
            let (mut limiter, mut millis, mut taken) = (RateLimiter::default(), 0, Vec::new());
            for (wait, cost) in asks {
                millis += wait / 20;
                let now = Duration::from_millis(millis);
                let ready = limiter.ready_at(&rate, cost);
                let took = limiter.take_many(now, &rate, cost);
                prop_assert_eq!(took, ready <= now);
                if took {
                    taken.push((millis, u64::from(cost)));
                }
            }
            for from in 0..taken.len() {
                let mut sum = 0;
                for (at, cost) in &taken[from..] {
                    sum += cost;
                    prop_assert!(sum <= u64::from(burst) + (at - taken[from].0) / each);
                }
            }
        }
    }
}
