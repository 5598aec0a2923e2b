//! The packets of one downtrack, which carries one track after the other in one stream.
//!
//! To the receiver it stays the same stream: sequence numbers go on without a gap, timestamps go forward by the time that
//! has passed, and the picture ids of VP8 (RFC 7741 section 4.2) are counted on. A picture begins with a key frame:
//! until there is one, nothing of it is passed.

use std::time::Instant;

use str0m::rtp::{Vp8Descriptor, Vp8Patch};

use crate::protocol::MediaKind;

/// The first sequence number. Without a signal of its own, a receiver knows only those under 65,536
/// (RFC 3711 section 3.3.1).
const FIRST: u64 = 1;

/// Most numbers that a source skips. A receiver that has lost more does not know how often they have rolled over, and could
/// read nothing any more, of other tracks either (RFC 3711 appendix A).
const GAP: u64 = 1 << 12;

/// The stream of one downtrack.
#[derive(Debug)]
pub(super) struct Rewriter {
    kind: MediaKind,
    /// The last packet that was passed.
    last: Option<LastSent>,
    /// What makes a packet of the current track one of this stream; none before its first packet is passed.
    shift: Option<Offsets>,
    /// Whether something of the track was left out since.
    resumes: bool,
}

/// A packet of a track.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packet {
    /// The sequence number without its roll-over.
    pub seq: u64,
    /// The timestamp, in ticks of the kind's clock.
    pub time: u32,
    /// What leads a payload of VP8.
    pub vp8: Option<Vp8Descriptor>,
    /// Whether a key frame begins with it.
    pub key_frame: bool,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is to be sent like this.
    Send {
        /// The sequence number without its roll-over.
        seq: u64,
        /// The timestamp.
        time: u32,
        /// Whether it comes after something of its track that was left out.
        resumes: bool,
        /// What is to be changed in the payload.
        patch: Option<Vp8Patch>,
    },
    /// It is dropped: a key frame has to come first.
    KeyFrameFirst,
    /// It is dropped: it is older than what the stream has of this track.
    Old,
}

#[derive(Debug, Clone, Copy)]
struct LastSent {
    seq: u64,
    /// The number that it had.
    from: u64,
    time: u32,
    at: Instant,
    picture_id: u16,
    tl0_pic_idx: u8,
}

#[derive(Debug, Clone, Copy)]
struct Offsets {
    /// The first sequence number of the track, and what it has become.
    from: u64,
    to: u64,
    time: u32,
    picture_id: u16,
    tl0_pic_idx: u8,
}

impl Rewriter {
    pub fn new(kind: MediaKind) -> Self {
        Self {
            kind,
            last: None,
            shift: None,
            resumes: false,
        }
    }

    /// What it carries.
    pub fn kind(&self) -> MediaKind {
        self.kind
    }

    /// What comes next is of another track.
    pub fn switch(&mut self) {
        self.shift = None;
    }

    /// What comes next follows on something of the same track that is left out: its numbers go on without a gap, and its time
    /// goes on as it has passed for the track. For sounds, of which each packet stands for itself.
    pub fn resume(&mut self) {
        self.resumes = true;
    }

    /// Whether it waits for a key frame.
    pub fn awaits_key_frame(&self) -> bool {
        self.kind == MediaKind::Video && self.shift.is_none()
    }

    /// Takes a packet of the current track.
    pub fn pass(&mut self, now: Instant, packet: &Packet) -> Verdict {
        if self.awaits_key_frame() && !packet.key_frame {
            return Verdict::KeyFrameFirst;
        }
        let resumes = self.resumes;
        if let (true, Some(shift), Some(last)) = (resumes, &mut self.shift, self.last) {
            if packet.seq <= last.from {
                return Verdict::Old;
            }
            shift.from = packet.seq;
            shift.to = last.seq + 1;
        }
        self.resumes = false;
        if let (Some(shift), Some(last)) = (self.shift, self.last)
            && packet.seq.saturating_sub(shift.from) + shift.to > last.seq + GAP
        {
            // A source that skips so many is taken for another track, which begins here.
            self.shift = None;
        }
        let shift = *self
            .shift
            .get_or_insert_with(|| Offsets::to(self.kind, self.last.as_ref(), now, packet));
        let Some(ahead) = packet.seq.checked_sub(shift.from) else {
            return Verdict::Old;
        };
        let seq = shift.to + ahead;
        let time = packet.time.wrapping_add(shift.time);
        if self.last.is_none_or(|last| last.seq < seq) {
            self.last = Some(LastSent {
                seq,
                from: packet.seq,
                time,
                at: now,
                picture_id: packet.picture_id().wrapping_add(shift.picture_id),
                tl0_pic_idx: packet.tl0_pic_idx().wrapping_add(shift.tl0_pic_idx),
            });
        }
        let patch = shift.patch(packet);
        Verdict::Send {
            seq,
            time,
            resumes,
            patch,
        }
    }
}

impl Packet {
    fn picture_id(&self) -> u16 {
        self.vp8.and_then(|vp8| vp8.picture_id()).unwrap_or(0)
    }

    fn tl0_pic_idx(&self) -> u8 {
        self.vp8.and_then(|vp8| vp8.tl0_pic_idx()).unwrap_or(0)
    }
}

impl Offsets {
    /// Goes on from the last packet of the track before.
    fn to(kind: MediaKind, last: Option<&LastSent>, now: Instant, packet: &Packet) -> Self {
        let from = packet.seq;
        let Some(last) = last else {
            return Self {
                from,
                to: FIRST,
                time: 0,
                picture_id: 0,
                tl0_pic_idx: 0,
            };
        };
        let time = last.time.wrapping_add(ticks(kind, last.at, now));
        // Decoders take a picture id that stays or goes back for a picture that they have had already.
        let next = last.picture_id.wrapping_add(1);
        Self {
            from,
            to: last.seq + 1,
            time: time.wrapping_sub(packet.time),
            picture_id: next.wrapping_sub(packet.picture_id()),
            tl0_pic_idx: last
                .tl0_pic_idx
                .wrapping_add(1)
                .wrapping_sub(packet.tl0_pic_idx()),
        }
    }

    fn patch(&self, packet: &Packet) -> Option<Vp8Patch> {
        const LONG: u16 = 0x7FFF;
        const SHORT: u16 = 0x7F;
        let vp8 = packet.vp8?;
        if self.picture_id == 0 && self.tl0_pic_idx == 0 {
            return None;
        }
        // A picture id has 15 bits or 7 (RFC 7741 section 4.2), and a descriptor that was parsed does not tell which: what
        // does not fit the short form is the long one, and building the patch fails for the wrong one.
        let patch = |mask: u16| {
            let mut patch = vp8.patch();
            if let Some(id) = vp8.picture_id() {
                patch = patch.picture_id(id.wrapping_add(self.picture_id) & mask);
            }
            if let Some(index) = vp8.tl0_pic_idx() {
                patch = patch.tl0_pic_idx(index.wrapping_add(self.tl0_pic_idx));
            }
            patch.build().ok()
        };
        patch(LONG).or_else(|| patch(SHORT))
    }
}

/// How far a clock of RTP has gone on between two packets: at least one tick.
fn ticks(kind: MediaKind, from: Instant, to: Instant) -> u32 {
    let rate = match kind {
        MediaKind::Audio => 48_000,
        MediaKind::Video => 90_000,
    };
    let passed = to.saturating_duration_since(from).as_millis();
    let ticks = passed.saturating_mul(rate) / 1_000;
    // It wraps like the timestamp itself.
    (ticks.max(1) & u128::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn packet(seq: u64, time: u32, key_frame: bool) -> Packet {
        Packet {
            seq,
            time,
            vp8: None,
            key_frame,
        }
    }

    fn picture(seq: u64, id: u16) -> (Vec<u8>, Packet) {
        let [high, low] = (id | 0x8000).to_be_bytes();
        let payload = vec![0x90, 0xE0, high, low, 9, 0, 0x00];
        let vp8 = Vp8Descriptor::parse(&payload).unwrap();
        let packet = Packet {
            vp8: Some(vp8),
            key_frame: vp8.starts_keyframe(&payload),
            ..packet(seq, 0, true)
        };
        (payload, packet)
    }

    fn sent(passed: Verdict) -> (u64, u32) {
        match passed {
            Verdict::Send { seq, time, .. } => (seq, time),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn another_track_goes_on_where_the_last_one_ended() {
        let start = Instant::now();
        let mut stream = Rewriter::new(MediaKind::Audio);
        assert_eq!(sent(stream.pass(start, &packet(70_000, 500, false))).0, 1);
        assert_eq!(
            sent(stream.pass(start, &packet(70_002, 2420, false))),
            (3, 2420)
        );
        assert_eq!(
            sent(stream.pass(start, &packet(70_001, 1460, false))),
            (2, 1460)
        );
        stream.switch();
        let later = start + Duration::from_millis(100);
        assert_eq!(
            sent(stream.pass(later, &packet(9, u32::MAX, false))),
            (4, 2420 + 4800)
        );
        assert_eq!(stream.pass(later, &packet(8, 0, false)), Verdict::Old);
        assert_eq!(
            sent(stream.pass(later, &packet(10, 959, false))),
            (5, 2420 + 4800 + 960)
        );
    }

    #[test]
    fn a_picture_begins_with_a_key_frame() {
        let start = Instant::now();
        let mut stream = Rewriter::new(MediaKind::Video);
        assert_eq!(
            stream.pass(start, &packet(5, 0, false)),
            Verdict::KeyFrameFirst
        );
        assert!(stream.awaits_key_frame());
        assert_eq!(sent(stream.pass(start, &packet(6, 7, true))), (1, 7));
        assert_eq!(stream.pass(start, &packet(5, 0, false)), Verdict::Old);
        assert_eq!(sent(stream.pass(start, &packet(7, 7, false))), (2, 7));
        stream.switch();
        assert_eq!(
            stream.pass(start, &packet(8, 0, false)),
            Verdict::KeyFrameFirst
        );
    }

    #[test]
    fn what_a_source_skips_is_bounded() {
        let start = Instant::now();
        let mut stream = Rewriter::new(MediaKind::Video);
        assert_eq!(sent(stream.pass(start, &packet(5, 0, true))).0, 1);
        assert_eq!(sent(stream.pass(start, &packet(15, 0, false))).0, 11);
        assert_eq!(sent(stream.pass(start, &packet(20_015, 0, false))).0, 12);
        assert_eq!(stream.pass(start, &packet(16, 0, false)), Verdict::Old);
        assert_eq!(sent(stream.pass(start, &packet(20_016, 0, false))).0, 13);
    }

    #[test]
    fn picture_ids_are_counted_on() {
        let start = Instant::now();
        let mut stream = Rewriter::new(MediaKind::Video);
        let (_, first) = picture(1, 0x7FFF);
        assert!(first.key_frame);
        let Verdict::Send { patch: None, .. } = stream.pass(start, &first) else {
            panic!("the first track is passed as it is");
        };
        stream.switch();
        let (payload, second) = picture(1, 77);
        let Verdict::Send { patch, .. } = stream.pass(start, &second) else {
            panic!("it is passed");
        };
        let vp8 = Vp8Descriptor::parse(&payload).unwrap();
        let expected = vp8.patch().picture_id(0).tl0_pic_idx(10).build().unwrap();
        assert_eq!(patch, Some(expected));
    }

    proptest! {
        #[test]
        fn what_is_left_out_leaves_no_gap_and_keeps_the_time_of_the_track(
            stretches in proptest::collection::vec((1..30_u64, 0..10_000_u64), 1..10),
            first in any::<u16>(),
            overlap in 0..4_u64,
        ) {
            let start = Instant::now();
            let mut stream = Rewriter::new(MediaKind::Audio);
            let mut seq = u64::from(first) + 10;
            let mut before: Option<(u64, u32)> = None;
            let mut offset = None;
            let mut last: Option<u64> = None;
            for (count, left_out) in stretches {
                stream.resume();
                // What was passed already is not passed again.
                for seq in last.into_iter().flat_map(|last| last - overlap..=last) {
                    let again = packet(seq, (seq * 960) as u32, false);
                    prop_assert_eq!(stream.pass(start, &again), Verdict::Old);
                }
                for _ in 0..count {
                    let (sent, time) = sent(stream.pass(start, &packet(seq, (seq * 960) as u32, false)));
                    prop_assert!(before.is_none_or(|(before, _)| sent == before + 1));
                    let now = time.wrapping_sub((seq * 960) as u32);
                    prop_assert_eq!(*offset.get_or_insert(now), now);
                    before = Some((sent, time));
                    last = Some(seq);
                    seq += 1;
                }
                seq += left_out;
            }
        }

        #[test]
        fn a_receiver_never_sees_a_gap_or_a_step_back_between_tracks(
            tracks in proptest::collection::vec((any::<u16>(), any::<u32>(), 1..20_u32, 0..5_000_u64), 1..8),
            video: bool,
        ) {
            let kind = if video { MediaKind::Video } else { MediaKind::Audio };
            let mut stream = Rewriter::new(kind);
            let mut now = Instant::now();
            let mut before: Option<(u64, u32)> = None;
            for (seq, time, count, pause) in tracks {
                now += Duration::from_millis(pause);
                stream.switch();
                for at in 0..count {
                    let packet = packet(u64::from(seq) + u64::from(at), time.wrapping_add(at * 960), at == 0);
                    let (seq, time) = sent(stream.pass(now, &packet));
                    if let Some(before) = before {
                        prop_assert_eq!(seq, before.0 + 1);
                        let forward = time.wrapping_sub(before.1);
                        prop_assert!(forward > 0 && forward < u32::MAX / 2);
                    } else {
                        prop_assert!(seq < 65_536);
                    }
                    before = Some((seq, time));
                }
            }
        }
    }
}
