//! One peer: its negotiation, its candidates and its health, as one state machine.
//!
//! Effects and signals are drained after every change; signals stay where they are, in order and bounded,
//! while they can't be sent.

use std::{collections::VecDeque, time::Duration};

use super::{
    answerer::{Answerer, AnswererStep},
    candidates::Candidates,
    connection_monitor::{ConnectionMonitor, Remedy},
    io::{PeerAction, PeerEvent, PeerLink, Share},
    offerer::{AnswerVerdict, Offerer},
    sections::SectionCounts,
};
use crate::protocol::{Candidate, IceServer, MediaKind, ParticipantId, Signal};

/// Most signals that are kept while they can't be sent: descriptions and a connection's candidates.
const UNSENT: usize = 128;

/// An introduction of the own participant and another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Introduction {
    pub with: ParticipantId,
    /// Counts those of the two; 0 where the server did not tell.
    pub number: u32,
    /// Whether the own side makes the offers.
    pub initiator: bool,
}

/// What there is for a new peer.
#[derive(Debug, Clone, Copy)]
pub(super) struct PeerConfig<'a> {
    pub ice_servers: &'a [IceServer],
    pub share: Option<Share>,
    /// Whether the server has an SFU to fall back to.
    pub sfu_available: bool,
}

/// A peer.
#[derive(Debug)]
pub(super) struct Peer {
    /// Names it to the browser.
    pub serial: u32,
    /// Which introduction of the two it belongs to; 0 where the server did not tell.
    pub generation: u32,
    role: Role,
    candidates: Candidates,
    health: ConnectionMonitor,
    effects: VecDeque<Effect>,
    signals: VecDeque<Signal>,
}

#[derive(Debug)]
enum Role {
    Offers {
        offerer: Offerer,
        /// What there are transceivers for.
        made: SectionCounts,
    },
    Answers(Answerer),
}

/// What follows from an input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Do this.
    Act(PeerAction),
    /// Ask the server for another introduction.
    Renew,
    /// Ask the server for the way by the SFU.
    Forward,
}

impl Peer {
    /// Makes a peer in the place of another one with the same participant. An initiator offers at once.
    pub fn new(
        now: Duration,
        serial: u32,
        new: Introduction,
        config: PeerConfig<'_>,
        before: Option<&Self>,
    ) -> Self {
        let PeerConfig {
            share,
            sfu_available,
            ..
        } = config;
        let Introduction {
            number: generation,
            initiator,
            ..
        } = new;
        let role = match initiator {
            true => Role::Offers {
                offerer: Offerer::new(),
                made: SectionCounts::FIRST,
            },
            false => Role::Answers(Answerer::new()),
        };
        let mut peer = Self {
            serial,
            generation,
            role,
            candidates: Candidates::default(),
            health: ConnectionMonitor::new(now, sfu_available, before.map(|peer| &peer.health)),
            effects: VecDeque::new(),
            signals: VecDeque::new(),
        };
        match initiator {
            true => {
                peer.make(SectionCounts::needed(share));
                peer.offer(false);
            }
            false => peer.share(now, share),
        }
        peer
    }

    /// There is this to share from now on, or nothing. What it takes stays when it ends.
    pub fn share(&mut self, now: Duration, share: Option<Share>) {
        let needed = SectionCounts::needed(share);
        if let Role::Answers(answerer) = &mut self.role {
            let steps = answerer.want(now, needed);
            steps.into_iter().for_each(|step| self.take(step));
        } else if self.make(needed) {
            self.offer_gently();
        }
    }

    /// Whether this side makes the offers.
    pub fn is_initiator(&self) -> bool {
        matches!(self.role, Role::Offers { .. })
    }

    /// Whether a description is being made, or the first one is to come.
    pub fn is_describing(&self) -> bool {
        match &self.role {
            Role::Offers { offerer, .. } => offerer.is_describing(),
            Role::Answers(answerer) => answerer.is_describing(),
        }
    }

    /// How the connection is, as far as is known.
    pub fn link(&self) -> PeerLink {
        self.health.link()
    }

    /// Whether the connection stands, as far as is known.
    pub fn is_connected(&self) -> bool {
        self.link() == PeerLink::Connected
    }

    /// The next effect, in order.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// The next signal to the other side, in order; not to be called while it can't be sent.
    pub fn poll_signal(&mut self) -> Option<Signal> {
        self.signals.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Duration> {
        let negotiation = match &self.role {
            Role::Offers { offerer, .. } => offerer.poll_timeout(),
            Role::Answers(answerer) => answerer.poll_timeout(),
        };
        [negotiation, self.health.poll_timeout()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due; only while the other side can be told.
    pub fn handle_timeout(&mut self, now: Duration) {
        match &mut self.role {
            Role::Offers { offerer, .. } => {
                let action = offerer.handle_timeout(now, self.health.is_connected());
                self.effects.extend(action.map(Effect::Act));
            }
            Role::Answers(answerer) => {
                let steps = answerer.handle_timeout(now);
                steps.into_iter().for_each(|step| self.take(step));
            }
        }
        while let Some(remedy) = self.health.handle_timeout(now) {
            match remedy {
                Remedy::IceRestart if self.is_initiator() => self.offer(true),
                Remedy::IceRestart => self.signal(Signal::renegotiate()),
                Remedy::Recreate => self.effects.push_back(Effect::Renew),
                Remedy::UseSfu => self.effects.push_back(Effect::Forward),
            }
        }
    }

    /// The other side can be told again.
    pub fn handle_signaling_restored(&mut self, now: Duration) {
        match &mut self.role {
            Role::Offers { offerer, .. } => offerer.handle_signaling_restored(now),
            Role::Answers(answerer) => answerer.handle_signaling_restored(now),
        }
        self.health.handle_signaling_restored(now);
    }

    /// Takes what the other side says. An offer to who makes the offers, and the like, means nothing.
    pub fn handle_signal(&mut self, signal: Signal) {
        match (signal, &mut self.role) {
            (Signal::Candidate { candidate }, _) => {
                self.candidates.push(candidate);
                self.add_candidates();
            }
            (Signal::Offer { sdp }, Role::Answers(answerer)) => {
                let action = answerer.handle_offer(sdp);
                self.effects.extend(action.map(Effect::Act));
            }
            (Signal::Answer { sdp }, Role::Offers { offerer, .. }) => {
                match offerer.handle_answer(sdp) {
                    AnswerVerdict::Accept(action) => self.effects.push_back(Effect::Act(action)),
                    AnswerVerdict::Surplus if !self.health.is_connected() => self.offer(true),
                    AnswerVerdict::Surplus | AnswerVerdict::Late => {}
                }
            }
            (Signal::Renegotiate { .. }, Role::Offers { .. }) => self.offer(true),
            (Signal::TransceiverRequest { request }, Role::Offers { .. }) => {
                self.handle_request(request.kind)
            }
            (Signal::Offer { .. }, Role::Offers { .. })
            | (Signal::Answer { .. } | Signal::Renegotiate { .. }, Role::Answers(_))
            | (Signal::TransceiverRequest { .. }, Role::Answers(_)) => {}
        }
    }

    /// Takes what the browser says.
    pub fn handle_event(&mut self, now: Duration, event: PeerEvent) {
        match (event, &mut self.role) {
            (PeerEvent::Offered(sdp), Role::Offers { offerer, .. }) => {
                if offerer.handle_offered(now) {
                    self.signal(Signal::Offer { sdp });
                }
            }
            (PeerEvent::Answered(sdp), Role::Answers(answerer)) => {
                let steps = answerer.handle_answered(now, sdp);
                steps.into_iter().for_each(|step| self.take(step));
            }
            (PeerEvent::RemoteSet, Role::Offers { offerer, .. }) => {
                let next = offerer.handle_remote_set();
                self.add_candidates();
                self.effects.extend(next.map(Effect::Act));
            }
            (PeerEvent::RemoteSet, Role::Answers(answerer)) => {
                answerer.handle_remote_set();
                self.add_candidates();
            }
            (PeerEvent::Failed(_), Role::Offers { offerer, .. }) => {
                let action = offerer.handle_failure();
                self.effects.extend(action.map(Effect::Act));
            }
            (PeerEvent::Failed(_), Role::Answers(answerer)) => {
                let step = answerer.handle_failure();
                step.into_iter().for_each(|step| self.take(step));
            }
            (PeerEvent::Candidate(candidate), _) => self.signal(Signal::Candidate { candidate }),
            (PeerEvent::Connection(connection), _) => {
                self.health.handle_connection(now, connection)
            }
            (PeerEvent::Offered(_), Role::Answers(_))
            | (PeerEvent::Answered(_), Role::Offers { .. })
            | (PeerEvent::Flows(_) | PeerEvent::Arrives(_), _) => {}
        }
    }

    fn take(&mut self, step: AnswererStep) {
        match step {
            AnswererStep::Signal(signal) => self.signal(signal),
            AnswererStep::Act(action) => self.effects.push_back(Effect::Act(action)),
        }
    }

    fn offer(&mut self, restart_ice: bool) {
        if let Role::Offers { offerer, .. } = &mut self.role {
            let action = offerer.offer(restart_ice);
            self.effects.extend(action.map(Effect::Act));
        }
    }

    /// Makes the transceivers that are missing, to be offered next; tells whether any was.
    fn make(&mut self, needed: SectionCounts) -> bool {
        let Role::Offers { made, .. } = &mut self.role else {
            return false;
        };
        let add = |kind| Effect::Act(PeerAction::AddTransceiver(kind));
        self.effects.extend(made.missing_of(needed).map(add));
        let complete = made.hold(needed);
        *made = made.or(needed);
        !complete
    }

    /// Someone who asks for what there is may not have heard of it: it is offered again, unless it is being
    /// offered anyway.
    fn handle_request(&mut self, kind: MediaKind) {
        let Role::Offers { offerer, made } = &self.role else {
            return;
        };
        let (stable, asked) = (offerer.is_stable(), made.and(kind));
        if (SectionCounts::ALL.hold(asked) && self.make(asked)) || stable {
            self.offer_gently();
        }
    }

    /// Checks that go well are left alone.
    fn offer_gently(&mut self) {
        self.offer(!self.health.is_healthy());
    }

    fn add_candidates(&mut self) {
        let takes = match &self.role {
            Role::Offers { offerer, .. } => offerer.takes_candidates(),
            Role::Answers(answerer) => answerer.takes_candidates(),
        };
        if takes {
            let add = |candidate: Candidate| Effect::Act(PeerAction::AddCandidate(candidate));
            self.effects.extend(self.candidates.take().map(add));
        }
    }

    fn signal(&mut self, signal: Signal) {
        if self.signals.len() < UNSENT {
            self.signals.push_back(signal);
        }
    }
}
