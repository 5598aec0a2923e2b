//! Another one in the room: what it shows, and the peer with it.

use std::time::Duration;

use super::{
    inbound_limits::{InboundLimits, Throttled},
    io::{Notice, Output, Outputs, PeerAction, PeerLink},
    peer::{Effect, Peer},
};
use crate::protocol::{
    ClientEvent, Member, ParticipantId, PeerRef, Presence, RESUME_GRACE, Side, Signal,
    SignalMessage, TrackSources,
};

/// Another one in the room.
#[derive(Debug)]
pub(super) struct RemoteParticipant {
    /// What it shows.
    pub member: Member,
    /// Whether it is no person but the SFU.
    pub is_sfu: bool,
    /// What of it is shown as it arrives by the SFU.
    pub forwarded: TrackSources,
    /// What of that it was told, once it was told something.
    pub told_forwarded: Option<TrackSources>,
    /// What it gets by the SFU of what is sent from here, as it says.
    pub gets_forwarded: TrackSources,
    /// The same, as it was said last.
    pub subscriptions_forwarded: Throttled<TrackSources>,
    /// What does not go straight to it.
    pub held: TrackSources,
    /// What was told of the connection last.
    told: Option<PeerLink>,
    /// What was told last of why its pictures cannot come by the SFU.
    told_unfit: Option<Side>,
    /// Since when it is not among those whom a restarted server knows.
    pub missing: Option<Duration>,
    /// The one that was made for the newest introduction.
    pub peer: Option<Peer>,
    /// What it has had this side do.
    pub inbound: InboundLimits,
}

impl RemoteParticipant {
    /// Someone who has just come.
    pub fn new(member: Member) -> Self {
        Self {
            member,
            is_sfu: false,
            forwarded: TrackSources::NONE,
            told_forwarded: None,
            gets_forwarded: TrackSources::NONE,
            subscriptions_forwarded: Throttled::default(),
            held: TrackSources::NONE,
            told: None,
            told_unfit: None,
            missing: None,
            peer: None,
            inbound: InboundLimits::default(),
        }
    }

    /// The SFU, which shows nothing of itself.
    pub fn sfu(id: ParticipantId) -> Self {
        let member = Member {
            id,
            presence: Presence::unnamed(),
            hand: None,
            away: false,
        };
        Self {
            is_sfu: true,
            ..Self::new(member)
        }
    }

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
        [
            peer,
            self.lost_at(),
            self.subscriptions_forwarded.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Acts upon what it has said of its subscriptions, if it is time.
    pub fn apply_subscriptions(&mut self, now: Duration) {
        if let Some(slots) = self.subscriptions_forwarded.poll(now) {
            self.gets_forwarded = slots;
        }
    }

    /// Lets the peer do what is due, if the other side can be told, and passes on what it has to say.
    pub fn advance(&mut self, now: Duration, id: ParticipantId, open: bool, out: &mut Outputs) {
        let here = self.is_here();
        self.act(now, id, open && here, out);
        self.tell_link(out);
        // A socket that is away has a mailbox; who is missing has none.
        let Some(peer) = self
            .peer
            .as_mut()
            .filter(|_| open && self.missing.is_none())
        else {
            return;
        };
        while let Some(signal) = peer.poll_signal() {
            out.emit(signal_message(id, signal, peer.generation));
        }
    }

    fn act(&mut self, now: Duration, id: ParticipantId, due: bool, out: &mut Outputs) {
        let Some(peer) = &mut self.peer else { return };
        if due {
            peer.handle_timeout(now);
        }
        while let Some(effect) = peer.poll_effect() {
            match effect {
                Effect::Act(action) => act(id, peer.serial, action, out),
                Effect::Renew => {
                    out.emit(ClientEvent::PeerRestart(peer_ref(id, peer.generation)));
                }
                Effect::Forward if self.is_sfu => {}
                Effect::Forward => out.emit(ClientEvent::SfuRequest(peer_ref(id, 0))),
            }
        }
    }

    /// Tells whose browser is the reason why its pictures cannot come by the SFU, if that has changed.
    pub fn report_unfit(&mut self, unfit: Option<Side>, out: &mut Outputs) {
        if std::mem::replace(&mut self.told_unfit, unfit) != unfit {
            out.notice(Notice::Unfit(self.member.id, unfit));
        }
    }

    /// Tells how the connection is, if that has changed: the way by the SFU is as good as any.
    pub fn tell_link(&mut self, out: &mut Outputs) {
        let Some(peer) = &self.peer else { return };
        let link = match self.forwarded {
            TrackSources::NONE => peer.link(),
            _ => PeerLink::Connected,
        };
        if !self.is_sfu && self.told.replace(link) != Some(link) {
            out.notice(Notice::Link(self.member.id, link));
        }
    }
}

/// Names an introduction to the server.
pub(super) fn peer_ref(with: ParticipantId, number: u32) -> PeerRef {
    PeerRef {
        conn_user_socket_id: with,
        generation: (number > 0).then_some(number),
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
