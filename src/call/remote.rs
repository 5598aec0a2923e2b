//! Whom a peer is held with: another participant, or the server's SFU.

use std::time::Duration;

use super::{
    io::{Output, Outputs, PeerAction, peer_ref},
    peer::{Effect, Peer},
    remote_participant::RemoteParticipant,
};
use crate::protocol::{ClientEvent, Empty, ParticipantId, Signal, SignalMessage};

/// Whom a peer is held with.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "there is one SFU among all, whose entry is larger than it has to be on machines of 64 bits"
)]
pub(super) enum Remote {
    /// Another one in the room.
    Participant(RemoteParticipant),
    /// The SFU, which shows nothing of itself and is there for as long as the server is.
    Sfu {
        /// The one that was made for the newest introduction.
        peer: Option<Peer>,
    },
}

impl Remote {
    pub fn participant(&self) -> Option<&RemoteParticipant> {
        match self {
            Self::Participant(participant) => Some(participant),
            Self::Sfu { .. } => None,
        }
    }

    pub fn participant_mut(&mut self) -> Option<&mut RemoteParticipant> {
        match self {
            Self::Participant(participant) => Some(participant),
            Self::Sfu { .. } => None,
        }
    }

    pub fn peer(&self) -> Option<&Peer> {
        match self {
            Self::Participant(participant) => participant.peer.as_ref(),
            Self::Sfu { peer } => peer.as_ref(),
        }
    }

    pub fn peer_mut(&mut self) -> &mut Option<Peer> {
        match self {
            Self::Participant(participant) => &mut participant.peer,
            Self::Sfu { peer } => peer,
        }
    }

    pub fn is_sfu(&self) -> bool {
        matches!(self, Self::Sfu { .. })
    }

    /// Whether the other end is there to be told something.
    pub fn is_here(&self) -> bool {
        self.participant().is_none_or(RemoteParticipant::is_here)
    }

    /// Whether a signal has somewhere to go. A socket that is away has a mailbox on the server; who is missing after a
    /// restart of the server has none.
    fn takes_signals(&self) -> bool {
        self.participant()
            .is_none_or(|participant| participant.missing.is_none())
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        match self {
            Self::Participant(participant) => participant.poll_timeout(),
            Self::Sfu { peer } => peer.as_ref().and_then(Peer::poll_timeout),
        }
    }

    /// Lets the peer do what is due, if the other side can be told, and passes on what it has to say.
    pub fn advance(&mut self, now: Duration, id: ParticipantId, open: bool, out: &mut Outputs) {
        let is_due = open && self.is_here();
        self.act(now, id, is_due, out);
        if let Self::Participant(participant) = self {
            participant.tell_link(out);
        }
        if !open || !self.takes_signals() {
            return;
        }
        let Some(peer) = self.peer_mut() else { return };
        while let Some(signal) = peer.poll_signal() {
            out.emit(signal_message(id, signal, peer.generation));
        }
    }

    fn act(&mut self, now: Duration, id: ParticipantId, is_due: bool, out: &mut Outputs) {
        let is_sfu = self.is_sfu();
        let Some(peer) = self.peer_mut() else { return };
        if is_due {
            peer.handle_timeout(now);
        }
        while let Some(effect) = peer.poll_effect() {
            match effect {
                Effect::Act(action) => act(id, peer.serial, action, out),
                Effect::Renew => {
                    out.emit(ClientEvent::PeerRestart(peer_ref(id, peer.generation)));
                }
                Effect::Forward if is_sfu => out.emit(ClientEvent::SfuUnreachable(Empty {})),
                Effect::Forward => out.emit(ClientEvent::SfuRequest(peer_ref(id, 0))),
            }
        }
    }
}

fn signal_message(to: ParticipantId, signal: Signal, number: u32) -> ClientEvent {
    let generation = (number > 0).then_some(number);
    ClientEvent::ConnSignal(SignalMessage {
        conn_user_socket_id: to,
        signal,
        generation,
    })
}

pub(super) fn act(id: ParticipantId, serial: u32, action: PeerAction, out: &mut Outputs) {
    out.push(Output::Peer { id, serial, action });
}
