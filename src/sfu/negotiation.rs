//! What is offered to a participant, and what is answered (RFC 3264).
//!
//! One offer is outstanding at a time; what is to be offered meanwhile waits for its answer. An answer that does not fit
//! the offer changes nothing, and the right one is still awaited.

use std::time::Instant;

use str0m::{
    Rtc, RtcError,
    change::{SdpAnswer, SdpPendingOffer},
    media::{Direction, MediaKind, Mid},
};

use super::{
    answer::{AnswerError, canonical},
    candidates::Candidates,
    challenge::Credentials,
};
use crate::protocol::{self, Sdp};

/// The negotiation of one session.
#[derive(Default)]
pub(super) struct Negotiation {
    /// All media sections, in the order of the description.
    lines: Vec<MediaSection>,
    offered: Option<PendingOffer>,
    /// Whether the next offer restarts ICE.
    restart: bool,
    /// How the other side has named itself last.
    peer: Option<Credentials>,
}

/// A media section to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NewSection {
    /// What it is for.
    pub kind: protocol::MediaKind,
    /// Whether the SFU sends in it; otherwise it receives.
    pub sends: bool,
}

#[derive(Debug, Clone, Copy)]
struct MediaSection {
    wanted: NewSection,
    mid: Mid,
}

struct PendingOffer {
    pending: SdpPendingOffer,
    since: Instant,
    restart: bool,
}

/// An offer to be sent.
pub(super) struct Offer {
    /// The description.
    pub sdp: Sdp,
    /// How the other side will address the SFU.
    pub ufrag: String,
    /// The names of the sections that were added, in their order.
    pub added: Vec<Mid>,
}

/// What an answer was good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerOutcome {
    /// It is taken; whether it restarts ICE.
    Taken { restart: bool },
    /// It is none to the offer, or none is awaited.
    Unfit,
    /// Nothing will come of this connection, and why.
    Hopeless(&'static str),
}

impl Negotiation {
    /// Since when an answer is awaited.
    pub fn pending_since(&self) -> Option<Instant> {
        self.offered.as_ref().map(|offered| offered.since)
    }

    /// The next offer also restarts ICE.
    pub fn request_ice_restart(&mut self) {
        self.restart = true;
    }

    /// What the other side has to know in its checks and answers.
    pub fn peer(&self) -> Option<&Credentials> {
        self.peer.as_ref()
    }

    /// Makes the next offer, if there is something to be offered and none is outstanding.
    pub fn offer(
        &mut self,
        now: Instant,
        rtc: &mut Rtc,
        candidates: &Candidates,
        wanted: &[NewSection],
    ) -> Option<Offer> {
        let nothing = wanted.is_empty() && !self.restart;
        if nothing || self.offered.is_some() {
            return None;
        }
        let restart = std::mem::take(&mut self.restart);
        // Who rejected a direction before may have something to send now.
        let open =
            |line: &&MediaSection| rtc.media(line.mid).is_some_and(|media| !media.disabled());
        let again: Vec<_> = self.lines.iter().filter(open).copied().collect();
        let current = rtc.direct_api().local_ice_credentials().ufrag;
        let mut changes = rtc.sdp_api();
        for line in again {
            changes.set_direction(line.mid, line.wanted.direction());
        }
        let before = self.lines.len();
        for wanted in wanted {
            // A stream for each: those that share one are played in step with each other.
            let name = Some(self.lines.len().to_string());
            let direction = wanted.direction();
            let mid = changes.add_media(wanted.media(), direction, name.clone(), name, None);
            let wanted = *wanted;
            self.lines.push(MediaSection { wanted, mid });
        }
        let ufrag = match restart {
            true => changes.ice_restart(false).ufrag,
            false => current,
        };
        let (offer, pending) = changes.apply()?;
        self.offered = Some(PendingOffer {
            pending,
            since: now,
            restart,
        });
        let added = self.lines.iter().skip(before).map(|line| line.mid);
        let sdp = Sdp::parse(candidates.write(&offer.to_sdp_string()))
            .inspect_err(|error| tracing::error!(error, "an offer is too large"))
            .ok()?;
        Some(Offer {
            sdp,
            ufrag,
            added: added.collect(),
        })
    }

    /// Takes the answer to the offer.
    ///
    /// # Errors
    /// When it contradicts itself or what was agreed on before; the connection cannot be used any more.
    pub fn answer(&mut self, rtc: &mut Rtc, sdp: &Sdp) -> Result<AnswerOutcome, RtcError> {
        let Some(offered) = self.offered.take() else {
            return Ok(AnswerOutcome::Unfit);
        };
        let expected = self.lines.iter().map(|line| (line.wanted.kind, &*line.mid));
        let answer = match canonical(sdp.as_str(), expected) {
            Ok(text) => SdpAnswer::from_sdp_string(&text)
                .ok()
                .map(|answer| (answer, Credentials::of(&text))),
            Err(AnswerError::Foreign) => None,
            Err(AnswerError::NothingTaken) => {
                return Ok(AnswerOutcome::Hopeless("no format is known to both"));
            }
            Err(AnswerError::ManyTransports) => {
                return Ok(AnswerOutcome::Hopeless("the sections are not bundled"));
            }
        };
        let Some((answer, peer)) = answer else {
            self.offered = Some(offered);
            return Ok(AnswerOutcome::Unfit);
        };
        let PendingOffer {
            pending, restart, ..
        } = offered;
        rtc.sdp_api().accept_answer(pending, answer)?;
        self.peer = peer;
        Ok(AnswerOutcome::Taken { restart })
    }
}

impl NewSection {
    fn direction(self) -> Direction {
        match self.sends {
            true => Direction::SendOnly,
            false => Direction::RecvOnly,
        }
    }

    fn media(self) -> MediaKind {
        match self.kind {
            protocol::MediaKind::Audio => MediaKind::Audio,
            protocol::MediaKind::Video => MediaKind::Video,
        }
    }
}
