//! From what was counted to what happens in a second.
//!
//! Counters begin anew with another connection or another stream, and browsers mend some of them backwards: such a
//! stream counts from the next time on, so that no rate is negative or beyond what a line carries.

use std::time::Duration;

use super::{
    sample::{Sample, Throughput},
    stats_snapshot::{Direction, Lost, RtpStream, StatsSnapshot},
};
use crate::protocol::MediaKind;

/// Milliseconds that have to lie between two countings.
const SHORTEST: f64 = 200.0;
/// Fewer packets tell nothing about loss: in silence, one of ten would be a tenth.
const FEWEST: f64 = 20.0;
/// Bits a second that no line here carries.
const IMPOSSIBLE: f64 = 1e10;
/// Pictures a second that nobody draws.
const TOO_MANY: f64 = 1_000.0;
/// Seconds of a round trip that nobody waits for.
const TOO_LONG: f64 = 60.0;

/// Measures one connection.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    last: Option<StatsSnapshot>,
}

impl Meter {
    /// Takes what is counted at `now`. There is a sample from the second time on.
    pub fn take(&mut self, now: Duration, tally: StatsSnapshot) -> Option<Sample> {
        let elapsed = match &self.last {
            Some(last) => tally.at - last.at,
            None => 0.0,
        };
        // Too soon: the next one counts from the last.
        if (0.0..SHORTEST).contains(&elapsed) && self.last.is_some() {
            return None;
        }
        let last = self.last.replace(tally)?;
        let tally = self.last.as_ref()?;
        let seconds = elapsed / 1_000.0;
        if !seconds.is_finite() || seconds <= 0.0 {
            return None;
        }
        let carried = |way| {
            let flows = tally.flows.iter().filter(|flow| flow.way == way);
            carried(
                flows.filter_map(|flow| Some((flow, last.same(flow)?))),
                seconds,
            )
        };
        Some(Sample {
            at: now,
            received: carried(Direction::Received),
            sent: carried(Direction::Sent),
            round_trip: tally.round_trip.and_then(round_trip),
        })
    }

    /// What was counted last.
    pub fn last(&self) -> Option<&StatsSnapshot> {
        self.last.as_ref()
    }
}

fn round_trip(seconds: f64) -> Option<Duration> {
    (0.0..TOO_LONG)
        .contains(&seconds)
        .then(|| Duration::from_secs_f64(seconds))
}

/// What flows carried from one counting to the next.
fn carried<'a>(
    flows: impl Iterator<Item = (&'a RtpStream, &'a RtpStream)>,
    seconds: f64,
) -> Throughput {
    let mut sum = Throughput::default();
    let (mut sent, mut lost) = (0.0, 0.0);
    for (flow, before) in flows {
        let Some(bytes) = growth(flow.bytes, before.bytes, IMPOSSIBLE / 8.0 * seconds) else {
            continue;
        };
        sum.bitrate += bytes * 8.0 / seconds;
        let packets = growth(flow.packets, before.packets, bytes).unwrap_or(0.0);
        let missing = missing(flow, before, packets);
        sent += packets + missing;
        lost += missing;
        if flow.kind == MediaKind::Video
            && bytes > 0.0
            && let Some(frames) = growth(flow.frames, before.frames, TOO_MANY * seconds)
        {
            sum.frames = Some(sum.frames.unwrap_or(0.0).max(frames / seconds));
        }
    }
    sum.loss = (sent >= FEWEST).then(|| lost * 100.0 / sent);
    sum
}

/// Packets that did not arrive beside those `packets` that were counted.
fn missing(flow: &RtpStream, before: &RtpStream, packets: f64) -> f64 {
    match (flow.lost, before.lost) {
        // As many as would be five in six at the most: what is more is a jump.
        (Lost::SoFar(now), Lost::SoFar(before)) => {
            growth(now, before, packets * 5.0).unwrap_or(0.0)
        }
        // Beside those that arrived, so many were lost that they are this part of all.
        (Lost::Lately(part), _) if (0.0..=1.0).contains(&part) => {
            packets * part / (1.0 - part).max(0.01)
        }
        _ => 0.0,
    }
}

/// How much a counter grew; `None` where it went back or jumped.
fn growth(now: f64, before: f64, most: f64) -> Option<f64> {
    let grown = now - before;
    (0.0..=most).contains(&grown).then_some(grown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn video(ssrc: f64, way: Direction) -> RtpStream {
        RtpStream {
            ssrc,
            way,
            kind: MediaKind::Video,
            bytes: 0.0,
            packets: 0.0,
            lost: Lost::SoFar(0.0),
            frames: 0.0,
            size: None,
            codec: String::new(),
        }
    }

    fn at(seconds: f64, flows: &[RtpStream]) -> StatsSnapshot {
        StatsSnapshot {
            at: seconds * 1_000.0,
            flows: flows.to_vec(),
            ..StatsSnapshot::default()
        }
    }

    fn of_two(before: &[RtpStream], after: &[RtpStream]) -> Sample {
        let mut meter = Meter::default();
        assert_eq!(meter.take(Duration::ZERO, at(5.0, before)), None);
        meter.take(Duration::from_secs(2), at(7.0, after)).unwrap()
    }

    #[test]
    fn counters_become_rates() {
        let before = video(1.0, Direction::Received);
        let after = RtpStream {
            bytes: 250_000.0,
            packets: 190.0,
            lost: Lost::SoFar(10.0),
            frames: 50.0,
            ..before.clone()
        };
        let sample = of_two(&[before], &[after]);
        assert_eq!(sample.at, Duration::from_secs(2));
        assert_eq!(sample.received.bitrate, 1_000_000.0);
        assert_eq!(sample.received.loss, Some(5.0));
        assert_eq!(sample.received.frames, Some(25.0));
        assert_eq!(sample.sent, Throughput::default());
    }

    #[test]
    fn what_the_other_side_misses_weighs_as_much_as_was_sent() {
        let sound = RtpStream {
            kind: MediaKind::Audio,
            ..video(1.0, Direction::Sent)
        };
        let sent = |flow: &RtpStream, packets: f64, part: f64| RtpStream {
            packets,
            bytes: packets * 100.0,
            lost: Lost::Lately(part),
            ..flow.clone()
        };
        let picture = video(2.0, Direction::Sent);
        let after = [sent(&sound, 100.0, 0.0), sent(&picture, 90.0, 0.1)];
        let sample = of_two(&[sound, picture], &after);
        assert_eq!(sample.sent.loss, Some(5.0));
        assert_eq!(sample.received.loss, None);
    }

    #[test]
    fn what_begins_anew_counts_from_then_on() {
        let old = RtpStream {
            bytes: 9e6,
            packets: 9_000.0,
            ..video(1.0, Direction::Received)
        };
        let restarted = RtpStream {
            bytes: 1_000.0,
            ..old.clone()
        };
        let another = RtpStream {
            ssrc: 2.0,
            ..old.clone()
        };
        let jumped = RtpStream {
            bytes: 9e15,
            ..old.clone()
        };
        for after in [restarted, another, jumped] {
            let sample = of_two(std::slice::from_ref(&old), &[after]);
            assert_eq!(sample.received, Throughput::default());
        }
    }

    #[test]
    fn of_few_packets_no_loss_is_told() {
        let before = video(1.0, Direction::Received);
        let after = RtpStream {
            bytes: 900.0,
            packets: 9.0,
            lost: Lost::SoFar(1.0),
            ..before.clone()
        };
        assert_eq!(of_two(&[before], &[after]).received.loss, None);
    }

    #[test]
    fn a_clock_that_stands_or_goes_back_gives_nothing() {
        let mut meter = Meter::default();
        let mut take = |seconds| meter.take(Duration::ZERO, at(seconds, &[]));
        assert_eq!(take(5.0), None);
        assert_eq!(take(5.1), None);
        assert!(take(7.0).is_some());
        assert_eq!(take(1.0), None);
        assert!(take(3.0).is_some());
    }

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            4 => 0.0..1e7f64,
            1 => any::<f64>(),
            1 => Just(f64::NAN),
            1 => -1e6..0.0f64,
        ]
    }

    prop_compose! {
        fn flow()(
            ssrc in 0..3u8, received in any::<bool>(), sound in any::<bool>(), lately in any::<bool>(),
            bytes in number(), packets in number(), lost in number(), frames in number(),
        ) -> RtpStream {
            RtpStream {
                ssrc: f64::from(ssrc),
                way: if received { Direction::Received } else { Direction::Sent },
                kind: if sound { MediaKind::Audio } else { MediaKind::Video },
                bytes, packets, frames,
                lost: if lately { Lost::Lately(lost) } else { Lost::SoFar(lost) },
                size: None,
                codec: String::new(),
            }
        }
    }

    prop_compose! {
        fn tally()(
            at in number(), flows in prop::collection::vec(flow(), 0..4), trip in prop::option::of(number()),
        ) -> StatsSnapshot {
            StatsSnapshot { at, flows, arrived: 0.0, round_trip: trip, route: None }
        }
    }

    proptest! {
        #[test]
        fn no_rate_is_absurd(tallies in prop::collection::vec(tally(), 0..20)) {
            let mut meter = Meter::default();
            for tally in tallies {
                let Some(sample) = meter.take(Duration::ZERO, tally) else { continue };
                for carried in [sample.received, sample.sent] {
                    prop_assert!((0.0..=4.0 * IMPOSSIBLE).contains(&carried.bitrate), "{carried:?}");
                    prop_assert!(carried.loss.is_none_or(|loss| (0.0..=100.0).contains(&loss)), "{carried:?}");
                    prop_assert!(carried.frames.is_none_or(|rate| (0.0..=TOO_MANY).contains(&rate)), "{carried:?}");
                }
            }
        }
    }
}
