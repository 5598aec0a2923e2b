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
        let Some((source, begins)) = session.handle_packet(now, packet) else {
            return;
        };
        let about = describe(source.kind(), packet);
        if about.key_frame
            && let Some(uptrack) = session.uptracks.of(source)
        {
            uptrack.requests.handle_key_frame();
        }
        if begins == SourceChange::Track {
            let room = session.room.clone();
            self.refresh_others(now, &room, from);
        }
        // The list of subscribers is moved out while it is sent to, so that `self` can be borrowed; nobody subscribes
        // meanwhile, and copying it would allocate for every packet.
        let subscribers = self.subscribers(from, source).map(std::mem::take);
        let subscribers = subscribers.unwrap_or_default();
        let admission = self.admit(
            now,
            from,
            source,
            packet,
            about.key_frame,
            subscribers.len(),
        );
        // Where packets of the source were not passed on, the subscriber's sequence numbers go on without a gap: it would ask
        // for what is missing by NACK, and nobody has it.
        if begins == SourceChange::Stream || admission == Admission::Anew {
            for Subscriber {
                participant,
                downtrack,
            } in &subscribers
            {
                if let Some(other) = self.sessions.get_mut(participant) {
                    other.switch(*downtrack);
                }
            }
        }
        let mut needs_key_frame = admission == Admission::AfterKeyFrame;
        let is_passed = matches!(admission, Admission::Yes | Admission::Anew);
        let passed = subscribers.iter().filter(|_| is_passed);
        for Subscriber {
            participant,
            downtrack,
        } in passed
        {
            let Some(other) = self.sessions.get_mut(participant) else {
                continue;
            };
            match other.pass(now, *downtrack, packet, &about) {
                Some(Verdict::Send { .. }) => {
                    self.held.count += 1;
                    self.held.sounds |= source.kind() == MediaKind::Audio;
                    self.drain(now, *participant, now);
                }
                Some(Verdict::KeyFrameFirst) => needs_key_frame = true,
                Some(Verdict::Old) | None => {}
            }
        }
        if let Some(lent) = self.subscribers(from, source) {
            *lent = subscribers;
        }
        if needs_key_frame {
            self.ask_key_frame(now, Track { from, source });
        }
    }

    /// Whether a packet is passed on to so many: when neither its sender nor its room has sent too much, nor something that it
    /// cannot be shown without is missing because of that.
    fn admit(
        &mut self,
        now: Instant,
        from: ParticipantId,
        source: TrackSource,
        packet: &RtpPacket,
        key_frame: bool,
        copies: usize,
    ) -> Admission {
        let Some(session) = self.sessions.get_mut(&from) else {
            return Admission::No;
        };
        let Some(uptrack) = session.uptracks.of(source) else {
            return Admission::No;
        };
        match uptrack.continuity(now, key_frame) {
            Continuity::Yes => {}
            Continuity::No => return Admission::No,
            Continuity::AfterKeyFrame => return Admission::AfterKeyFrame,
        }
        let kind = source.kind();
        let is_little = uptrack.take(now, packet.payload.len());
        if is_little && self.shares.take(now, &session.room, kind, copies) {
            return match uptrack.mark_decodable() {
                true => Admission::Anew,
                false => Admission::Yes,
            };
        }
        uptrack.cut();
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

    /// Who gets what a participant sends in a source.
    pub(super) fn subscribers(
        &mut self,
        from: ParticipantId,
        source: TrackSource,
    ) -> Option<&mut Vec<Subscriber>> {
        let uptrack = self.sessions.get_mut(&from)?.uptracks.of(source)?;
        Some(&mut uptrack.subscribers)
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
