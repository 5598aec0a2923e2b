//! How a packet gets to those who subscribe to its track.

use std::time::Instant;

use str0m::rtp::{RtpPacket, Vp8Descriptor};

use super::Sfu;
use crate::{
    protocol::{MediaKind, ParticipantId, TrackSource},
    sfu::{
        downtracks::Track,
        rtp_rewriter::{Packet, Verdict},
        uptracks::{Continuity, SourceChange, Subscriber},
    },
};

/// Largest payload that is passed on, in bytes: the largest that comes in one datagram over Ethernet (1500), without the
/// headers of IPv4, UDP and RTP (20, 8 and 12) and the shortest tag of SRTP (10, RFC 5764 section 4.1.2). What does not fit
/// into a datagram again, with a longer header perhaps, is divided by the system.
const PAYLOAD_BYTES: usize = 1_450;

impl Sfu {
    /// Passes a packet on to all who subscribe to its track.
    pub(super) fn forward(&mut self, now: Instant, from: ParticipantId, packet: &RtpPacket) {
        if packet.payload.len() > PAYLOAD_BYTES {
            self.refuse_large(from, packet.payload.len());
            return;
        }
        let Some(session) = self.sessions.get_mut(&from) else {
            return;
        };
        let Some((slot, begins)) = session.handle_packet(now, packet) else {
            return;
        };
        let about = describe(slot.kind(), packet);
        if about.key_frame
            && let Some(section) = session.sections.uptrack(slot)
        {
            section.requests.handle_key_frame();
        }
        if begins == SourceChange::Track {
            let room = session.room.clone();
            self.refresh_others(now, &room, from);
        }
        // They are lent, not copied, for every packet; meanwhile nobody subscribes.
        let subscribers = self.subscribers(from, slot).map(std::mem::take);
        let subscribers = subscribers.unwrap_or_default();
        let admission = self.admit(now, from, slot, packet, about.key_frame, subscribers.len());
        // The numbers of packets go on without a gap: what is missing would be asked for in vain.
        if begins == SourceChange::Stream || admission == Admission::Anew {
            for Subscriber { participant, place } in &subscribers {
                if let Some(other) = self.sessions.get_mut(participant) {
                    other.switch(*place);
                }
            }
        }
        let mut needs_key_frame = admission == Admission::AfterKeyFrame;
        let is_passed = matches!(admission, Admission::Yes | Admission::Anew);
        let passed = subscribers.iter().filter(|_| is_passed);
        for Subscriber { participant, place } in passed {
            let Some(other) = self.sessions.get_mut(participant) else {
                continue;
            };
            match other.pass(now, *place, packet, &about) {
                Some(Verdict::Send { .. }) => {
                    self.held.count += 1;
                    self.held.sounds |= slot.kind() == MediaKind::Audio;
                    self.drain(now, *participant, now);
                }
                Some(Verdict::KeyFrameFirst) => needs_key_frame = true,
                Some(Verdict::Old) | None => {}
            }
        }
        if let Some(lent) = self.subscribers(from, slot) {
            *lent = subscribers;
        }
        if needs_key_frame {
            self.ask_key_frame(now, Track { from, slot });
        }
    }

    /// Whether a packet is passed on to so many: when neither its sender nor its room has sent too much, nor something that it
    /// cannot be shown without is missing because of that.
    fn admit(
        &mut self,
        now: Instant,
        from: ParticipantId,
        slot: TrackSource,
        packet: &RtpPacket,
        key_frame: bool,
        copies: usize,
    ) -> Admission {
        let Some(session) = self.sessions.get_mut(&from) else {
            return Admission::No;
        };
        let Some(section) = session.sections.uptrack(slot) else {
            return Admission::No;
        };
        match section.continuity(now, key_frame) {
            Continuity::Yes => {}
            Continuity::No => return Admission::No,
            Continuity::AfterKeyFrame => return Admission::AfterKeyFrame,
        }
        let kind = slot.kind();
        let is_little = section.take(now, packet.payload.len());
        if is_little && self.shares.take(now, &session.room, kind, copies) {
            return match section.mark_decodable() {
                true => Admission::Anew,
                false => Admission::Yes,
            };
        }
        section.cut();
        Admission::No
    }

    /// Says it once, and again whenever twice as many have come.
    fn refuse_large(&mut self, from: ParticipantId, bytes: usize) {
        self.too_large += 1;
        if self.too_large.is_power_of_two() {
            let count = self.too_large;
            tracing::warn!(
                participant = %from, bytes, count,
                "packets with payloads of over {PAYLOAD_BYTES} bytes are not passed on",
            );
        }
    }

    /// Who gets what a participant sends in a slot.
    pub(super) fn subscribers(
        &mut self,
        from: ParticipantId,
        slot: TrackSource,
    ) -> Option<&mut Vec<Subscriber>> {
        let section = self.sessions.get_mut(&from)?.sections.uptrack(slot)?;
        Some(&mut section.subscribers)
    }
}

/// Whether a packet is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Admission {
    Yes,
    /// Yes, and what comes before it is missing.
    Anew,
    No,
    /// No, and its source is to be asked for a key frame.
    AfterKeyFrame,
}

/// What is to be known of a packet to pass it on.
fn describe(kind: MediaKind, packet: &RtpPacket) -> Packet {
    let vp8 = match kind {
        MediaKind::Audio => None,
        MediaKind::Video => Vp8Descriptor::parse(&packet.payload).ok(),
    };
    Packet {
        seq: *packet.seq_no,
        time: packet.header.timestamp,
        vp8,
        key_frame: vp8.is_some_and(|vp8| vp8.starts_keyframe(&packet.payload)),
    }
}
