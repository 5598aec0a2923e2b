//! The side of a negotiation that answers every offer, and asks for one when it needs it (as in
//! simple-peer, so that offers never cross).
//!
//! Of two offers that come before the first is answered, only the second counts: see
//! [`offerer`](super::offerer).

use std::collections::BTreeSet;

use super::io::PeerAction;
use crate::protocol::{Kind, Sdp, Signal};

/// How far the answers have come.
#[derive(Debug, Default)]
pub(super) struct Answerer {
    state: State,
    /// Whether an offer has been set ever.
    described: bool,
    /// Kinds of media that the other side was asked to offer.
    asked: BTreeSet<Kind>,
    /// Whether an offer was asked for after a failure, without success since.
    retried: bool,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    /// The peer sets an offer, then makes an answer.
    Answering {
        /// Kinds of media that the offer lacks.
        missing: Vec<Kind>,
        /// Whether the offer is set.
        set: bool,
        /// The offer that has come after it.
        newer: Option<Sdp>,
    },
}

/// What follows from an event.
#[derive(Debug)]
pub(super) enum Step {
    /// Tell the other side.
    Signal(Signal),
    /// Do something.
    Act(PeerAction),
}

impl Answerer {
    pub fn handle_offer(&mut self, sdp: Sdp) -> Option<PeerAction> {
        if let State::Answering { newer, .. } = &mut self.state {
            *newer = Some(sdp);
            return None;
        }
        Some(self.answer(sdp))
    }

    pub fn handle_remote_set(&mut self) {
        if let State::Answering { set, .. } = &mut self.state {
            *set = true;
            self.described = true;
        }
    }

    pub fn handle_answered(&mut self, sdp: Sdp) -> Vec<Step> {
        let State::Answering { missing, newer, .. } = std::mem::take(&mut self.state) else {
            return Vec::new();
        };
        self.retried = false;
        if let Some(newer) = newer {
            return vec![Step::Act(self.answer(newer))];
        }
        let mut steps = vec![Step::Signal(Signal::Answer { sdp })];
        for kind in missing {
            if self.asked.insert(kind) {
                steps.push(Step::Signal(Signal::transceiver_request(kind)));
            }
        }
        steps
    }

    /// One failure is answered with a request, more of them are left to the health of the peer.
    pub fn handle_failure(&mut self) -> Option<Step> {
        let State::Answering { newer, .. } = std::mem::take(&mut self.state) else {
            return None;
        };
        if let Some(newer) = newer {
            return Some(Step::Act(self.answer(newer)));
        }
        let first = !std::mem::replace(&mut self.retried, true);
        first.then(|| Step::Signal(Signal::renegotiate()))
    }

    /// Whether candidates belong to the description that is set.
    pub fn takes_candidates(&self) -> bool {
        let settled = matches!(
            self.state,
            State::Idle
                | State::Answering {
                    set: true,
                    newer: None,
                    ..
                }
        );
        self.described && settled
    }

    fn answer(&mut self, sdp: Sdp) -> PeerAction {
        let missing = Kind::ALL
            .into_iter()
            .filter(|kind| !sdp.describes(*kind))
            .collect();
        self.state = State::Answering {
            missing,
            set: false,
            newer: None,
        };
        PeerAction::Answer(sdp)
    }
}
