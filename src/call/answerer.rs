//! The side of a negotiation that answers every offer, and asks for one when it needs it (as in
//! simple-peer, so that offers never cross).
//!
//! Of two offers that come before the first is answered, only the second counts: see
//! [`offerer`](super::offerer).

use std::time::Duration;

use super::{io::PeerAction, sections::SectionCounts, transceiver_requests::TransceiverRequests};
use crate::protocol::{Sdp, Signal};

/// How far the answers have come.
#[derive(Debug)]
pub(super) struct Answerer {
    state: AnswererState,
    /// Whether an offer has been set ever.
    described: bool,
    requests: TransceiverRequests,
    /// Whether an offer was asked for after a failure, without success since.
    retried: bool,
}

#[derive(Debug, Default)]
enum AnswererState {
    #[default]
    Idle,
    /// The peer sets an offer, then makes an answer.
    Answering {
        offered: SectionCounts,
        /// Whether the offer is set.
        set: bool,
        /// The offer that has come after it.
        newer: Option<Sdp>,
    },
}

/// What follows from an event.
#[derive(Debug)]
pub(super) enum AnswererStep {
    /// Tell the other side.
    Signal(Signal),
    /// Do something.
    Act(PeerAction),
}

impl Answerer {
    pub fn new() -> Self {
        Self {
            state: AnswererState::Idle,
            described: false,
            requests: TransceiverRequests::new(),
            retried: false,
        }
    }

    /// Whether an answer is being made, or the first one is to come.
    pub fn is_describing(&self) -> bool {
        !self.described || !matches!(self.state, AnswererState::Idle)
    }

    /// There is this to send from now on: what the offers lack for it is asked for.
    pub fn want(&mut self, now: Duration, wanted: SectionCounts) -> Vec<AnswererStep> {
        self.requests.want(wanted);
        self.ask(now)
    }

    pub fn handle_offer(&mut self, sdp: Sdp) -> Option<PeerAction> {
        if let AnswererState::Answering { newer, .. } = &mut self.state {
            *newer = Some(sdp);
            return None;
        }
        Some(self.answer(sdp))
    }

    pub fn handle_remote_set(&mut self) {
        if let AnswererState::Answering { set, .. } = &mut self.state {
            *set = true;
            self.described = true;
        }
    }

    pub fn handle_answered(&mut self, now: Duration, sdp: Sdp) -> Vec<AnswererStep> {
        let AnswererState::Answering { offered, newer, .. } = std::mem::take(&mut self.state)
        else {
            return Vec::new();
        };
        self.retried = false;
        if let Some(newer) = newer {
            return vec![AnswererStep::Act(self.answer(newer))];
        }
        self.requests.handle_offer(offered);
        let mut steps = vec![AnswererStep::Signal(Signal::Answer { sdp })];
        steps.extend(self.ask(now));
        steps
    }

    /// One failure is answered with a request, more of them are left to the health of the peer.
    pub fn handle_failure(&mut self) -> Option<AnswererStep> {
        let AnswererState::Answering { newer, .. } = std::mem::take(&mut self.state) else {
            return None;
        };
        if let Some(newer) = newer {
            return Some(AnswererStep::Act(self.answer(newer)));
        }
        let first = !std::mem::replace(&mut self.retried, true);
        first.then(|| AnswererStep::Signal(Signal::renegotiate()))
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        self.requests.poll_timeout()
    }

    /// Asks again for what did not come.
    pub fn handle_timeout(&mut self, now: Duration) -> Vec<AnswererStep> {
        match self.requests.handle_timeout(now) {
            true => self.ask(now),
            false => Vec::new(),
        }
    }

    /// The other side can be told again.
    pub fn handle_signaling_restored(&mut self, now: Duration) {
        self.requests.handle_signaling_restored(now);
    }

    /// Whether candidates belong to the description that is set.
    pub fn takes_candidates(&self) -> bool {
        let settled = matches!(
            self.state,
            AnswererState::Idle
                | AnswererState::Answering {
                    set: true,
                    newer: None,
                    ..
                }
        );
        self.described && settled
    }

    /// While an offer is being answered, it is to be seen what it lacks.
    fn ask(&mut self, now: Duration) -> Vec<AnswererStep> {
        if !matches!(self.state, AnswererState::Idle) {
            return Vec::new();
        }
        let ask = |kind| AnswererStep::Signal(Signal::transceiver_request(kind));
        self.requests.ask(now).into_iter().map(ask).collect()
    }

    fn answer(&mut self, sdp: Sdp) -> PeerAction {
        self.state = AnswererState::Answering {
            offered: SectionCounts::of(&sdp),
            set: false,
            newer: None,
        };
        PeerAction::Answer(sdp)
    }
}
