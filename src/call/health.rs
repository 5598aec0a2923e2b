//! Whether a peer's connection is well, and what to do when it is not.
//!
//! A connection that is silent for 3 s, or fails, is repaired (ICE restart); if it is not well 10 s
//! later, it is renewed (another introduction). Where there is another way, it is
//! asked for beside a repair, and when the first connection takes 4 s. One that never comes to be is renewed after 15 s, the
//! next after 30 s, all others after 60 s. The owner asks for remedies only while they can be told to
//! the other side.

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
}

#[derive(Debug)]
enum State {
    /// Never connected.
    Fresh {
        until: Duration,
        /// When another way is asked for.
        detour: Option<Duration>,
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
    pub fn new(now: Duration, detour: bool, before: Option<&Self>) -> Self {
        let renewals = before.map_or(0, |health| health.renewals);
        let state = State::fresh(now, renewals, detour);
        Self {
            state,
            renewals,
            was_connected: before.is_some_and(|health| health.was_connected),
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
        match self.state {
            State::Fresh { until, detour } => Some(detour.unwrap_or(until)),
            State::Shaky { until } | State::Repairing { until } | State::Renewing { until } => {
                Some(until)
            }
            State::Broken | State::Dead => Some(Duration::ZERO),
            State::Connected => None,
        }
    }

    pub fn handle_timeout(&mut self, now: Duration) -> Option<Remedy> {
        self.poll_timeout().filter(|until| *until <= now)?;
        if let State::Fresh { detour, .. } = &mut self.state
            && detour.take().is_some()
        {
            return Some(Remedy::Forward);
        }
        if matches!(self.state, State::Shaky { .. } | State::Broken) {
            self.state = State::Repairing {
                until: now + REPAIR,
            };
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
            State::Fresh { detour, .. } => {
                self.state = State::fresh(now, self.renewals, detour.is_some());
            }
            State::Repairing { .. } => self.state = State::Broken,
            State::Renewing { until } => *until = now + RENEWAL_AGAIN,
            State::Connected | State::Shaky { .. } | State::Broken | State::Dead => {}
        }
    }
}

impl State {
    fn fresh(now: Duration, renewals: u32, detour: bool) -> Self {
        Self::Fresh {
            until: now + patience(renewals),
            detour: detour.then_some(now + DETOUR),
        }
    }
}

fn patience(renewals: u32) -> Duration {
    FIRST_CONNECTION * (1 << renewals.min(2))
}
