//! What is offered to the other side, and what it is told.

use std::time::Instant;

use super::Session;
use crate::{
    protocol::{MissingTrack, Sdp, Tracks},
    sfu::{
        candidates::Candidates,
        downtracks::SectionState,
        negotiation::{AnswerOutcome, NewSection, Offer},
    },
};

impl Session {
    /// The next offer also restarts ICE.
    pub fn request_ice_restart(&mut self) {
        self.negotiation.request_ice_restart();
    }

    /// The next offer, if there is something to be offered and none is outstanding.
    pub fn offer(&mut self, now: Instant, candidates: &Candidates) -> Option<Offer> {
        if self.places.is_short() && self.negotiation.pending_since().is_none() {
            // What counts is that it is answered.
            self.negotiation.request_ice_restart();
        }
        let fresh = self.sections.iter().filter(|section| section.mid.is_none());
        let fresh = fresh.map(|section| NewSection {
            kind: section.slot.kind(),
            sends: false,
        });
        let places = self.places.to_offer();
        let wanted = places.iter().map(|(_, kind)| NewSection {
            kind: *kind,
            sends: true,
        });
        let wanted: Vec<_> = fresh.chain(wanted).collect();
        // It is put back at once: what it decides needs the connection.
        let mut negotiation = std::mem::take(&mut self.negotiation);
        let offer = self.guard(|rtc| negotiation.offer(now, rtc, candidates, &wanted));
        self.negotiation = negotiation;
        let offer = offer.flatten()?;
        let mut added = offer.added.iter().copied();
        let fresh = self.sections.iter_mut();
        for section in fresh.filter(|section| section.mid.is_none()) {
            section.mid = added.next();
        }
        for ((place, _), mid) in places.iter().zip(added) {
            self.places.handle_offered(*place, mid);
        }
        self.places.handle_offer_sent();
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
            places,
            sections,
            rtc,
            ..
        } = self;
        places.handle_answered(|mid| match rtc.media(mid) {
            Some(media) if media.disabled() => SectionState::Never,
            Some(media) if media.direction().is_sending() => SectionState::Yes,
            _ => SectionState::NotNow,
        });
        for section in sections.iter_mut() {
            let media = section.mid.and_then(|mid| rtc.media(mid));
            section.unfit = media.is_some_and(|media| media.disabled());
        }
    }

    /// What is carried, if that is not what was told before, or if it is to be told again; `missing` is what is not.
    pub fn tracks_update(&mut self, missing: Vec<MissingTrack>, again: bool) -> Option<Tracks> {
        if !self.was_connected() {
            return None;
        }
        let tracks = self.places.mappings();
        let carried = Tracks { tracks, missing };
        if carried == self.last_sent && !again {
            return None;
        }
        self.last_sent.clone_from(&carried);
        self.places.handle_mapping_sent();
        Some(carried)
    }

    /// The name of the first section, once it is offered.
    pub fn first_mid(&self) -> Option<String> {
        let mid = self.sections.iter().next()?.mid?;
        Some(mid.to_string())
    }
}
