//! How often each network may do something.

use std::{collections::BTreeMap, time::Duration};

use super::Network;
use crate::protocol::{Rate, RateLimiter};

/// Most networks that are kept in mind. Each is forgotten once its burst is whole again; above this number new ones go
/// unnoticed, which costs their limit and no memory.
const NETWORKS: usize = 16_384;

/// One rate for each of all networks.
#[derive(Debug)]
pub struct Rates {
    rate: Rate,
    limiters: BTreeMap<Network, RateLimiter>,
    /// When those are looked for that can be forgotten.
    sweep_at: Duration,
}

impl Rates {
    /// `burst` at once, and as many in each `period`.
    pub fn new(burst: u32, period: Duration) -> Self {
        let burst = burst.max(1);
        let each = period / burst;
        Self {
            rate: Rate { each, burst },
            limiters: BTreeMap::new(),
            sweep_at: Duration::ZERO,
        }
    }

    /// Whether a network may do it once more.
    pub fn has_left(&self, now: Duration, network: Network) -> bool {
        let limiter = self.limiters.get(&network);
        limiter.is_none_or(|limiter| limiter.fits(now, &self.rate, 1))
    }

    /// A network does it once more; whether it might.
    pub fn take(&mut self, now: Duration, network: Network) -> bool {
        self.take_many(now, network, 1)
    }

    /// A network does something that costs as much as `cost` times the least; whether it might.
    pub fn take_many(&mut self, now: Duration, network: Network, cost: u32) -> bool {
        self.forget_idle(now);
        if let Some(limiter) = self.limiters.get_mut(&network) {
            return limiter.take_many(now, &self.rate, cost);
        }
        if self.limiters.len() < NETWORKS {
            let mut limiter = RateLimiter::default();
            limiter.charge(now, &self.rate, cost);
            self.limiters.insert(network, limiter);
        }
        true
    }

    /// How many networks are kept in mind.
    #[cfg(test)]
    pub fn kept(&self) -> usize {
        self.limiters.len()
    }

    /// Looks at all of them, but not often: strangers decide how many there are.
    fn forget_idle(&mut self, now: Duration) {
        if now >= self.sweep_at {
            self.limiters.retain(|_, limiter| !limiter.is_idle(now));
            self.sweep_at = now + self.rate.each * self.rate.burst / 16;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn network(number: u32) -> Network {
        Network::V4(number.to_be_bytes())
    }

    #[test]
    fn the_burst_then_the_rate_and_each_for_itself() {
        let mut rates = Rates::new(60, MINUTE);
        let mut taken = |now, who| (0..1_000).filter(|_| rates.take(now, network(who))).count();
        assert_eq!(taken(Duration::ZERO, 1), 60);
        assert_eq!(taken(Duration::ZERO, 2), 60, "another's");
        assert_eq!(taken(Duration::from_secs(10), 1), 10);
        assert_eq!(taken(Duration::from_secs(3_600), 1), 60);
    }

    #[test]
    fn as_many_networks_as_there_are_take_little_memory() {
        let mut rates = Rates::new(2, MINUTE);
        for number in 0..3 * NETWORKS as u32 {
            assert!(rates.take(Duration::ZERO, network(number)));
        }
        assert_eq!(rates.kept(), NETWORKS);
        assert!(rates.take(MINUTE, network(u32::MAX)));
        assert_eq!(rates.kept(), 1, "the others are whole again");
    }

    proptest! {
        #[test]
        fn never_more_than_the_burst_and_the_rate(
            steps in prop::collection::vec(0..5_000u64, 1..200),
            burst in 1..20u32,
        ) {
            let (mut rates, mut now, mut taken) = (Rates::new(burst, MINUTE), Duration::ZERO, 0u32);
            for milliseconds in steps {
                now += Duration::from_millis(milliseconds);
                taken += u32::from(rates.take(now, network(1)));
                let most = f64::from(burst) * (1.0 + now.as_secs_f64() / 60.0);
                prop_assert!(f64::from(taken) <= most + 1e-6, "{taken} of {most}");
            }
        }
    }
}
