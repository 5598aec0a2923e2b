//! Who is in the room, and the peer with each of them.
//!
//! Peers act whenever they have to. What they tell the other side waits while the link is down or the
//! other one is missing after a restart of the server, and nothing is due while the other one's socket
//! is away.

use std::time::Duration;

use super::{
    io::{Notice, Outputs, PeerAction, PeerEvent, Share},
    peer::Peer,
    remote_participant::{RemoteParticipant, act},
    sfu_routing,
};
use crate::protocol::{HeldPeer, IceServer, Member, ParticipantId, RateLimiter, SignalMessage};
use crate::sorted_map::SortedMap;

/// The others in the room.
#[derive(Debug, Default)]
pub(super) struct Roster {
    all: SortedMap<ParticipantId, RemoteParticipant>,
    /// Connections that were made.
    connections: RateLimiter,
}

/// The peer with the SFU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SfuPeer {
    pub id: ParticipantId,
    pub serial: u32,
    pub connected: bool,
}

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
    /// Whether the server has an SFU.
    pub forwards: bool,
}

impl Roster {
    /// The peers that are held, to tell the server.
    pub fn held_peers(&self) -> Vec<HeldPeer> {
        let known = |(id, participant): (&ParticipantId, &RemoteParticipant)| {
            let peer = participant.peer.as_ref()?;
            Some(HeldPeer {
                id: *id,
                initiator: peer.is_initiator(),
                generation: peer.generation,
            })
        };
        self.all.iter().filter_map(known).collect()
    }

    pub fn contains(&self, id: ParticipantId) -> bool {
        self.all.contains_key(&id)
    }

    /// The SFU, once it was introduced.
    pub fn sfu(&self) -> Option<SfuPeer> {
        let (id, attendee) = self.all.iter().find(|(_, attendee)| attendee.is_sfu)?;
        let peer = attendee.peer.as_ref()?;
        Some(SfuPeer {
            id: *id,
            serial: peer.serial,
            connected: peer.is_connected(),
        })
    }

    /// The SFU is to be introduced. There is one at most.
    pub fn expect_sfu(&mut self, id: ParticipantId, out: &mut Outputs) {
        if !self.contains(id) {
            self.drop_sfu(out);
            self.all.insert(id, RemoteParticipant::sfu(id));
        }
    }

    fn drop_sfu(&mut self, out: &mut Outputs) {
        if let Some(sfu) = self.sfu() {
            self.remove(sfu.id, out);
        }
    }

    /// All but the SFU.
    pub fn people(&mut self) -> impl Iterator<Item = (ParticipantId, &mut RemoteParticipant)> {
        let all = self.all.iter_mut().map(|(id, attendee)| (*id, attendee));
        all.filter(|(_, attendee)| !attendee.is_sfu)
    }

    /// All, or one, may have missed what they were told of their media that arrives by the SFU.
    pub fn resend_direct_pause(&mut self, only: Option<ParticipantId>, out: &mut Outputs) {
        for (id, attendee) in self.people() {
            if only.is_none_or(|only| only == id) {
                sfu_routing::tell(id, attendee, out);
            }
        }
    }

    /// Someone in the room.
    pub fn participant(&mut self, id: ParticipantId) -> Option<&mut RemoteParticipant> {
        self.all.get_mut(&id)
    }

    /// Whom the server does not name any more: missing while a restarted server's room forms again, gone
    /// otherwise.
    pub fn keep(&mut self, now: Duration, named: &[Member], reforming: bool, out: &mut Outputs) {
        let mut gone = Vec::new();
        if reforming {
            // Another server has another one.
            self.drop_sfu(out);
        }
        for (id, attendee) in self.all.iter_mut().filter(|(_, attendee)| !attendee.is_sfu) {
            if named.iter().any(|member| member.id == *id) {
                continue;
            }
            if reforming {
                attendee.missing = Some(now);
            } else if attendee.missing.is_none() {
                gone.push(*id);
            }
        }
        gone.into_iter().for_each(|id| self.remove(id, out));
    }

    /// Someone is here and shows this. Whether that ends a silence is for the caller to act on.
    pub fn show(&mut self, member: Member, out: &mut Outputs) -> bool {
        let Some(attendee) = self.all.get_mut(&member.id) else {
            out.notice(Notice::Member(member.clone()));
            self.all.insert(member.id, RemoteParticipant::new(member));
            return false;
        };
        let was_here = attendee.is_here();
        attendee.missing = None;
        if attendee.member != member {
            attendee.member = member.clone();
            out.notice(Notice::Member(member));
        }
        !was_here && attendee.is_here()
    }

    /// Gives all who are here, or one of them, the time again that was lost in silence.
    pub fn handle_signaling_restored(
        &mut self,
        now: Duration,
        only: Option<ParticipantId>,
        out: &mut Outputs,
    ) {
        for (id, attendee) in self.all.iter_mut() {
            if only.is_none_or(|only| only == *id) && attendee.is_here() {
                if let Some(peer) = &mut attendee.peer {
                    peer.handle_signaling_restored(now);
                }
                attendee.advance(now, *id, true, out);
            }
        }
    }

    /// Makes a peer for an introduction, in the place of one that was made for an earlier one. A peer
    /// that was made for the same one stays.
    pub fn introduce(
        &mut self,
        now: Duration,
        new: Introduction,
        means: PeerConfig<'_>,
        out: &mut Outputs,
    ) -> bool {
        let Some(attendee) = self.all.get_mut(&new.with) else {
            return false;
        };
        let before = attendee.peer.take();
        if let Some(peer) = before
            .as_ref()
            .filter(|peer| new.number > 0 && peer.generation >= new.number)
        {
            let same = peer.generation == new.number && peer.is_initiator() == new.initiator;
            attendee.peer = before;
            return same;
        }
        if !attendee.is_sfu
            && !attendee
                .inbound
                .takes_connection(now, &mut self.connections)
        {
            attendee.peer = before;
            return false;
        }
        if let Some(peer) = &before {
            act(new.with, peer.serial, PeerAction::Close, out);
        }
        let serial = out.next_serial();
        let create = PeerAction::Create {
            initiator: new.initiator,
            ice_servers: means.ice_servers.to_vec(),
        };
        act(new.with, serial, create, out);
        attendee.peer = Some(Peer::new(
            now,
            serial,
            new,
            PeerConfig {
                forwards: means.forwards && !attendee.is_sfu,
                ..means
            },
            before.as_ref(),
        ));
        attendee.advance(now, new.with, true, out);
        true
    }

    /// Gives every peer what it takes to share this.
    pub fn share(&mut self, now: Duration, share: Option<Share>, open: bool, out: &mut Outputs) {
        for (id, attendee) in self.all.iter_mut() {
            if let Some(peer) = &mut attendee.peer {
                peer.share(now, share);
                attendee.advance(now, *id, open, out);
            }
        }
    }

    /// Someone says something to the peer that was made for this introduction.
    pub fn handle_signal(&mut self, now: Duration, signalled: SignalMessage, out: &mut Outputs) {
        let id = signalled.conn_user_socket_id;
        let Some(attendee) = self.all.get_mut(&id) else {
            return;
        };
        let Some(peer) = &mut attendee.peer else {
            return;
        };
        let is_current = |number| number == peer.generation;
        if signalled.generation.is_none_or(is_current)
            && (attendee.is_sfu || attendee.inbound.takes_signal(now, &signalled.signal))
        {
            peer.handle_signal(signalled.signal);
            attendee.advance(now, id, true, out);
        }
    }

    /// The browser says something about a peer.
    pub fn handle_peer(
        &mut self,
        now: Duration,
        (id, serial): (ParticipantId, u32),
        event: PeerEvent,
        open: bool,
        out: &mut Outputs,
    ) {
        let Some(attendee) = self.all.get_mut(&id) else {
            return;
        };
        if let Some(peer) = attendee.peer.as_mut().filter(|peer| peer.serial == serial) {
            peer.handle_event(now, event);
            attendee.advance(now, id, open, out);
        }
    }

    pub fn remove(&mut self, id: ParticipantId, out: &mut Outputs) {
        let Some(attendee) = self.all.remove(&id) else {
            return;
        };
        if let Some(peer) = attendee.peer {
            act(id, peer.serial, PeerAction::Close, out);
        }
        if !attendee.is_sfu {
            out.notice(Notice::Gone(id));
        }
    }

    /// Closes all peers; their participants are as they were.
    pub fn close_peers(&mut self, out: &mut Outputs) {
        for (id, attendee) in self.all.iter_mut() {
            if let Some(peer) = attendee.peer.take() {
                act(*id, peer.serial, PeerAction::Close, out);
            }
        }
    }

    pub fn clear(&mut self, out: &mut Outputs) {
        let ids: Vec<_> = self.all.iter().map(|(id, _)| *id).collect();
        ids.into_iter().for_each(|id| self.remove(id, out));
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let timeouts = self
            .all
            .iter()
            .filter_map(|(_, attendee)| attendee.poll_timeout());
        timeouts.min()
    }

    /// Does what is due; only while the link is open.
    pub fn handle_timeout(&mut self, now: Duration, out: &mut Outputs) {
        for (id, attendee) in self.all.iter_mut() {
            attendee.apply_subscriptions(now);
            attendee.advance(now, *id, true, out);
        }
        let lost = |attendee: &RemoteParticipant| attendee.lost_at().is_some_and(|at| at <= now);
        let gone: Vec<_> = self
            .all
            .iter()
            .filter(|(_, attendee)| lost(attendee))
            .map(|(id, _)| *id)
            .collect();
        gone.into_iter().for_each(|id| self.remove(id, out));
    }
}
