//! One direction of a participant's way to the SFU: what it loses, how long it takes, and how much it carries.

use std::time::{Duration, Instant};

use crate::call::tests::dice::Dice;

/// What waits for a narrow link at most; what comes on top is lost, as in a router.
const QUEUE: Duration = Duration::from_millis(200);

/// A link that carries everything at once, until it is told otherwise.
#[derive(Debug)]
pub struct Link {
    /// How many of a hundred datagrams are lost.
    pub loss: u64,
    /// The longest time that one takes; each takes another one, so that they overtake each other.
    pub jitter: Duration,
    /// Bits per second; `None` is without end.
    pub bandwidth: Option<u64>,
    /// How many datagrams have been lost.
    pub lost: usize,
    /// When it has carried all that it has taken.
    free_at: Instant,
    dice: Dice,
}

impl Link {
    pub fn new(now: Instant, seed: u64) -> Self {
        Self {
            loss: 0,
            jitter: Duration::ZERO,
            bandwidth: None,
            lost: 0,
            free_at: now,
            dice: Dice(seed),
        }
    }

    /// When a datagram of so many bytes arrives; `None` if it is lost.
    pub fn carry(&mut self, now: Instant, bytes: usize) -> Option<Instant> {
        let begin = self.free_at.max(now);
        if self.dice.below(100) < self.loss || begin - now > QUEUE {
            self.lost += 1;
            return None;
        }
        if let Some(bandwidth) = self.bandwidth {
            self.free_at = begin + Duration::from_micros(8_000_000 * bytes as u64 / bandwidth);
        } else {
            self.free_at = now;
        }
        let jitter = self.dice.below(self.jitter.as_micros() as u64 + 1);
        Some(self.free_at.max(now) + Duration::from_micros(jitter))
    }
}
