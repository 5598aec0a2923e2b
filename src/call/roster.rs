//! Who is in the room, and the peer with each of them.
//!
//! Peers act whenever they have to. What they tell the other side waits while the link is down or the
//! other one is missing after a restart of the server, and nothing is due while the other one's socket
//! is away.

use std::time::Duration;

use super::{
    inbound_limits::Throttled,
    io::{Notice, Outputs, PeerAction, PeerEvent, PeerLink, Share},
    peer::{Introduction, Peer, PeerConfig},
    remote::{Remote, act},
    remote_participant::RemoteParticipant,
};
use crate::protocol::{HeldPeer, Member, ParticipantId, RateLimiter, SignalMessage, TrackSources};
use crate::sorted_map::SortedMap;

/// How long the introduction to a newcomer may take; it follows at once where there is one.
const INTRODUCTION: Duration = Duration::from_millis(30);
/// How long the browser may take over a description.
const DESCRIPTION: Duration = Duration::from_millis(100);

/// The others in the room, and the SFU.
#[derive(Debug, Default)]
pub(super) struct Roster {
    all: SortedMap<ParticipantId, Remote>,
    /// Connections that were made.
    connections: RateLimiter,
}

/// The peer with the SFU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SfuPeer {
    pub id: ParticipantId,
    pub serial: u32,
    pub generation: u32,
    pub link: PeerLink,
    pub connected: bool,
}

impl Roster {
    /// The peers that are held, to tell the server.
    pub fn held_peers(&self) -> Vec<HeldPeer> {
        let known = |(id, remote): (&ParticipantId, &Remote)| {
            let peer = remote.peer()?;
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
        let (id, sfu) = self.all.iter().find(|(_, remote)| remote.is_sfu())?;
        let peer = sfu.peer()?;
        Some(SfuPeer {
            id: *id,
            serial: peer.serial,
            generation: peer.generation,
            link: peer.link(),
            connected: peer.is_connected(),
        })
    }

    /// The SFU is to be introduced. There is one at most.
    pub fn expect_sfu(&mut self, id: ParticipantId, out: &mut Outputs) {
        if !self.contains(id) {
            self.drop_sfu(out);
            self.all.insert(id, Remote::Sfu { peer: None });
        }
    }

    fn drop_sfu(&mut self, out: &mut Outputs) {
        if let Some(sfu) = self.sfu() {
            self.remove(sfu.id, out);
        }
    }

    /// All but the SFU.
    pub fn people(&mut self) -> impl Iterator<Item = (ParticipantId, &mut RemoteParticipant)> {
        let all = self.all.iter_mut();
        all.filter_map(|(id, remote)| Some((*id, remote.participant_mut()?)))
    }

    /// All, or one, may have missed what they were told of their media that arrives by the SFU.
    pub fn resend_direct_pause(&mut self, only: Option<ParticipantId>, out: &mut Outputs) {
        for (id, participant) in self.people() {
            if only.is_none_or(|only| only == id) {
                participant.send_direct_pause(out);
            }
        }
    }

    /// Someone in the room.
    pub fn participant(&mut self, id: ParticipantId) -> Option<&mut RemoteParticipant> {
        self.all.get_mut(&id)?.participant_mut()
    }

    /// Whom the server does not name any more: missing while a restarted server's room forms again, gone
    /// otherwise.
    pub fn keep(&mut self, now: Duration, named: &[Member], recovering: bool, out: &mut Outputs) {
        let mut gone = Vec::new();
        if recovering {
            // Another server has another one.
            self.drop_sfu(out);
        }
        for (id, participant) in self.people() {
            if named.iter().any(|member| member.id == id) {
                continue;
            }
            if recovering {
                participant.missing = Some(now);
            } else if participant.missing.is_none() {
                gone.push(id);
            }
        }
        gone.into_iter().for_each(|id| self.remove(id, out));
    }

    /// Someone is here and shows this. Whether that ends a silence is for the caller to act on.
    /// `came` is the time if it has come just now.
    pub fn show(&mut self, member: Member, came: Option<Duration>, out: &mut Outputs) -> bool {
        let Some(remote) = self.all.get_mut(&member.id) else {
            out.notice(Notice::Member(member.clone()));
            let participant = RemoteParticipant::new(member, came);
            let id = participant.member.id;
            self.all.insert(id, Remote::Participant(participant));
            return false;
        };
        let Some(participant) = remote.participant_mut() else {
            return false;
        };
        let was_here = participant.is_here();
        participant.missing = None;
        if participant.member != member {
            participant.member = member.clone();
            out.notice(Notice::Member(member));
        }
        !was_here && participant.is_here()
    }

    /// The server may have forgotten which connections are needed no more.
    pub fn forget_released(&mut self) {
        for (_, participant) in self.people() {
            participant.direct_need.forget_released();
        }
    }

    /// Puts the questions for files that have waited for a connection.
    pub fn send_deferred_asks(&mut self, out: &mut Outputs) {
        for (_, participant) in self.people() {
            participant.send_deferred_asks(out);
        }
    }

    /// Gives all who are here, or one of them, the time again that was lost in silence.
    pub fn handle_signaling_restored(
        &mut self,
        now: Duration,
        only: Option<ParticipantId>,
        out: &mut Outputs,
    ) {
        for (id, remote) in self.all.iter_mut() {
            if only.is_none_or(|only| only == *id) && remote.is_here() {
                if let Some(peer) = remote.peer_mut() {
                    peer.handle_signaling_restored(now);
                }
                remote.advance(now, *id, true, out);
            }
        }
    }

    /// Makes a peer for an introduction, in the place of one that was made for an earlier one. A peer
    /// that was made for the same one stays.
    pub fn introduce(
        &mut self,
        now: Duration,
        new: Introduction,
        config: PeerConfig<'_>,
        out: &mut Outputs,
    ) -> bool {
        let Some(remote) = self.all.get_mut(&new.with) else {
            return false;
        };
        let before = remote.peer_mut().take();
        if let Some(peer) = before
            .as_ref()
            .filter(|peer| new.number > 0 && peer.generation >= new.number)
        {
            let same = peer.generation == new.number && peer.is_initiator() == new.initiator;
            *remote.peer_mut() = before;
            return same;
        }
        // Participants make each other pay for connections; the SFU is the server's own.
        let may = match remote {
            Remote::Participant(participant) => participant
                .inbound
                .takes_connection(now, &mut self.connections),
            Remote::Sfu { .. } => true,
        };
        if !may {
            *remote.peer_mut() = before;
            return false;
        }
        if let Some(peer) = &before {
            act(new.with, peer.serial, PeerAction::Close, out);
        }
        let serial = out.next_serial();
        let create = PeerAction::Create {
            initiator: new.initiator,
            ice_servers: config.ice_servers.to_vec(),
        };
        act(new.with, serial, create, out);
        *remote.peer_mut() = Some(Peer::new(now, serial, new, config, before.as_ref()));
        remote.advance(now, new.with, true, out);
        true
    }

    /// How long the pages may be drawn later for the sake of who is introduced at the moment: see
    /// [`Call::render_delay`](super::Call::render_delay).
    pub fn render_delay(&self, now: Duration) -> Duration {
        let of = |remote: &Remote| {
            let came = remote.participant().and_then(|other| other.came);
            match remote.peer() {
                Some(peer) if peer.is_describing() => DESCRIPTION,
                Some(_) => Duration::ZERO,
                None => came.map_or(Duration::ZERO, |came| {
                    (came + INTRODUCTION).saturating_sub(now)
                }),
            }
        };
        let delays = self.all.iter().map(|(_, remote)| of(remote));
        delays.max().unwrap_or_default()
    }

    /// Gives every peer what it takes to share this.
    pub fn share(&mut self, now: Duration, share: Option<Share>, open: bool, out: &mut Outputs) {
        for (id, remote) in self.all.iter_mut() {
            if let Some(peer) = remote.peer_mut() {
                peer.share(now, share);
                remote.advance(now, *id, open, out);
            }
        }
    }

    /// Someone says something to the peer that was made for this introduction.
    pub fn handle_signal(&mut self, now: Duration, signalled: SignalMessage, out: &mut Outputs) {
        let id = signalled.conn_user_socket_id;
        let Some(remote) = self.all.get_mut(&id) else {
            return;
        };
        let Some(generation) = remote.peer().map(|peer| peer.generation) else {
            return;
        };
        let is_current = |number| number == generation;
        let may = signalled.generation.is_none_or(is_current)
            && match remote {
                Remote::Participant(participant) => {
                    participant.inbound.takes_signal(now, &signalled.signal)
                }
                Remote::Sfu { .. } => true,
            };
        if let Some(peer) = remote.peer_mut().as_mut().filter(|_| may) {
            peer.handle_signal(signalled.signal);
            remote.advance(now, id, true, out);
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
        let Some(remote) = self.all.get_mut(&id) else {
            return;
        };
        let peer = remote.peer_mut().as_mut();
        if let Some(peer) = peer.filter(|peer| peer.serial == serial) {
            peer.handle_event(now, event);
            remote.advance(now, id, open, out);
        }
    }

    pub fn remove(&mut self, id: ParticipantId, out: &mut Outputs) {
        let Some(remote) = self.all.remove(&id) else {
            return;
        };
        if let Some(peer) = remote.peer() {
            act(id, peer.serial, PeerAction::Close, out);
        }
        if !remote.is_sfu() {
            out.notice(Notice::Gone(id));
        }
    }

    /// Closes the connection with someone that was made for this introduction, or for one before; who it is with stays.
    pub fn close_peer(&mut self, id: ParticipantId, generation: u32, out: &mut Outputs) {
        let Some(participant) = self.participant(id) else {
            return;
        };
        let is_over = |peer: &mut Peer| peer.generation <= generation;
        if let Some(peer) = participant.peer.take_if(is_over) {
            // Another connection begins with nothing paused.
            participant.direct_pause = Throttled::default();
            participant.gets_via_sfu = TrackSources::NONE;
            participant.told_via_sfu = None;
            act(id, peer.serial, PeerAction::Close, out);
        }
    }

    /// Closes all peers; their participants are as they were.
    pub fn close_peers(&mut self, out: &mut Outputs) {
        for (id, remote) in self.all.iter_mut() {
            if let Some(peer) = remote.peer_mut().take() {
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
            .filter_map(|(_, remote)| remote.poll_timeout());
        timeouts.min()
    }

    /// Does what is due; only while the link is open.
    pub fn handle_timeout(&mut self, now: Duration, out: &mut Outputs) {
        for (id, remote) in self.all.iter_mut() {
            if let Some(participant) = remote.participant_mut() {
                participant.apply_direct_pause(now);
            }
            remote.advance(now, *id, true, out);
        }
        let is_lost = |participant: &RemoteParticipant| {
            participant.lost_at().is_some_and(|lost_at| lost_at <= now)
        };
        let lost: Vec<_> = self
            .all
            .iter()
            .filter(|(_, remote)| remote.participant().is_some_and(is_lost))
            .map(|(id, _)| *id)
            .collect();
        lost.into_iter().for_each(|id| self.remove(id, out));
    }
}
