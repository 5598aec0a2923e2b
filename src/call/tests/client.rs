//! A browser with its machine. It checks what a machine may do at all: say nothing while the link is
//! down, let nothing be due then but the link, ask nothing of a peer after its end, count serials up, and talk
//! no faster than the server takes it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{dice::Dice, fake_peer::FakePeer, shown::Shown, *};
use crate::{
    call::sections::SectionCounts,
    protocol::{EVENT_BURST, EVENTS_PER_SECOND, MessageTo, TrackSource, TrackSources},
    room::ConnectionId,
};

/// A browser.
#[derive(Debug)]
pub struct Client {
    number: usize,
    pub call: Call,
    pub you: Option<ParticipantId>,
    pub phase: Phase,
    pub connection: Option<ConnectionId>,
    /// Whether `create-session` is granted on that connection.
    admitted: bool,
    /// It can't open another one before.
    pub offline_until: Duration,
    pub peers: BTreeMap<ParticipantId, FakePeer>,
    pub links: BTreeMap<ParticipantId, PeerLink>,
    /// What the page shows beside that.
    pub shown: Shown,
    /// What arrives by the SFU, and in which section.
    pub forwarded: BTreeMap<(ParticipantId, TrackSource), Box<str>>,
    /// What it does not send straight to others.
    pub held: BTreeMap<ParticipantId, TrackSources>,
    /// What has arrived straight, by which peers.
    arrived: Vec<(u32, ParticipantId, TrackSource)>,
    /// The sections in which something has arrived, of the peer with this serial.
    flowing: (u32, Vec<Box<str>>),
    /// What it shares, if it is inside.
    pub share: Option<Share>,
    /// When its talk would be used up at the rate that the server takes.
    talked: Duration,
    serial: u32,
    /// Peers made so far.
    pub made: u32,
}

impl Client {
    pub fn new(number: usize, seed: u64) -> Self {
        Self {
            number,
            call: Call::new(seed),
            you: None,
            phase: Phase::Idle,
            connection: None,
            admitted: false,
            offline_until: Duration::ZERO,
            peers: BTreeMap::new(),
            links: BTreeMap::new(),
            shown: Shown::default(),
            forwarded: BTreeMap::new(),
            held: BTreeMap::new(),
            arrived: Vec::new(),
            flowing: (0, Vec::new()),
            share: None,
            talked: Duration::ZERO,
            serial: 0,
            made: 0,
        }
    }

    pub fn give(&mut self, now: Duration, input: Input) -> Vec<Output> {
        self.admitted |= matches!(input, Input::Reply(SessionReply::Admitted(_)));
        let idle = !self.admitted && input == Input::Timeout;
        self.call.handle_input(now, input);
        let outputs: Vec<_> = std::iter::from_fn(|| self.call.poll_output()).collect();
        for output in &outputs {
            let link = matches!(
                output,
                Output::OpenLink(_) | Output::AbandonLink | Output::Notice(Notice::Phase(_))
            );
            assert!(link || !idle, "fires while the link is down: {output:?}");
        }
        outputs
    }

    pub fn disconnect(&mut self) -> Option<ConnectionId> {
        self.admitted = false;
        self.connection.take()
    }

    /// The connection on which something is said.
    pub fn say(&self, event: &ClientEvent) -> ConnectionId {
        let entering = matches!(
            event,
            ClientEvent::CreateSession(_) | ClientEvent::LobbyWatch(_) | ClientEvent::Knock(_)
        );
        let leaving = matches!(event, ClientEvent::LeaveSession(_));
        assert!(
            leaving || self.admitted != entering,
            "said at the wrong time: {event:?}"
        );
        if let ClientEvent::ConnSignal(signalled) = event {
            assert!(
                self.peers.contains_key(&signalled.conn_user_socket_id),
                "said for no peer: {event:?}"
            );
        }
        self.connection
            .unwrap_or_else(|| panic!("said to nobody: {event:?}"))
    }

    /// Says something that the server takes: neither too large nor too much at once.
    pub fn talk(&mut self, now: Duration, say: &MessageTo) {
        let payload = serde_json::to_string(say).unwrap();
        let cost = 1 + payload.len() as u32 / 1024;
        let each = SECOND / EVENTS_PER_SECOND;
        self.talked = self.talked.max(now) + each * cost;
        assert!(self.talked <= now + each * EVENT_BURST, "too fast");
        let parsed = MessageTo::parse(&RawValue::from_string(payload).unwrap());
        assert_eq!(parsed.as_ref(), Ok(say));
    }

    /// Does something with a peer; what it reports, and when.
    pub fn act(
        &mut self,
        now: Duration,
        (id, serial): (ParticipantId, u32),
        action: PeerAction,
        dice: &mut Dice,
    ) -> Vec<(Duration, PeerEvent)> {
        match action {
            PeerAction::Create { initiator, .. } => {
                assert!(serial > self.serial, "serials increase");
                (self.serial, self.made) = (serial, self.made + 1);
                let peer = FakePeer::new(serial, format!("{}.{serial}", self.number), initiator);
                assert!(self.peers.insert(id, peer).is_none(), "one peer with each");
                Vec::new()
            }
            PeerAction::Close => {
                let closed = self.peers.remove(&id);
                assert_eq!(closed.map(|peer| peer.serial), Some(serial), "closed once");
                Vec::new()
            }
            action => {
                let peer = self.peers.get_mut(&id).filter(|peer| peer.serial == serial);
                let peer = peer.unwrap_or_else(|| panic!("{action:?} of a peer that is closed"));
                peer.perform(now, action, dice)
            }
        }
    }

    pub fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::Phase(phase) => {
                if phase == Phase::Joining {
                    self.shown.chat.clear();
                    self.you = None;
                    self.links.clear();
                    self.held.clear();
                    self.forwarded.clear();
                }
                self.phase = phase;
            }
            Notice::Admitted { you, .. } => {
                self.you = Some(you);
                self.shown.take(notice);
            }
            Notice::Link(id, link) => drop(self.links.insert(id, link)),
            Notice::Gone(id) => {
                self.links.remove(&id);
                self.held.remove(&id);
                self.forwarded.retain(|(from, _), _| *from != id);
            }
            notice => self.shown.take(notice),
        }
    }

    /// Something is shown as it arrives in this section of the SFU's peer, or straight.
    pub fn show(
        &mut self,
        of: (ParticipantId, TrackSource),
        place: Option<(ParticipantId, Box<str>)>,
    ) {
        match place {
            Some((sfu, mid)) => {
                let peer = self.peers.get(&sfu);
                let flows = peer.is_some_and(|peer| {
                    peer.serial == self.flowing.0 && self.flowing.1.contains(&mid)
                });
                assert!(flows, "nothing has arrived there");
                self.forwarded.insert(of, mid);
            }
            None => drop(self.forwarded.remove(&of)),
        }
    }

    /// Media arrives in a section of a peer; whether it is the first.
    pub fn flow(&mut self, serial: u32, mid: &str) -> bool {
        if self.flowing.0 != serial {
            self.flowing = (serial, Vec::new());
        }
        let first = !self.flowing.1.iter().any(|known| **known == *mid);
        if first {
            self.flowing.1.push(mid.into());
        }
        first
    }

    /// Something of a participant arrives straight, by the peer of this serial; whether for the first time.
    pub fn arrives(&mut self, serial: u32, id: ParticipantId, source: TrackSource) -> bool {
        let first = !self.arrived.contains(&(serial, id, source));
        if first {
            self.arrived.push((serial, id, source));
        }
        first
    }

    /// Whether what another one sends arrives here by one way, and that is the one by the SFU or the other.
    pub fn hears(&self, other: &Self, forwarded: bool) -> bool {
        let (Some(you), Some(id)) = (self.you, other.you) else {
            return false;
        };
        let held = other.held.get(&you).copied().unwrap_or_default();
        TrackSource::FIRST.into_iter().all(|source| {
            let arrives = self.forwarded.contains_key(&(id, source));
            arrives == forwarded && (forwarded || !held.contain(source))
        }) && self.links.get(&id) == Some(&PeerLink::Connected)
    }

    /// Whether both sides have places for what either of them shares, and know the same ones.
    pub fn can_share_with(&self, other: &Self) -> bool {
        let (Some(you), Some(id)) = (self.you, other.you) else {
            return false;
        };
        let (Some(peer), Some(back)) = (self.peers.get(&id), other.peers.get(&you)) else {
            return false;
        };
        let needed = SectionCounts::needed(self.share).or(SectionCounts::needed(other.share));
        peer.negotiated == back.negotiated && peer.negotiated.hold(needed)
    }

    /// Whether media flows to another one, as both know.
    pub fn is_connected_with(&self, other: &Self) -> bool {
        let (Some(you), Some(id)) = (self.you, other.you) else {
            return false;
        };
        let (Some(peer), Some(back)) = (self.peers.get(&id), other.peers.get(&you)) else {
            return false;
        };
        peer.joins(back)
            && peer.connection == ConnectionState::Connected
            && self.links.get(&id) == Some(&PeerLink::Connected)
    }
}
