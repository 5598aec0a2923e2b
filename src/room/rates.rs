//! How often each of many may do something: networks, or connections.

use std::{collections::BTreeMap, time::Duration};

use crate::protocol::{Rate, RateLimiter};

/// Most that are kept in mind. Each is forgotten once its burst is whole again; above this number new ones go unnoticed,
/// which costs their limit and no memory.
const MOST: usize = 16_384;
/// Those that can be forgotten are looked for so often while a burst becomes whole.
const SWEEPS: u32 = 16;

/// One rate for each of all.
#[derive(Debug)]
pub struct Rates<K> {
    rate: Rate,
    limiters: BTreeMap<K, RateLimiter>,
    /// When those are looked for that can be forgotten.
    sweep_at: Duration,
}

impl<K: Ord> Rates<K> {
    /// The same rate for each.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            limiters: BTreeMap::new(),
            sweep_at: Duration::ZERO,
        }
    }

    /// Whether one may do it once more.
    pub fn has_left(&self, now: Duration, who: &K) -> bool {
        let limiter = self.limiters.get(who);
        limiter.is_none_or(|limiter| limiter.fits(now, &self.rate, 1))
    }

    /// Whether one has not done it lately.
    pub fn is_idle(&self, now: Duration, who: &K) -> bool {
        let limiter = self.limiters.get(who);
        limiter.is_none_or(|limiter| limiter.is_idle(now))
    }

    /// One does it once more; whether it might.
    pub fn take(&mut self, now: Duration, who: K) -> bool {
        self.take_many(now, who, 1)
    }

    /// One does something that costs as much as `cost` times the least; whether it might. The first time it may.
    pub fn take_many(&mut self, now: Duration, who: K, cost: u32) -> bool {
        let limiter = self.limiters.get(&who);
        let fits = limiter.is_none_or(|limiter| limiter.fits(now, &self.rate, cost));
        if fits {
            self.charge(now, who, cost);
        }
        fits
    }

    /// Counts something that one does, whether it might or not.
    pub fn charge(&mut self, now: Duration, who: K, cost: u32) {
        self.forget_idle(now);
        if let Some(limiter) = self.limiters.get_mut(&who) {
            limiter.charge(now, &self.rate, cost);
        } else if self.limiters.len() < MOST {
            let mut limiter = RateLimiter::default();
            limiter.charge(now, &self.rate, cost);
            self.limiters.insert(who, limiter);
        }
    }

    /// How many are kept in mind.
    #[cfg(test)]
    pub fn kept(&self) -> usize {
        self.limiters.len()
    }

    /// Looks at all of them, but not often: strangers decide how many there are.
    fn forget_idle(&mut self, now: Duration) {
        if now >= self.sweep_at {
            self.limiters.retain(|_, limiter| !limiter.is_idle(now));
            self.sweep_at = now + self.rate.each * self.rate.burst / SWEEPS;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_burst_then_the_rate_and_each_for_itself() {
        let mut rates = Rates::new(Rate::per(MINUTE, 60));
        let mut taken = |now, who| (0..1_000).filter(|_| rates.take(now, who)).count();
        assert_eq!(taken(Duration::ZERO, 1), 60);
        assert_eq!(taken(Duration::ZERO, 2), 60, "another's");
        assert_eq!(taken(Duration::from_secs(10), 1), 10);
        assert_eq!(taken(Duration::from_secs(3_600), 1), 60);
    }

    #[test]
    fn as_many_as_there_are_take_little_memory() {
        let mut rates = Rates::new(Rate::per(MINUTE, 2));
        for number in 0..3 * MOST as u32 {
            assert!(rates.take(Duration::ZERO, number));
        }
        assert_eq!(rates.kept(), MOST);
        assert!(rates.take(MINUTE, u32::MAX));
        assert_eq!(rates.kept(), 1, "the others are whole again");
    }

    #[test]
    fn the_idle_are_forgotten() {
        let mut rates = Rates::new(Rate::per_second(1, 10));
        for second in 0..10_000_u64 {
            let now = Duration::from_secs(second);
            assert!(rates.has_left(now, &second) && rates.is_idle(now, &second));
            rates.charge(now, second, 1);
            assert!(rates.kept() <= 2, "{}", rates.kept());
        }
        let now = Duration::from_secs(20_000);
        for number in 0..1_000 {
            rates.charge(now, number, 1);
        }
        assert_eq!(rates.kept(), 1_000, "all are in use");
        for number in 2_000..3_100 {
            rates.charge(now + Duration::from_secs(2), number, 1);
        }
        assert_eq!(rates.kept(), 1_100);
    }

    proptest! {
        #[test]
        fn never_more_than_the_burst_and_the_rate(
            steps in prop::collection::vec(0..5_000u64, 1..200),
            burst in 1..20u32,
        ) {
            let (mut rates, mut now, mut taken) = (Rates::new(Rate::per(MINUTE, burst)), Duration::ZERO, 0u32);
            for milliseconds in steps {
                now += Duration::from_millis(milliseconds);
                taken += u32::from(rates.take(now, 1));
                let most = f64::from(burst) * (1.0 + now.as_secs_f64() / 60.0);
                prop_assert!(f64::from(taken) <= most + 1e-6, "{taken} of {most}");
            }
        }
    }
}
