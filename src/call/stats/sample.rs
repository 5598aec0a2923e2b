//! What a connection did between two countings.

use std::time::Duration;

use crate::call::Measured;

/// What a connection, or the whole call, did since it was measured last.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// When: the time since any fixed moment.
    pub at: Duration,
    /// To here.
    pub received: Throughput,
    /// From here.
    pub sent: Throughput,
    /// To the other side and back.
    pub round_trip: Option<Duration>,
}

/// What went one way.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Throughput {
    /// Bits a second.
    pub bitrate: f64,
    /// Packets that did not arrive, of a hundred; `None` where too few were sent to tell.
    pub loss: Option<f64>,
    /// Pictures a second, where there are any.
    pub frames: Option<f64>,
}

impl Sample {
    /// What there is to judge a connection by: the worse way counts.
    pub fn measured(&self) -> Measured {
        let losses = [self.received.loss, self.sent.loss];
        Measured {
            loss: losses.into_iter().flatten().fold(0.0, f64::max),
            round_trip: self.round_trip,
        }
    }

    /// What all of them are together: what they carry adds up, the worst loss and the longest way count, and of the
    /// pictures the mean.
    pub fn of_all(at: Duration, samples: &[Self]) -> Self {
        Self {
            at,
            received: Throughput::of_all(samples.iter().map(|sample| sample.received)),
            sent: Throughput::of_all(samples.iter().map(|sample| sample.sent)),
            round_trip: samples.iter().filter_map(|sample| sample.round_trip).max(),
        }
    }
}

impl Throughput {
    fn of_all(each: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::default();
        let (mut frames, mut pictures) = (0.0, 0.0);
        for one in each {
            all.bitrate += one.bitrate;
            if let Some(loss) = one.loss {
                all.loss = Some(all.loss.unwrap_or(0.0).max(loss));
            }
            if let Some(rate) = one.frames {
                frames += rate;
                pictures += 1.0;
            }
        }
        all.frames = (pictures > 0.0).then_some(frames / pictures);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(bitrate: f64, loss: Option<f64>, frames: Option<f64>, millis: u64) -> Sample {
        Sample {
            received: Throughput {
                bitrate,
                loss,
                frames,
            },
            round_trip: Some(Duration::from_millis(millis)),
            ..Sample::default()
        }
    }

    #[test]
    fn the_worse_way_is_measured() {
        let mut one = sample(1.0, Some(3.0), None, 40);
        one.sent.loss = Some(7.0);
        assert_eq!(one.measured().loss, 7.0);
        assert_eq!(one.measured().round_trip, Some(Duration::from_millis(40)));
        assert_eq!(Sample::default().measured(), Measured::default());
    }

    #[test]
    fn a_call_is_all_of_its_connections() {
        let all = Sample::of_all(
            Duration::from_secs(9),
            &[
                sample(1_000.0, Some(2.0), Some(30.0), 20),
                sample(500.0, None, None, 90),
                sample(200.0, Some(5.0), Some(10.0), 10),
            ],
        );
        assert_eq!(all.at, Duration::from_secs(9));
        assert_eq!(all.received.bitrate, 1_700.0);
        assert_eq!(all.received.loss, Some(5.0));
        assert_eq!(all.received.frames, Some(20.0));
        assert_eq!(all.round_trip, Some(Duration::from_millis(90)));
        assert_eq!(all.sent, Throughput::default());
    }
}
