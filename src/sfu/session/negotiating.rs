//! What is offered to the other side, and what it is told.

use std::time::{Duration, Instant};

use super::Session;
use crate::{
    protocol::{MissingTrack, Sdp, Tracks},
    sfu::{
        candidates::Candidates,
        downtracks::SectionState,
        negotiation::{AnswerOutcome, NewSection, Offer},
    },
};

/// Most packets of a downtrack that are kept to be sent again, and how old they are at most: a receiver that is 300 ms away and
/// loses a packet twice asks for it within a second. They are most of what a receiver costs in memory, and a cache that grows
/// is copied for all receivers of a track at the same packet: str0m's own, of 3 s, has been seen to hold everything up for
/// 170 ms.
const RESENT_PACKETS: usize = 512;
const RESENT_AGE: Duration = Duration::from_secs(1);
/// Most of what is sent that may be sent again. What is above is dropped: a path that loses more takes less, not more.
const RESENT_SHARE: f32 = 0.15;

impl Session {
    /// The next offer also restarts ICE.
    pub fn request_ice_restart(&mut self) {
        self.negotiation.request_ice_restart();
    }

    /// The next offer, if there is something to be offered and none is outstanding.
    pub fn offer(&mut self, now: Instant, candidates: &Candidates) -> Option<Offer> {
        if self.downtracks.is_short() && self.negotiation.pending_since().is_none() {
            // A downtrack that has become free takes no other participant's track before the receiver is known to have heard
            // that it is free. An answer shows that, and an ICE restart is the offer that can always be made.
            self.negotiation.request_ice_restart();
        }
        let fresh = self.uptracks.iter().filter(|uptrack| uptrack.mid.is_none());
        let fresh = fresh.map(|uptrack| NewSection {
            kind: uptrack.source.kind(),
            sends: false,
        });
        let downtracks = self.downtracks.to_offer();
        let wanted = downtracks.iter().map(|(_, kind)| NewSection {
            kind: *kind,
            sends: true,
        });
        let wanted: Vec<_> = fresh.chain(wanted).collect();
        // The negotiation is moved out so that it and the connection, which `guard` borrows, can both be changed.
        let mut negotiation = std::mem::take(&mut self.negotiation);
        let offer = self.guard(|rtc| negotiation.offer(now, rtc, candidates, &wanted));
        self.negotiation = negotiation;
        let offer = offer.flatten()?;
        let mut added = offer.added.iter().copied();
        let fresh = self.uptracks.iter_mut();
        for uptrack in fresh.filter(|uptrack| uptrack.mid.is_none()) {
            uptrack.mid = added.next();
        }
        for ((downtrack, _), mid) in downtracks.iter().zip(added) {
            self.downtracks.handle_offered(*downtrack, mid);
        }
        self.downtracks.handle_offer_sent();
        Some(offer)
    }

    /// Takes the answer to the offer.
    pub fn answer(&mut self, sdp: &Sdp) -> AnswerOutcome {
        let mut negotiation = std::mem::take(&mut self.negotiation);
        let answered = self.guard(|rtc| negotiation.answer(rtc, sdp));
        self.negotiation = negotiation;
        match answered {
            Some(Ok(AnswerOutcome::Taken { restart })) => {
                if restart {
                    // ICE has forgotten them.
                    self.local.clear();
                }
                self.handle_sections();
                AnswerOutcome::Taken { restart }
            }
            Some(Err(error)) => {
                tracing::debug!(%error, "an answer contradicts itself");
                self.broken = true;
                AnswerOutcome::Unfit
            }
            Some(Ok(AnswerOutcome::Hopeless(why))) => {
                self.failed = Some(why);
                AnswerOutcome::Hopeless(why)
            }
            Some(Ok(AnswerOutcome::Unfit)) | None => AnswerOutcome::Unfit,
        }
    }

    /// Takes from the description which sections the other side uses.
    fn handle_sections(&mut self) {
        self.has_answered = true;
        let Self {
            downtracks,
            uptracks,
            rtc,
            ..
        } = self;
        let begun = downtracks.handle_answered(|mid| match rtc.media(mid) {
            Some(media) if media.disabled() => SectionState::Never,
            Some(media) if media.direction().is_sending() => SectionState::Yes,
            _ => SectionState::NotNow,
        });
        for mid in begun {
            if let Some(stream) = rtc.direct_api().stream_tx_by_mid(mid, None) {
                stream.set_rtx_cache(RESENT_PACKETS, RESENT_AGE, Some(RESENT_SHARE));
            }
        }
        for uptrack in uptracks.iter_mut() {
            let media = uptrack.mid.and_then(|mid| rtc.media(mid));
            uptrack.unfit = media.is_some_and(|media| media.disabled());
        }
    }

    /// What is carried, if that is not what was told before, or if it is to be told again; `missing` is what is not.
    pub fn tracks_update(&mut self, missing: Vec<MissingTrack>, again: bool) -> Option<Tracks> {
        if !self.was_connected() {
            return None;
        }
        let tracks = self.downtracks.mappings();
        let carried = Tracks { tracks, missing };
        if carried == self.last_sent && !again {
            return None;
        }
        self.last_sent.clone_from(&carried);
        self.downtracks.handle_mapping_sent();
        Some(carried)
    }

    /// The name of the first section, once it is offered.
    pub fn first_mid(&self) -> Option<String> {
        let mid = self.uptracks.iter().next()?.mid?;
        Some(mid.to_string())
    }
}
