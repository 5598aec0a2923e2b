//! What a receiver of one RTP stream has to be able to say of it: whether all of it has come, in time and in order.
//!
//! Pure: the time is an argument, and nothing of the connection is known but its packets.

use std::time::Duration;

use serde::Serialize;

use crate::protocol::MediaKind;

/// How many sequence numbers back it is remembered which have come.
const WINDOW: u64 = 1_024;
/// From when on pictures that stand still are seen to.
const FREEZE: Duration = Duration::from_millis(300);
/// A sound of 20 ms that is late by as much is concealed.
const CONCEALED: Duration = Duration::from_millis(120);

/// A packet, as it has arrived.
#[derive(Debug, Clone, Copy)]
pub struct Arrived {
    /// The sequence number without its roll-over.
    pub seq: u64,
    /// The timestamp, in ticks of the kind's clock.
    pub time: u32,
    /// Whether it is the last one of a picture, or the first one of a spurt of talk.
    pub marker: bool,
    /// Bytes of the payload.
    pub bytes: usize,
    /// Of a picture: whether its descriptor says that one begins, and its picture id.
    pub picture: Option<Picture>,
}

/// What leads a packet of VP8 (RFC 7741 section 4.2).
#[derive(Debug, Clone, Copy)]
pub struct Picture {
    /// Whether a picture begins here.
    pub begins: bool,
    /// Width and height in pixels, of a key frame that begins here.
    pub key_frame: Option<(u16, u16)>,
    /// 15 bits.
    pub id: Option<u16>,
}

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// Packets, each counted once.
    pub packets: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// Sequence numbers that have not come, and will not any more.
    pub lost: u64,
    /// Packets that came twice.
    pub doubled: u64,
    /// Timestamps or picture ids that went back while sequence numbers went on.
    pub backwards: u64,
    /// Pictures that begin before there was a key frame.
    pub undecodable: u64,
    /// Key frames.
    pub key_frames: u64,
    /// Pictures that have come to their end.
    pub pictures: u64,
    /// How often nothing came for so long that it is noticed, and for how long in all.
    pub gaps: u64,
    /// For how long, in milliseconds.
    pub gap_ms: u64,
    /// The longest time without anything, in milliseconds.
    pub longest_ms: u64,
    /// The height of the last key frame in pixels.
    pub height: u16,
}

/// One stream.
#[derive(Debug)]
pub struct StreamCheck {
    kind: MediaKind,
    found: Findings,
    /// The packet with the greatest sequence number.
    newest: Option<Newest>,
    /// Which of the [`WINDOW`] numbers up to it have come.
    came: Box<[bool]>,
    /// When the last picture, or sound, has come.
    last: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    seq: u64,
    time: u32,
    picture_id: Option<u16>,
}

impl StreamCheck {
    /// Of a stream of this kind.
    pub fn new(kind: MediaKind) -> Self {
        Self {
            kind,
            found: Findings::default(),
            newest: None,
            came: vec![false; WINDOW as usize].into(),
            last: None,
        }
    }

    /// What kind it is of.
    pub fn kind(&self) -> MediaKind {
        self.kind
    }

    /// What was found so far. What is missing counts as lost once it is too old to come.
    pub fn findings(&self) -> Findings {
        self.found
    }

    /// Whether pictures come that nothing can be shown of before a key frame.
    pub fn awaits_key_frame(&self) -> bool {
        self.kind == MediaKind::Video && self.found.key_frames == 0
    }

    /// What was found, and what has not come by now will not come.
    pub fn close(mut self) -> Findings {
        if let Some(newest) = self.newest {
            self.forget_until(newest.seq + WINDOW);
        }
        self.found
    }

    /// Another track comes by it from now on, perhaps after a while of silence.
    pub fn handle_switch(&mut self) {
        self.last = None;
    }

    /// Takes a packet.
    pub fn handle_packet(&mut self, now: Duration, packet: &Arrived) {
        let Some(newest) = self.newest else {
            self.begin(packet);
            return self.take(now, packet);
        };
        if packet.seq > newest.seq {
            // Numbers that leave the window without having come are lost.
            self.forget_until(packet.seq);
            self.look_back(&newest, packet);
        } else if packet.seq + WINDOW <= newest.seq || self.has_come(packet.seq) {
            self.found.doubled += 1;
            return;
        }
        self.take(now, packet);
    }

    fn begin(&mut self, packet: &Arrived) {
        // What was before the first one is nobody's loss.
        self.came.fill(true);
        self.set(packet.seq, false);
        self.newest = Some(Newest {
            seq: packet.seq,
            time: packet.time,
            picture_id: packet.picture.and_then(|picture| picture.id),
        });
    }

    /// Whether what goes on is later than what was before.
    fn look_back(&mut self, newest: &Newest, packet: &Arrived) {
        let id = packet.picture.and_then(|picture| picture.id);
        let id_went_back = match (newest.picture_id, id) {
            (Some(before), Some(now)) => now.wrapping_sub(before) & 0x7fff > 0x3fff,
            _ => false,
        };
        let time_went_back = packet.time.wrapping_sub(newest.time) > u32::MAX / 2;
        self.found.backwards += u64::from(id_went_back || time_went_back);
        self.newest = Some(Newest {
            seq: packet.seq,
            time: packet.time,
            picture_id: id.or(newest.picture_id),
        });
    }

    fn take(&mut self, now: Duration, packet: &Arrived) {
        self.set(packet.seq, true);
        self.found.packets += 1;
        self.found.bytes += packet.bytes as u64;
        if let Some(picture) = packet.picture.filter(|picture| picture.begins) {
            if let Some((_, height)) = picture.key_frame {
                self.found.key_frames += 1;
                self.found.height = height;
            }
            self.found.undecodable += u64::from(self.found.key_frames == 0);
        }
        let is_whole = self.kind == MediaKind::Audio || packet.marker;
        if self.kind == MediaKind::Audio && packet.marker {
            // A spurt of talk begins (RFC 3551 section 4.1): nothing was to come before.
            self.last = None;
        }
        if is_whole {
            self.found.pictures += 1;
            self.handle_gap(now);
        }
    }

    fn handle_gap(&mut self, now: Duration) {
        let Some(last) = self.last.replace(now) else {
            return;
        };
        let gap = now.saturating_sub(last);
        let noticed = match self.kind {
            MediaKind::Audio => CONCEALED,
            MediaKind::Video => FREEZE,
        };
        let ms = u64::try_from(gap.as_millis()).unwrap_or(u64::MAX);
        self.found.longest_ms = self.found.longest_ms.max(ms);
        if gap >= noticed {
            self.found.gaps += 1;
            self.found.gap_ms += ms;
        }
    }

    /// Makes room for the numbers up to this one.
    fn forget_until(&mut self, seq: u64) {
        let Some(newest) = self.newest else {
            return;
        };
        let ahead = seq - newest.seq;
        // Of a jump by more than the window, everything in between is lost as well.
        self.found.lost += ahead.saturating_sub(WINDOW);
        // The place of each is that of the one a window before it, which leaves.
        for next in newest.seq + 1..=newest.seq + ahead.min(WINDOW) {
            if !self.has_come(next) {
                self.found.lost += 1;
            }
            self.set(next, false);
        }
    }

    fn has_come(&self, seq: u64) -> bool {
        self.came.get(slot(seq)).copied().unwrap_or_default()
    }

    fn set(&mut self, seq: u64, came: bool) {
        if let Some(place) = self.came.get_mut(slot(seq)) {
            *place = came;
        }
    }
}

fn slot(seq: u64) -> usize {
    (seq % WINDOW) as usize
}

impl std::ops::AddAssign for Findings {
    fn add_assign(&mut self, other: Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.backwards += other.backwards;
        self.undecodable += other.undecodable;
        self.key_frames += other.key_frames;
        self.pictures += other.pictures;
        self.gaps += other.gaps;
        self.gap_ms += other.gap_ms;
        self.longest_ms = self.longest_ms.max(other.longest_ms);
        self.height = self.height.max(other.height);
    }
}

impl Findings {
    /// What has come to what was found before.
    pub fn since(&self, before: &Self) -> Self {
        Self {
            packets: self.packets - before.packets,
            bytes: self.bytes - before.bytes,
            lost: self.lost - before.lost,
            doubled: self.doubled - before.doubled,
            backwards: self.backwards - before.backwards,
            undecodable: self.undecodable - before.undecodable,
            key_frames: self.key_frames - before.key_frames,
            pictures: self.pictures - before.pictures,
            gaps: self.gaps - before.gaps,
            gap_ms: self.gap_ms - before.gap_ms,
            longest_ms: match self.longest_ms > before.longest_ms {
                true => self.longest_ms,
                false => 0,
            },
            height: self.height,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn sound(seq: u64) -> Arrived {
        Arrived {
            seq,
            time: (seq * 960) as u32,
            marker: false,
            bytes: 80,
            picture: None,
        }
    }

    fn picture(seq: u64, id: u16, key_frame: bool) -> Arrived {
        Arrived {
            seq,
            time: (seq * 3_600) as u32,
            marker: true,
            bytes: 900,
            picture: Some(Picture {
                begins: true,
                key_frame: key_frame.then_some((640, 360)),
                id: Some(id),
            }),
        }
    }

    fn check(packets: &[Arrived]) -> Findings {
        let mut check = StreamCheck::new(match packets[0].picture {
            Some(_) => MediaKind::Video,
            None => MediaKind::Audio,
        });
        for (number, packet) in packets.iter().enumerate() {
            check.handle_packet(Duration::from_millis(20 * number as u64), packet);
        }
        check.close()
    }

    proptest! {
        #[test]
        fn what_is_lost_is_what_has_not_come(
            first in 0..100_000_u64,
            steps in proptest::collection::vec((1..4_u64, any::<bool>()), 1..400),
        ) {
            // Each may be overtaken by the next one.
            let mut seqs = vec![first];
            for (step, swap) in steps {
                let next = seqs.iter().max().unwrap() + step;
                seqs.push(next);
                if swap && seqs.len() > 2 {
                    let last = seqs.len() - 1;
                    seqs.swap(last, last - 1);
                }
            }
            let came: BTreeSet<u64> = seqs.iter().copied().collect();
            let span = came.last().unwrap() - came.first().unwrap() + 1;
            let packets: Vec<_> = seqs.iter().copied().map(sound).collect();
            let found = check(&packets);
            prop_assert_eq!(found.packets, came.len() as u64);
            prop_assert_eq!(found.doubled, 0);
            prop_assert_eq!(found.backwards, 0);
            prop_assert_eq!(found.lost, span - came.len() as u64);
        }
    }

    #[test]
    fn a_jump_loses_all_that_it_passes() {
        let found = check(&[sound(10), sound(5_010)]);
        assert_eq!((found.packets, found.lost), (2, 4_999));
    }

    #[test]
    fn what_comes_twice_is_counted_once() {
        let found = check(&[sound(1), sound(2), sound(2), sound(3), sound(1)]);
        assert_eq!((found.packets, found.doubled, found.lost), (3, 2, 0));
    }

    #[test]
    fn a_picture_needs_a_key_frame_and_goes_forward() {
        let found = check(&[
            picture(1, 5, false),
            picture(2, 6, true),
            picture(3, 7, false),
        ]);
        assert_eq!(
            (found.undecodable, found.key_frames, found.height),
            (1, 1, 360)
        );
        let found = check(&[picture(1, 5, true), picture(2, 4, false)]);
        assert_eq!(found.backwards, 1);
        let found = check(&[picture(1, 0x7fff, true), picture(2, 0, false)]);
        assert_eq!((found.backwards, found.lost), (0, 0));
    }

    #[test]
    fn between_two_spurts_of_talk_nothing_is_missing() {
        let mut check = StreamCheck::new(MediaKind::Audio);
        for (seq, ms, marker) in [
            (1, 0, true),
            (2, 20, false),
            (3, 900, true),
            (4, 1_100, false),
        ] {
            let packet = Arrived {
                marker,
                ..sound(seq)
            };
            check.handle_packet(Duration::from_millis(ms), &packet);
        }
        let found = check.close();
        assert_eq!((found.gaps, found.gap_ms), (1, 200));
    }

    #[test]
    fn what_stands_still_is_noticed() {
        let mut check = StreamCheck::new(MediaKind::Video);
        for (number, ms) in [0, 40, 80, 480, 520].into_iter().enumerate() {
            let packet = picture(number as u64, number as u16, number == 0);
            check.handle_packet(Duration::from_millis(ms), &packet);
        }
        let found = check.findings();
        assert_eq!((found.gaps, found.gap_ms, found.longest_ms), (1, 400, 400));
    }
}
