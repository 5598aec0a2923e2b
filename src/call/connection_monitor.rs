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
const ICE_RESTART_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may take until another way is asked for beside it.
const SFU_FALLBACK: Duration = Duration::from_secs(4);
/// How long a first connection may take, to be doubled with every renewal.
const FIRST_CONNECTION: Duration = Duration::from_secs(15);
/// After the silence of a link that is back: a renewal was perhaps lost with it.
const RECREATE_AGAIN: Duration = Duration::from_secs(5);

/// The health of one peer's connection.
#[derive(Debug)]
pub(super) struct ConnectionMonitor {
    state: MonitorState,
    /// Without success since.
    renewals: u32,
    was_connected: bool,
    /// Whether there is another way, by the SFU.
    sfu_available: bool,
    /// When it is asked for.
    sfu_fallback: Option<Duration>,
}

#[derive(Debug)]
enum MonitorState {
    /// Never connected.
    Fresh {
        until: Duration,
    },
    Connected,
    /// Silent; to be repaired at `until`.
    Disconnected {
        until: Duration,
    },
    /// Failed; to be repaired as soon as that can be.
    Failed,
    /// Closed; to be renewed as soon as that can be.
    Closed,
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
    IceRestart,
    /// Ask for another introduction.
    Recreate,
    /// Ask for the way by the SFU.
    UseSfu,
}

impl ConnectionMonitor {
    /// The health of a new peer, which takes the place of another one's. `sfu_available` tells whether there is another way.
    pub fn new(now: Duration, sfu_available: bool, before: Option<&Self>) -> Self {
        let renewals = before.map_or(0, |health| health.renewals);
        let until = now + patience(renewals);
        Self {
            state: MonitorState::Fresh { until },
            renewals,
            was_connected: before.is_some_and(|health| health.was_connected),
            sfu_available,
            sfu_fallback: sfu_available.then_some(now + SFU_FALLBACK),
        }
    }

    pub fn link(&self) -> PeerLink {
        match self.state {
            MonitorState::Connected | MonitorState::Disconnected { .. } => PeerLink::Connected,
            _ if self.was_connected => PeerLink::Restarting,
            _ => PeerLink::Connecting,
        }
    }

    pub fn is_connected(&self) -> bool {
        matches!(self.state, MonitorState::Connected)
    }

    /// Whether nothing is amiss: connected, or on the way for the first time.
    pub fn is_healthy(&self) -> bool {
        matches!(
            self.state,
            MonitorState::Connected | MonitorState::Fresh { .. }
        )
    }

    pub fn handle_connection(&mut self, now: Duration, connection: ConnectionState) {
        match (connection, &self.state) {
            (ConnectionState::Connected, _) => {
                *self = Self {
                    state: MonitorState::Connected,
                    renewals: 0,
                    was_connected: true,
                    sfu_fallback: None,
                    ..*self
                };
            }
            (ConnectionState::Disconnected, MonitorState::Connected) => {
                self.state = MonitorState::Disconnected {
                    until: now + SILENCE,
                };
            }
            (ConnectionState::New | ConnectionState::Connecting, MonitorState::Connected) => {
                self.state = MonitorState::Disconnected {
                    until: now + ICE_RESTART_PATIENCE,
                };
            }
            (
                ConnectionState::Failed,
                MonitorState::Fresh { .. }
                | MonitorState::Connected
                | MonitorState::Disconnected { .. },
            ) => {
                self.state = MonitorState::Failed;
            }
            (ConnectionState::Closed, MonitorState::Renewing { .. }) => {}
            (ConnectionState::Closed, _) => self.state = MonitorState::Closed,
            _ => {}
        }
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let remedy = match self.state {
            MonitorState::Fresh { until }
            | MonitorState::Disconnected { until }
            | MonitorState::Repairing { until }
            | MonitorState::Renewing { until } => Some(until),
            MonitorState::Failed | MonitorState::Closed => Some(Duration::ZERO),
            MonitorState::Connected => None,
        };
        [remedy, self.sfu_fallback].into_iter().flatten().min()
    }

    pub fn handle_timeout(&mut self, now: Duration) -> Option<Remedy> {
        self.poll_timeout().filter(|until| *until <= now)?;
        if self.sfu_fallback.take_if(|at| *at <= now).is_some() {
            return Some(Remedy::UseSfu);
        }
        if matches!(
            self.state,
            MonitorState::Disconnected { .. } | MonitorState::Failed
        ) {
            self.state = MonitorState::Repairing {
                until: now + ICE_RESTART_PATIENCE,
            };
            self.sfu_fallback = self.sfu_available.then_some(now + SFU_FALLBACK);
            return Some(Remedy::IceRestart);
        }
        self.renewals = self.renewals.saturating_add(1);
        self.state = MonitorState::Renewing {
            until: now + patience(self.renewals),
        };
        Some(Remedy::Recreate)
    }

    /// The other side can be told again: what was said before was perhaps lost.
    pub fn handle_signaling_restored(&mut self, now: Duration) {
        match &mut self.state {
            MonitorState::Fresh { until } => *until = now + patience(self.renewals),
            MonitorState::Repairing { .. } => self.state = MonitorState::Failed,
            MonitorState::Renewing { until } => *until = now + RECREATE_AGAIN,
            MonitorState::Connected
            | MonitorState::Disconnected { .. }
            | MonitorState::Failed
            | MonitorState::Closed => return,
        }
        self.sfu_fallback = self.sfu_available.then_some(now + SFU_FALLBACK);
    }
}

fn patience(renewals: u32) -> Duration {
    FIRST_CONNECTION * (1 << renewals.min(2))
}
