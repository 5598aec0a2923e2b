//! How much a participant may send, and how fast it is taken.
//!
//! A [`Budget`] is a [`RateLimiter`] with its rate, in the time of the machine. What is above the budget is dropped as early as it is known: bytes and packets of a
//! connection before anything is deciphered, those of a source before they are passed on. So it is the sender's own
//! picture that suffers: as a whole, until its next key frame, since a picture with holes cannot be shown.
//!
//! An honest sender stays below: a camera in three layers of simulcast up to 1080p takes 3.5 to 4.5 Mbit/s (2.5,
//! 0.5 and 0.15 by the defaults of browsers, which probe for half as much again), a screen up to 5, in Firefox 10, Opus at
//! its highest bitrate 0.26 in stereo.

use std::time::{Duration, Instant};

use crate::protocol::{Rate, RateLimiter, TrackSource};

/// Bytes that come from a connection each second: 24 Mbit/s, which is all sources at their limits, their headers, what is
/// sent again, and what browsers send to find out how much a path takes. Those of a second may come at once, for key frames;
/// the same for all bytes here.
const CONNECTION_BYTES: Rate = Rate::per_second(3_000_000, 3_000_000);
/// Datagrams that come from a connection each second, checks and reports (RFC 3550 section 6) among them. Those of 200 ms
/// may come at once, since what comes at once is also sent at once.
const CONNECTION_DATAGRAMS: Rate = Rate::per_second(5_000, 1_000);
/// Bytes of a camera's payloads each second: 6 Mbit/s, all of its layers together.
const CAMERA_BYTES: Rate = Rate::per_second(750_000, 750_000);
/// Bytes of a screen's payloads each second: 12 Mbit/s. Browsers send up to 10 of one above 1920x1200.
const SCREEN_BYTES: Rate = Rate::per_second(1_500_000, 1_500_000);
/// Packets of a camera or a screen each second. Each costs as much as there are receivers, whatever its size.
const PICTURE_PACKETS: Rate = Rate::per_second(2_000, 400);
/// Bytes of a sound's payloads each second: 0.3 Mbit/s.
const SOUND_BYTES: Rate = Rate::per_second(37_500, 37_500);
/// Packets of a sound each second: twice those of the usual 10 to 20 ms. As many come at once as a line may hold up.
const SOUND_PACKETS: Rate = Rate::per_second(200, 200);

/// What is left of a rate. It begins full.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    rate: Rate,
    limiter: RateLimiter,
    /// From when on the limiter counts: when something was taken first.
    began: Option<Instant>,
}

/// The budgets of what comes in units of two kinds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traffic {
    bytes: Budget,
    packets: Budget,
}

impl Budget {
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            limiter: RateLimiter::default(),
            began: None,
        }
    }

    /// When there is enough for so many units; it may be past already.
    pub fn due(&self, units: u32) -> Option<Instant> {
        Some(self.began? + self.limiter.ready_at(&self.rate, units))
    }

    /// Whether there is enough for so many units.
    pub fn has(&self, now: Instant, units: u32) -> bool {
        self.limiter.fits(self.time(now), &self.rate, units)
    }

    /// Whether half of what may come at once may.
    pub fn is_half_full(&self, now: Instant) -> bool {
        self.has(now, self.rate.burst / 2)
    }

    /// Takes so many units, if there is enough.
    pub fn take(&mut self, now: Instant, units: u32) -> bool {
        let enough = self.has(now, units);
        if enough {
            self.charge(now, units);
        }
        enough
    }

    /// Takes so many units, or all that there are.
    pub fn charge(&mut self, now: Instant, units: u32) {
        self.began.get_or_insert(now);
        let now = self.time(now);
        self.limiter.charge_at_most(now, &self.rate, units);
    }

    fn time(&self, now: Instant) -> Duration {
        let began = self.began.unwrap_or(now);
        now.saturating_duration_since(began)
    }
}

impl Traffic {
    /// Whether there is enough again for a picture as a whole.
    pub fn is_half_full(&self, now: Instant) -> bool {
        self.bytes.is_half_full(now) && self.packets.is_half_full(now)
    }

    /// Of all that comes from a connection.
    pub fn of_connection() -> Self {
        Self {
            bytes: Budget::new(CONNECTION_BYTES),
            packets: Budget::new(CONNECTION_DATAGRAMS),
        }
    }

    /// Of one source.
    pub fn of_source(source: TrackSource) -> Self {
        let (bytes, packets) = match source {
            TrackSource::Camera => (CAMERA_BYTES, PICTURE_PACKETS),
            TrackSource::Screen => (SCREEN_BYTES, PICTURE_PACKETS),
            TrackSource::Microphone | TrackSource::ScreenSound => (SOUND_BYTES, SOUND_PACKETS),
        };
        Self {
            bytes: Budget::new(bytes),
            packets: Budget::new(packets),
        }
    }

    /// Takes a packet of so many bytes, if there is enough for it.
    pub fn take(&mut self, now: Instant, bytes: usize) -> bool {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.bytes.has(now, bytes) && self.packets.take(now, 1) && self.bytes.take(now, bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let start = Instant::now();
        let mut budget = Budget::new(Rate::per_second(100, 50));
        let taken = |budget: &mut Budget, at| {
            std::iter::repeat(())
                .take_while(|()| budget.take(at, 1))
                .count()
        };
        assert_eq!(taken(&mut budget, start), 50);
        assert_eq!(budget.due(1), Some(start + SECOND / 100));
        assert_eq!(taken(&mut budget, start + SECOND / 10), 10);
        assert_eq!(taken(&mut budget, start + 100 * SECOND), 50);
        assert!(!budget.has(start, u32::MAX));
    }

    #[test]
    fn an_honest_sender_passes_with_all_that_it_can_send() {
        let start = Instant::now();
        let mut connection = Traffic::of_connection();
        let mut sources = TrackSource::ALL.map(|source| (source, Traffic::of_source(source)));
        // In a minute, every 20 ms: three layers up to 1080p at 30 pictures a second, a screen at 5 Mbit/s and a key
        // frame of 300 kB of each every ten seconds, all sounds in packets of 10 ms with 510 kbit/s for both.
        for tick in 0..3_000_u32 {
            let now = start + tick * Duration::from_millis(20);
            for (source, traffic) in &mut sources {
                let key_frame = if tick % 500 == 0 { 250 } else { 0 };
                let packets: Vec<usize> = match source {
                    TrackSource::Camera => [vec![1_200; 10 + key_frame], vec![600, 200]].concat(),
                    TrackSource::Screen => vec![1_200; 10 + key_frame],
                    TrackSource::Microphone | TrackSource::ScreenSound => vec![320; 2],
                };
                for bytes in packets {
                    assert!(traffic.take(now, bytes), "{source:?} at {tick}");
                    assert!(connection.take(now, bytes + 60), "{source:?} at {tick}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_a_burst(steps in proptest::collection::vec((0..50_u64, 1..3_000_usize), 1..300)) {
            let start = Instant::now();
            let mut traffic = Traffic::of_source(TrackSource::Microphone);
            let (mut now, mut bytes, mut packets) = (start, 0, 0);
            for (pause, size) in steps {
                now += Duration::from_millis(pause);
                if traffic.take(now, size) {
                    bytes += size;
                    packets += 1;
                }
                let passed = (now - start).as_secs_f64();
                // Units last whole nanoseconds.
                prop_assert!(bytes as f64 <= 37_502.0 * (1.0 + passed) + 1.0);
                prop_assert!(f64::from(packets) <= 200.0 * (1.0 + passed) + 1.0);
            }
        }
    }
}
