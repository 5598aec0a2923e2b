//! One room: its places, and what is sent among them.

use std::{collections::VecDeque, time::Duration};

use super::{
    ConnectionId, MeetingId, Network, Output, ReservedPlace,
    budget::Budget,
    deferred_introductions::DeferredIntroductions,
    host_state::HostState,
    kicked::Kicked,
    pair::{Pair, PairState, Pairs},
    participant::{Connection, Participant},
    recent_networks::RecentNetworks,
    sfu_config::SfuConfig,
    throttle::Throttle,
    waiting_room::WaitingRoom,
};
use crate::sorted_map::SortedMap;
use crate::{
    protocol::{
        CreateSession, HeldPeer, Lobby, Member, ParticipantId, PeerRef, Prepare, Presence,
        RateLimiter, Refusal, RoomName, SHOWN_NAMES, ServerEvent, SignalMessage, Topology,
    },
    sfu::SfuCommand,
};

/// One room. It exists while it has places, or somebody is awaited.
#[derive(Debug)]
pub(super) struct Room {
    pub meeting: MeetingId,
    /// As it was first typed.
    pub name: RoomName,
    pub participants: SortedMap<ParticipantId, Participant>,
    pub pairs: Pairs,
    pub host_state: HostState,
    pub waiting_room: WaitingRoom,
    pub kicked: Kicked,
    /// Who was here before a restart and has not come back.
    pub awaited: Vec<ReservedPlace>,
    /// Whether what is to be kept of it has changed since it was asked for.
    pub changed: bool,
    /// Whether anything of it is kept.
    pub is_kept: bool,
    pub forwarding: Option<SfuConfig>,
    /// How media goes.
    pub topology: Topology,
    /// How many hands have gone up.
    pub hands: u32,
    /// Whose state is another since what has changed was told, or put off.
    pub unsaid: Vec<ParticipantId>,
    /// Whether others knock since then.
    pub waiting_changed: bool,
    /// Who is introduced anew later.
    pub put_off: DeferredIntroductions,
    /// When the host is told who knocks.
    pub knocking_told: Throttle,
    /// What was sent to all.
    pub sent: RateLimiter,
    /// Who has knocked.
    pub knocks: RateLimiter,
    /// Who has entered where others had left.
    pub entries: RateLimiter,
    /// The same, from networks that have sent nobody lately.
    pub new_networks: RateLimiter,
    /// Which networks have.
    pub visitors: RecentNetworks,
    /// The most who were here at a time.
    pub most: usize,
    joins: u64,
}

impl Room {
    pub fn new(meeting: MeetingId, name: RoomName, forwarding: Option<SfuConfig>) -> Self {
        Self {
            meeting,
            name,
            participants: SortedMap::new(),
            pairs: Pairs::new(),
            host_state: HostState::default(),
            waiting_room: WaitingRoom::default(),
            kicked: Kicked::default(),
            awaited: Vec::new(),
            changed: true,
            is_kept: false,
            forwarding,
            topology: Topology::default(),
            hands: 0,
            unsaid: Vec::new(),
            waiting_changed: false,
            put_off: DeferredIntroductions::default(),
            knocking_told: Throttle::default(),
            sent: RateLimiter::default(),
            knocks: RateLimiter::default(),
            entries: RateLimiter::default(),
            new_networks: RateLimiter::default(),
            visitors: RecentNetworks::new(),
            most: 0,
            joins: 0,
        }
    }

    pub fn add_participant(
        &mut self,
        who: ParticipantId,
        (connection, network): (ConnectionId, Network),
        entry: CreateSession,
        token_number: u32,
    ) {
        self.joins += 1;
        self.changed = true;
        let presence = Presence {
            hand: false,
            ..entry.presence.clone()
        };
        let mut participant = Participant {
            presence,
            connection: Connection::Live(connection),
            network,
            auto_prepare: entry.auto_prepare,
            supports_sfu: entry.supports_sfu,
            sfu_unreachable: false,
            resumable: entry.resumable,
            token_number,
            confirmed: false,
            joined: self.joins,
            hand: None,
            host_requests: Vec::new(),
            budget: Budget::default(),
            told: Throttle::default(),
            last_message: 0,
            chat_syncs: Vec::new(),
            token_at: Duration::ZERO,
            held_peers: entry.peers,
        };
        participant.set_presence(entry.presence, &mut self.hands);
        self.participants.insert(who, participant);
        self.most = self.most.max(self.participants.len());
    }

    /// Everyone, in the order of their joining.
    pub fn order(&self) -> impl Iterator<Item = ParticipantId> + use<> {
        let participants = self.participants.iter();
        let mut ids: Vec<_> = participants
            .map(|(id, participant)| (participant.joined, *id))
            .collect();
        ids.sort_unstable();
        ids.into_iter().map(|(_, id)| id)
    }

    /// Everyone else, in the order of their joining.
    pub fn others_in_order(&self, except: ParticipantId) -> Vec<ParticipantId> {
        self.order().filter(|id| *id != except).collect()
    }

    /// What is seen from outside.
    pub fn lobby(&self) -> Lobby {
        let locked = self.waiting_room.is_locked();
        let shown = if locked { 0 } else { SHOWN_NAMES };
        let names = self
            .order()
            .filter_map(|id| self.participants.get(&id)?.presence.name.clone());
        Lobby {
            people: names.take(shown).collect(),
            count: self.participants.len(),
            locked,
        }
    }

    /// The place of another one here.
    pub fn participant(
        &self,
        you: ParticipantId,
        other: ParticipantId,
    ) -> Result<&Participant, Refusal> {
        if you == other {
            return Err(Refusal::SelfTarget);
        }
        self.participants.get(&other).ok_or(Refusal::NotHere(other))
    }

    /// Everyone else as they are seen, in the order of their joining.
    pub fn others(&self, except: ParticipantId) -> Vec<Member> {
        self.others_in_order(except)
            .into_iter()
            .filter_map(|id| Some(self.participants.get(&id)?.member(id)))
            .collect()
    }

    /// The pair of a participant with another one here.
    pub fn pair(&mut self, you: ParticipantId, other: ParticipantId) -> Result<&mut Pair, Refusal> {
        if you == other {
            return Err(Refusal::SelfTarget);
        }
        self.pairs.find(you, other).ok_or(Refusal::NotHere(other))
    }

    /// Sends to a participant whose socket is there; others learn what they missed when they return.
    pub fn send(&self, to: ParticipantId, event: ServerEvent, outputs: &mut VecDeque<Output>) {
        if let Some(Participant {
            connection: Connection::Live(connection),
            ..
        }) = self.participants.get(&to)
        {
            outputs.push_back(Output::Send(*connection, event));
        }
    }

    /// Sends what clients of the seed do not know, to others.
    pub fn send_extension(
        &self,
        to: ParticipantId,
        event: ServerEvent,
        outputs: &mut VecDeque<Output>,
    ) {
        if self
            .participants
            .get(&to)
            .is_some_and(|participant| participant.resumable)
        {
            self.send(to, event, outputs);
        }
    }

    /// Tells the others at once what a participant shows now.
    pub fn announce(&mut self, who: ParticipantId, outputs: &mut VecDeque<Output>) {
        if let Some(participant) = self.participants.get_mut(&who) {
            participant.told.flush();
            let member = participant.member(who);
            self.announce_as(member, outputs);
        }
    }

    /// Tells the others that a participant's socket is away, or was.
    pub fn announce_away(&self, who: ParticipantId, outputs: &mut VecDeque<Output>) {
        if let Some(participant) = self.participants.get(&who) {
            let away = true;
            let member = participant.member(who);
            self.announce_as(Member { away, ..member }, outputs);
        }
    }

    fn announce_as(&self, member: Member, outputs: &mut VecDeque<Output>) {
        for other in self.others_in_order(member.id) {
            let event = ServerEvent::ParticipantState(member.clone());
            self.send(other, event, outputs);
        }
    }

    /// Asks the preparer of a pair to prepare, now or when its socket is back. One that is always ready needs
    /// no asking, since what the initiator says next reaches it later than this: then the initiator is to be
    /// told what is returned.
    #[must_use]
    pub fn prepare(&mut self, mut pair: Pair, outputs: &mut VecDeque<Output>) -> Option<PeerRef> {
        if self.is_sfu_gone(pair.initiator) {
            pair.stage = PairState::Pending;
            self.pairs.insert(pair);
            return None;
        }
        pair.stage = match self.participants.get(&pair.preparer) {
            Some(participant) if participant.is_away() => PairState::Pending,
            Some(participant) if participant.auto_prepare => PairState::Introduced,
            _ => PairState::Prepared,
        };
        self.pairs.insert(pair);
        let event = ServerEvent::ConnPrepare(Prepare {
            just_joined_user_socket_id: pair.initiator,
            generation: pair.generation,
            sfu: self.is_sfu(pair.initiator),
        });
        self.send(pair.preparer, event, outputs);
        (pair.stage == PairState::Introduced).then(|| pair.ready())
    }

    /// Brings a pair together, from the beginning or anew.
    pub fn introduce(&mut self, pair: Pair, outputs: &mut VecDeque<Output>) {
        if self.prepare(pair, outputs).is_some() {
            self.send_ready(pair, outputs);
        }
    }

    /// Tells who initiates that the other one is ready.
    pub fn send_ready(&self, pair: Pair, outputs: &mut VecDeque<Output>) {
        if self.is_sfu(pair.initiator) {
            self.begin(pair, outputs);
        } else {
            let event = ServerEvent::ConnInit(pair.ready());
            self.send(pair.initiator, event, outputs);
        }
    }

    /// Passes a signal on, or keeps it while the target's socket is away. What belongs to an earlier
    /// introduction of the two is dropped: its peers are gone.
    pub fn relay(
        &mut self,
        from: ParticipantId,
        to: ParticipantId,
        signal: SignalMessage,
        outputs: &mut VecDeque<Output>,
    ) {
        let Some(pair) = self.pairs.find(from, to) else {
            return;
        };
        let generation = pair.generation;
        let current = signal.generation.is_none_or(|n| n == generation);
        if pair.stage != PairState::Introduced || !current {
            return;
        }
        if self.is_sfu(to) {
            outputs.push_back(Output::Sfu(SfuCommand::Signal {
                participant: from,
                generation,
                signal: signal.signal,
            }));
            return;
        }
        match self
            .participants
            .get_mut(&to)
            .map(|participant| &mut participant.connection)
        {
            Some(Connection::Live(connection)) => {
                let event = SignalMessage {
                    conn_user_socket_id: from,
                    generation: Some(generation),
                    ..signal
                };
                outputs.push_back(Output::Send(*connection, ServerEvent::ConnSignal(event)));
            }
            Some(Connection::Away { mailbox, .. }) => {
                mailbox.keep(
                    from,
                    SignalMessage {
                        generation: Some(generation),
                        ..signal
                    },
                );
            }
            None => {}
        }
    }

    /// Brings a pair forward when one of the two is back with the peers that it still holds.
    pub fn reintroduce(
        &mut self,
        now: Duration,
        you: ParticipantId,
        other: ParticipantId,
        outputs: &mut VecDeque<Output>,
    ) {
        let mine = self.held_peer(you, other);
        let Some(pair) = self.pairs.find(you, other).copied() else {
            return self.reintroduce_after_restart(you, other, outputs);
        };
        match pair.stage {
            // That it is over may have been lost.
            PairState::Apart => {
                if let Some(held) = mine {
                    self.send_closed(you, other, held.generation, outputs);
                }
            }
            PairState::Pending if self.put_off.has(you, other) => {}
            PairState::Pending | PairState::Prepared if pair.preparer == you => {
                self.introduce(pair, outputs)
            }
            PairState::Pending | PairState::Prepared => {}
            PairState::Introduced
                if mine
                    .as_ref()
                    .is_some_and(|peer| peer.generation == pair.generation) => {}
            // Of an earlier introduction, it has missed what the other one has prepared. Without any, it may be another
            // page: the peer that the other one holds is of no use then.
            PairState::Introduced if pair.initiator == you && mine.is_some() => {
                self.send(you, ServerEvent::ConnInit(pair.ready()), outputs);
            }
            PairState::Introduced => self.reintroduce_for(now, you, other, outputs),
        }
    }

    /// The peer with `other` that `you` held when it came back.
    fn held_peer(&self, you: ParticipantId, other: ParticipantId) -> Option<HeldPeer> {
        let brought = &self.participants.get(&you)?.held_peers;
        brought.iter().find(|peer| peer.id == other).cloned()
    }

    /// Two who were here before a restart know each other when both say so, and alike.
    fn reintroduce_after_restart(
        &mut self,
        you: ParticipantId,
        other: ParticipantId,
        outputs: &mut VecDeque<Output>,
    ) {
        let (mine, theirs) = (self.held_peer(you, other), self.held_peer(other, you));
        let mut pair = Pair::new(you, other);
        match (&mine, &theirs) {
            (Some(mine), Some(theirs))
                if mine.initiator != theirs.initiator && mine.generation == theirs.generation =>
            {
                if theirs.initiator {
                    pair = Pair::new(other, you);
                }
                pair.generation = mine.generation;
                pair.stage = PairState::Introduced;
                self.pairs.insert(pair);
            }
            _ if !self.need_direct(you, other) => {
                if let Some(held) = &mine {
                    self.send_closed(you, other, held.generation, outputs);
                }
                if let Some(held) = &theirs {
                    self.send_closed(other, you, held.generation, outputs);
                }
                self.pairs.insert(pair.apart());
            }
            _ => {
                let last = [mine, theirs]
                    .into_iter()
                    .flatten()
                    .map(|peer| peer.generation)
                    .max();
                pair.generation = last.unwrap_or(0).saturating_add(1);
                self.introduce(pair, outputs);
            }
        }
    }
}
