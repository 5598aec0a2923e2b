//! The side of a negotiation that makes every offer (RFC 8829 section 3.2, without rollback).
//!
//! One offer is outstanding at a time. What is asked for meanwhile is offered next, and an offer that is
//! not answered is made again with new ICE credentials: an answer to the first of the two is then of no
//! use, and the other side does not send it.

use std::time::Duration;

use super::io::PeerAction;
use crate::protocol::Sdp;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest time between two offers to a peer that is connected and does not answer.
const LONGEST: Duration = Duration::from_secs(60);

/// How far the offers have come.
#[derive(Debug)]
pub(super) struct Offerer {
    state: OffererState,
    /// The next offer, if one is to be made; whether it restarts ICE.
    next: Option<bool>,
    patience: Duration,
    /// Whether an answer has been set ever.
    described: bool,
    /// Whether an action was tried again after a failure, without success since.
    retried: bool,
}

#[derive(Debug, Clone, Copy)]
enum OffererState {
    Stable,
    /// The peer makes an offer.
    Making {
        restart_ice: bool,
    },
    /// An answer is awaited.
    Sent {
        restart_ice: bool,
        until: Duration,
    },
    /// The peer sets an answer.
    Accepting,
}

/// What an answer is good for.
#[derive(Debug)]
pub(super) enum AnswerVerdict {
    /// It is the one that is awaited.
    Accept(PeerAction),
    /// None is awaited: an earlier one has been taken for the answer to a later offer.
    Surplus,
    /// It is too late: a newer offer is being made.
    Late,
}

impl Offerer {
    pub fn new() -> Self {
        Self {
            state: OffererState::Stable,
            next: None,
            patience: PATIENCE,
            described: false,
            retried: false,
        }
    }

    /// Whether no offer is outstanding.
    pub fn is_stable(&self) -> bool {
        matches!(self.state, OffererState::Stable)
    }

    /// Whether an offer is being made.
    pub fn is_describing(&self) -> bool {
        matches!(self.state, OffererState::Making { .. })
    }

    /// Makes an offer as soon as none is outstanding.
    pub fn offer(&mut self, restart_ice: bool) -> Option<PeerAction> {
        let restart_ice = self.next.take().unwrap_or(false) || restart_ice;
        if self.is_stable() {
            return Some(self.make(restart_ice));
        }
        self.next = Some(restart_ice);
        None
    }

    /// Whether the offer that was made is to be sent.
    pub fn handle_offered(&mut self, now: Duration) -> bool {
        let OffererState::Making { restart_ice } = self.state else {
            return false;
        };
        self.state = OffererState::Sent {
            restart_ice,
            until: now + self.patience,
        };
        true
    }

    pub fn handle_answer(&mut self, sdp: Sdp) -> AnswerVerdict {
        match self.state {
            OffererState::Sent { .. } => {
                self.state = OffererState::Accepting;
                AnswerVerdict::Accept(PeerAction::Accept(sdp))
            }
            OffererState::Making { .. } => AnswerVerdict::Late,
            OffererState::Stable | OffererState::Accepting => AnswerVerdict::Surplus,
        }
    }

    pub fn handle_remote_set(&mut self) -> Option<PeerAction> {
        if !matches!(self.state, OffererState::Accepting) {
            return None;
        }
        *self = Self {
            described: true,
            next: self.next,
            ..Self::new()
        };
        self.next.take().map(|restart_ice| self.make(restart_ice))
    }

    /// One failure is answered with another offer, more of them are left to the health of the peer.
    pub fn handle_failure(&mut self) -> Option<PeerAction> {
        if !matches!(
            self.state,
            OffererState::Making { .. } | OffererState::Accepting
        ) {
            return None;
        }
        self.state = OffererState::Stable;
        self.next = None;
        let first = !std::mem::replace(&mut self.retried, true);
        first.then(|| self.make(true))
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        match self.state {
            OffererState::Sent { until, .. } => Some(until),
            _ => None,
        }
    }

    /// Makes an offer again that was not answered. Where it is only about more media, there is no haste.
    pub fn handle_timeout(&mut self, now: Duration, connected: bool) -> Option<PeerAction> {
        self.poll_timeout().filter(|until| *until <= now)?;
        self.patience = if connected {
            (self.patience * 2).min(LONGEST)
        } else {
            PATIENCE
        };
        self.next = None;
        Some(self.make(true))
    }

    /// The other side can be told again, and has as much time as at first.
    pub fn handle_signaling_restored(&mut self, now: Duration) {
        if let OffererState::Sent { until, .. } = &mut self.state {
            *until = now + PATIENCE;
        }
    }

    /// Whether candidates belong to the description that is set.
    pub fn takes_candidates(&self) -> bool {
        let stays = matches!(
            self.state,
            OffererState::Stable
                | OffererState::Making { restart_ice: false }
                | OffererState::Sent {
                    restart_ice: false,
                    ..
                }
        );
        self.described && stays
    }

    fn make(&mut self, restart_ice: bool) -> PeerAction {
        self.state = OffererState::Making { restart_ice };
        PeerAction::Offer { restart_ice }
    }
}
