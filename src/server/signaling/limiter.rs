//! How many events a connection may send: a bucket that fills at a steady rate.

use std::time::{Duration, Instant};

use crate::protocol::{EVENT_BURST, EVENTS_PER_SECOND};

/// A token bucket.
#[derive(Debug)]
pub struct Limiter {
    tokens: u32,
    filled: Instant,
}

impl Limiter {
    /// A full bucket.
    pub fn new(now: Instant) -> Self {
        Self {
            tokens: EVENT_BURST,
            filled: now,
        }
    }

    /// Takes the tokens of an event of this many bytes, if they are there.
    pub fn take(&mut self, now: Instant, bytes: usize) -> bool {
        let grown = now.saturating_duration_since(self.filled).as_millis()
            * u128::from(EVENTS_PER_SECOND)
            / 1_000;
        if grown > 0 {
            let grown = u32::try_from(grown).unwrap_or(u32::MAX);
            self.tokens = self.tokens.saturating_add(grown).min(EVENT_BURST);
            self.filled +=
                Duration::from_millis(u64::from(grown) * 1_000 / u64::from(EVENTS_PER_SECOND));
        }
        let cost = u32::try_from(1 + bytes / 1024).unwrap_or(u32::MAX);
        let left = self.tokens.checked_sub(cost);
        self.tokens = left.unwrap_or(0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_then_the_rate() {
        let start = Instant::now();
        let mut limiter = Limiter::new(start);
        let taken = |limiter: &mut Limiter, at| {
            (0..10_000)
                .filter(|_| limiter.take(start + at, 100))
                .count()
        };
        assert_eq!(taken(&mut limiter, Duration::ZERO), EVENT_BURST as usize);
        assert_eq!(
            taken(&mut limiter, Duration::from_millis(500)),
            EVENTS_PER_SECOND as usize / 2
        );
        assert_eq!(
            taken(&mut limiter, Duration::from_secs(3_600)),
            EVENT_BURST as usize
        );
        assert!(limiter.take(start + Duration::from_secs(7_200), 900 * 1024));
        assert!(!limiter.take(start + Duration::from_secs(7_200), 900 * 1024));
    }
}
