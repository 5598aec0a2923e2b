//! How a packet gets to those who subscribe to its track.

use std::time::Instant;

use str0m::rtp::RtpPacket;

use super::Sfu;
use crate::{
    protocol::{ParticipantId, TrackSource},
    sfu::{
        downtracks::Track,
        media_packet::MediaPacket,
        rtp_rewriter::Verdict,
        uptracks::{Continuity, SourceChange, Subscriber, Uptrack},
        voices::{Hearing, Voices},
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
        let packet = MediaPacket::new(source.kind(), packet);
        if packet.about.key_frame
            && let Some(uptrack) = session.uptracks.of(source)
        {
            uptrack.requests.handle_key_frame();
        }
        if begins == SourceChange::Track {
            let room = session.room.clone();
            self.refresh_others(now, &room, from);
        }
        let hearing = self.hear(now, from, source, packet.level);
        // The list of subscribers is moved out while it is sent to, so that `self` can be borrowed; nobody subscribes
        // meanwhile, and copying it would allocate for every packet.
        let subscribers = self.subscribers(from, source).map(std::mem::take);
        let mut subscribers = subscribers.unwrap_or_default();
        let copies = match hearing {
            Hearing::Unheard => subscribers.iter().filter(|one| one.is_new()).count(),
            Hearing::Heard => subscribers.len(),
            Hearing::Begins => {
                let held_back = self
                    .uptrack(from, source)
                    .map_or(0, |uptrack| uptrack.count_held_back());
                subscribers.len() * (1 + held_back)
            }
        };
        let admission = self.admit(now, from, source, &packet, copies);
        let is_passed = matches!(admission, Admission::Yes | Admission::Anew);
        // Where packets of the source were not passed on, the subscriber's sequence numbers go on without a gap: it would ask
        // for what is missing by NACK, and nobody has it.
        if begins == SourceChange::Stream || admission == Admission::Anew {
            for subscriber in &subscribers {
                if let Some(other) = self.sessions.get_mut(&subscriber.participant) {
                    other.switch(subscriber.downtrack);
                }
            }
        }
        let mut needs_key_frame = admission == Admission::AfterKeyFrame;
        match hearing {
            Hearing::Unheard if is_passed => {
                for subscriber in subscribers.iter_mut().filter(|one| one.is_new()) {
                    let passed = self.pass(now, subscriber, source, &packet);
                    if let Some(Verdict::Send { .. }) = passed {
                        subscriber.count();
                    }
                }
                if let Some(uptrack) = self.uptrack(from, source) {
                    uptrack.hold_back(packet);
                }
            }
            Hearing::Begins => {
                let held_back = self
                    .uptrack(from, source)
                    .map(|uptrack| uptrack.take_held_back(now));
                for subscriber in &subscribers {
                    // Also where nothing is passed now: what follows is heard without beginning again.
                    if let Some(other) = self.sessions.get_mut(&subscriber.participant) {
                        other.resume(subscriber.downtrack);
                    }
                    let before = held_back.iter().flatten();
                    for packet in before.chain([&packet]).filter(|_| is_passed) {
                        self.pass(now, subscriber, source, packet);
                    }
                }
            }
            Hearing::Heard if is_passed => {
                for subscriber in &subscribers {
                    let passed = self.pass(now, subscriber, source, &packet);
                    needs_key_frame |= passed == Some(Verdict::KeyFrameFirst);
                }
            }
            Hearing::Unheard | Hearing::Heard => {}
        }
        if let Some(lent) = self.subscribers(from, source) {
            *lent = subscribers;
        }
        if needs_key_frame {
            self.ask_key_frame(now, Track { from, source });
        }
    }

    /// Passes a packet on to one who subscribes to its track. None when it cannot be sent yet.
    fn pass(
        &mut self,
        now: Instant,
        subscriber: &Subscriber,
        source: TrackSource,
        packet: &MediaPacket,
    ) -> Option<Verdict> {
        let other = self.sessions.get_mut(&subscriber.participant)?;
        let passed = other.pass(now, subscriber.downtrack, packet);
        if let Some(Verdict::Send { .. }) = passed {
            let who = subscriber.participant;
            self.held.add(now, who, other, source.kind());
        }
        passed
    }

    /// Whether somebody is heard now. A screen's sound always is: it is no speech.
    fn hear(
        &mut self,
        now: Instant,
        from: ParticipantId,
        source: TrackSource,
        level: Option<i8>,
    ) -> Hearing {
        let Some(session) = self.sessions.get(&from) else {
            return Hearing::Unheard;
        };
        if source != TrackSource::Microphone {
            return Hearing::Heard;
        }
        if let Some(voices) = self.voices.get_mut(&session.room) {
            return voices.take(now, from, level);
        }
        let mut voices = Voices::new(self.most_voices);
        let hearing = voices.take(now, from, level);
        self.voices.insert(session.room.clone(), voices);
        hearing
    }

    /// Whether a packet is passed on to so many: when neither its sender nor its room has sent too much, nor something that it
    /// cannot be shown without is missing because of that.
    fn admit(
        &mut self,
        now: Instant,
        from: ParticipantId,
        source: TrackSource,
        packet: &MediaPacket,
        copies: usize,
    ) -> Admission {
        let Some(session) = self.sessions.get_mut(&from) else {
            return Admission::No;
        };
        let Some(uptrack) = session.uptracks.of(source) else {
            return Admission::No;
        };
        match uptrack.continuity(now, packet.about.key_frame) {
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
        Some(&mut self.uptrack(from, source)?.subscribers)
    }

    fn uptrack(&mut self, from: ParticipantId, source: TrackSource) -> Option<&mut Uptrack> {
        self.sessions.get_mut(&from)?.uptracks.of(source)
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
