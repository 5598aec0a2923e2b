//! Whether a peer's connection is well, and what to do when it is not.
//!
//! A connection that is silent for 3 s, or fails, is repaired (ICE restart); if it is not well 10 s
//! later, it is renewed (another introduction). One that never comes to be is renewed after 15 s, the
//! next after 30 s, all others after 60 s. Where there is another way, it is asked for when a repair or a first
//! connection takes 4 s. The owner asks for remedies only while they can be told to the other side.

use std::time::Duration;

use super::io::{ConnectionState, PeerLink};

/// A silent connection often comes back by itself.
const SILENCE: Duration = Duration::from_secs(3);
/// How long checks of a connection that was well may take, or a repair.
const REPAIR: Duration = Duration::from_secs(10);
/// How long a connection may take until another way is asked for beside it.
const DETOUR: Duration = Duration::from_secs(4);
/// How long a first connection may take, to be doubled with every renewal.
const FIRST_CONNECTION: Duration = Duration::from_secs(15);
/// After the silence of a link that is back: a renewal was perhaps lost with it.
const RENEWAL_AGAIN: Duration = Duration::from_secs(5);

/// The health of one peer's connection.
#[derive(Debug)]
pub(super) struct Health {
    state: State,
    /// Without success since.
    renewals: u32,
    was_connected: bool,
    /// Whether there is another way.
    has_detour: bool,
    /// When it is asked for.
    detour: Option<Duration>,
}

#[derive(Debug)]
enum State {
    /// Never connected.
    Fresh {
        until: Duration,
    },
    Connected,
    /// Silent; to be repaired at `until`.
    Shaky {
        until: Duration,
    },
    /// Failed; to be repaired as soon as that can be.
    Broken,
    /// Closed; to be renewed as soon as that can be.
    Dead,
    /// Repair is on the way.
    Repairing {
        until: Duration,
    },
    /// Another introduction is asked for.
    Renewing {
        until: Duration,
    },
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Restart ICE.
    Repair,
    /// Ask for another introduction.
    Renew,
    /// Ask for the way by the forwarding unit.
    Forward,
}

impl Health {
    /// The health of a new peer, which takes the place of another one's. `detour` tells whether there is another way.
    pub fn new(now: Duration, has_detour: bool, before: Option<&Self>) -> Self {
        let renewals = before.map_or(0, |health| health.renewals);
        let until = now + patience(renewals);
        Self {
            state: State::Fresh { until },
            renewals,
            was_connected: before.is_some_and(|health| health.was_connected),
            has_detour,
            detour: has_detour.then_some(now + DETOUR),
        }
    }

    pub fn link(&self) -> PeerLink {
        match self.state {
            State::Connected | State::Shaky { .. } => PeerLink::Connected,
            _ if self.was_connected => PeerLink::Repairing,
            _ => PeerLink::Connecting,
        }
    }

    pub fn is_connected(&self) -> bool {
        matches!(self.state, State::Connected)
    }

    /// Whether nothing is amiss: connected, or on the way for the first time.
    pub fn is_well(&self) -> bool {
        matches!(self.state, State::Connected | State::Fresh { .. })
    }

    pub fn handle_connection(&mut self, now: Duration, connection: ConnectionState) {
        match (connection, &self.state) {
            (ConnectionState::Connected, _) => {
                *self = Self {
                    state: State::Connected,
                    renewals: 0,
                    was_connected: true,
                    detour: None,
                    ..*self
                };
            }
            (ConnectionState::Disconnected, State::Connected) => {
                self.state = State::Shaky {
                    until: now + SILENCE,
                };
            }
            (ConnectionState::New | ConnectionState::Connecting, State::Connected) => {
                self.state = State::Shaky {
                    until: now + REPAIR,
                };
            }
            (
                ConnectionState::Failed,
                State::Fresh { .. } | State::Connected | State::Shaky { .. },
            ) => {
                self.state = State::Broken;
            }
            (ConnectionState::Closed, State::Renewing { .. }) => {}
            (ConnectionState::Closed, _) => self.state = State::Dead,
            _ => {}
        }
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let remedy = match self.state {
            State::Fresh { until }
            | State::Shaky { until }
            | State::Repairing { until }
            | State::Renewing { until } => Some(until),
            State::Broken | State::Dead => Some(Duration::ZERO),
            State::Connected => None,
        };
        [remedy, self.detour].into_iter().flatten().min()
    }

    pub fn handle_timeout(&mut self, now: Duration) -> Option<Remedy> {
        self.poll_timeout().filter(|until| *until <= now)?;
        if self.detour.take_if(|at| *at <= now).is_some() {
            return Some(Remedy::Forward);
        }
        if matches!(self.state, State::Shaky { .. } | State::Broken) {
            self.state = State::Repairing {
                until: now + REPAIR,
            };
            self.detour = self.has_detour.then_some(now + DETOUR);
            return Some(Remedy::Repair);
        }
        self.renewals = self.renewals.saturating_add(1);
        self.state = State::Renewing {
            until: now + patience(self.renewals),
        };
        Some(Remedy::Renew)
    }

    /// The other side can be told again: what was said before was perhaps lost.
    pub fn wake(&mut self, now: Duration) {
        match &mut self.state {
            State::Fresh { until } => *until = now + patience(self.renewals),
            State::Repairing { .. } => self.state = State::Broken,
            State::Renewing { until } => *until = now + RENEWAL_AGAIN,
            State::Connected | State::Shaky { .. } | State::Broken | State::Dead => return,
        }
        self.detour = self.has_detour.then_some(now + DETOUR);
    }
}

fn patience(renewals: u32) -> Duration {
    FIRST_CONNECTION * (1 << renewals.min(2))
}
