//! Another one in the room: what it shows, and the peer with it.

use std::time::Duration;

use super::{
    io::{Notice, Output, Outputs, PeerAction},
    peer::{Effect, Peer},
};
use crate::protocol::{
    ClientEvent, Introduced, Member, ParticipantId, RESUME_GRACE, Signal, Signalled,
};

/// Another one in the room.
#[derive(Debug)]
pub(super) struct Attendee {
    /// What it shows.
    pub member: Member,
    /// Since when it is not among those whom a restarted server knows.
    pub missing: Option<Duration>,
    /// The one that was made for the newest introduction.
    pub peer: Option<Peer>,
}

impl Attendee {
    /// Whether its socket is there to be told something.
    pub fn is_here(&self) -> bool {
        self.missing.is_none() && !self.member.away
    }

    /// When a missing one is given up: its peer outlives that time while it is connected.
    pub fn lost_at(&self) -> Option<Duration> {
        let connected = self.peer.as_ref().is_some_and(Peer::is_connected);
        self.missing
            .filter(|_| !connected)
            .map(|since| since + RESUME_GRACE)
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let peer = self
            .peer
            .as_ref()
            .filter(|_| self.is_here())
            .and_then(Peer::poll_timeout);
        [peer, self.lost_at()].into_iter().flatten().min()
    }

    /// Lets the peer do what is due, if the other side can be told, and passes on what it has to say.
    pub fn advance(&mut self, now: Duration, id: ParticipantId, open: bool, out: &mut Outputs) {
        let here = self.is_here();
        let Some(peer) = &mut self.peer else { return };
        if open && here {
            peer.handle_timeout(now);
        }
        while let Some(effect) = peer.poll_effect() {
            match effect {
                Effect::Act(action) => act(id, peer.serial, action, out),
                Effect::Link(link) => out.notice(Notice::Link(id, link)),
                Effect::Renew => {
                    out.emit(ClientEvent::ConnRenew(introduced(id, peer.introduction)));
                }
            }
        }
        // A socket that is away has a mailbox; who is missing has none.
        while open
            && self.missing.is_none()
            && let Some(signal) = peer.poll_signal()
        {
            out.emit(signalled(id, signal, peer.introduction));
        }
    }
}

/// Names an introduction to the server.
pub(super) fn introduced(with: ParticipantId, number: u32) -> Introduced {
    Introduced {
        conn_user_socket_id: with,
        introduction: (number > 0).then_some(number),
    }
}

fn signalled(to: ParticipantId, signal: Signal, number: u32) -> ClientEvent {
    let introduction = (number > 0).then_some(number);
    ClientEvent::ConnSignal(Signalled {
        conn_user_socket_id: to,
        signal,
        introduction,
    })
}

pub(super) fn act(id: ParticipantId, serial: u32, action: PeerAction, out: &mut Outputs) {
    out.push(Output::Peer { id, serial, action });
}
