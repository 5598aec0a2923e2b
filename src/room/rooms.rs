//! The state machine: inputs to outputs.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use super::{
    Authenticator, ConnectionId, Input, Limits, Membership, MembershipChange, Network,
    NetworkLimits, Output, SfuConfig, mailbox::MailboxBudget, networks::Networks, pair::PairState,
    rates::Rates, room::Room, throttle::Update, wall_clock::WallClock, watches::Watches,
};
use crate::protocol::{
    ENTRIES_OF_NETWORK, KNOCKS_OF_CONNECTION, ParticipantId, PeerRef, Presence, RESTART_GRACE,
    Refusal, RoomName, SignalMessage,
};

/// All rooms of a server. See the [module](super) for how it is driven.
#[derive(Debug)]
pub struct Rooms {
    pub(super) limits: Limits,
    pub(super) seal: Authenticator,
    pub(super) forwarding: Option<SfuConfig>,
    pub(super) rooms: BTreeMap<RoomName, Room>,
    /// Every connection that is not over. No other one is seated, waits or watches.
    pub(super) connections: BTreeMap<ConnectionId, Network>,
    /// What each of their networks holds.
    pub(super) networks: Networks,
    pub(super) connections_inside: BTreeMap<ConnectionId, (RoomName, ParticipantId)>,
    pub(super) deadlines: BTreeMap<(Duration, ParticipantId), RoomName>,
    /// When the input came that is being handled.
    pub(super) now: Duration,
    /// What waits to be told, and when it is.
    pub(super) updates: BTreeSet<(Duration, RoomName, Update)>,
    /// Who has entered where others had left.
    pub(super) entries: Rates<Network>,
    /// Who has knocked at a locked room.
    pub(super) knocked: Rates<ConnectionId>,
    /// Rooms of which something is kept, and whose meeting is over.
    pub(super) over: BTreeSet<RoomName>,
    /// Whether anybody is awaited from before a restart.
    pub(super) recalled: bool,
    /// The time since 1970.
    pub(super) wall: WallClock,
    /// When tokens are renewed next.
    pub(super) renewal: Duration,
    /// How far those have come in the chat whose places were given up lately.
    pub(super) silenced: VecDeque<(ParticipantId, u32)>,
    /// What waits for those who are away.
    pub(super) mail: MailboxBudget,
    pub(super) watches: Watches,
    /// Where a connection that is in no room waits or has waited.
    pub(super) knocks: BTreeMap<ConnectionId, RoomName>,
    /// How many participants of all rooms are introduced to the SFU.
    pub(super) forwarded: usize,
    pub(super) outputs: VecDeque<Output>,
    /// What is to be logged.
    pub(super) journal: VecDeque<Membership>,
}

impl Rooms {
    /// Makes a server without rooms that starts at this moment, since 1970.
    pub fn new(limits: Limits, seal: Authenticator, started: Duration) -> Self {
        Self {
            limits,
            seal,
            forwarding: None,
            rooms: BTreeMap::new(),
            connections: BTreeMap::new(),
            networks: Networks::new(None),
            connections_inside: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            now: Duration::ZERO,
            updates: BTreeSet::new(),
            entries: Rates::new(ENTRIES_OF_NETWORK),
            knocked: Rates::new(KNOCKS_OF_CONNECTION),
            over: BTreeSet::new(),
            recalled: false,
            wall: WallClock::new(started),
            renewal: Duration::ZERO,
            silenced: VecDeque::new(),
            mail: MailboxBudget::default(),
            watches: Watches::default(),
            knocks: BTreeMap::new(),
            forwarded: 0,
            outputs: VecDeque::new(),
            journal: VecDeque::new(),
        }
    }

    /// Has no network hold more than it may.
    #[must_use]
    pub fn with_network_limits(mut self, limits: NetworkLimits) -> Self {
        self.networks = Networks::new(Some(limits));
        self
    }

    /// Takes what the clock of the machine says at `now`, since 1970. It may be set while the server runs, and goes on while
    /// the machine sleeps: to be told often.
    pub fn set_wall_time(&mut self, now: Duration, wall: Duration) {
        self.wall.set(now, wall);
    }

    /// Takes what happened at `now`, the time since the server started. **Drain
    /// [`poll_output`](Self::poll_output) after every call.**
    ///
    /// # Errors
    /// [`Refusal`] for what the connection may not do; nothing has changed then.
    pub fn handle_input(&mut self, now: Duration, input: Input) -> Result<(), Refusal> {
        // Most inputs are signals, and none of them takes a place away: in which room it is, is looked up when that matters.
        let participant = match &input {
            Input::Signal(connection, _) => Some(*connection),
            _ => None,
        };
        let about = match participant {
            Some(_) => None,
            None => self.room_of_input(&input),
        };
        self.survive(
            |rooms| about.or_else(|| rooms.room_of(participant?)),
            |rooms| rooms.handle(now, input),
        )
    }

    fn handle(&mut self, now: Duration, input: Input) -> Result<(), Refusal> {
        if let Some(connection) = input.sender()
            && !self.connections.contains_key(&connection)
        {
            return Err(Refusal::NotInRoom);
        }
        self.now = now;
        let guess = self.guess_attempt(&input);
        if let Some((network, _)) = guess {
            self.networks.may_try(now, network)?;
        }
        let result = self.apply(now, input);
        if let Some((network, is_wrong)) = guess
            && (is_wrong || is_wrong_guess(&result))
        {
            self.networks.failed(now, network);
        }
        result
    }

    /// The network of who tries something by which one may find out names of rooms, or a way in; and whether it is known
    /// already to be in vain.
    fn guess_attempt(&self, input: &Input) -> Option<(Network, bool)> {
        let (connection, is_wrong) = match input {
            Input::Enter {
                connection, claim, ..
            } => claim.is_none().then_some((connection, false)),
            Input::LobbyWatch(connection, room) => {
                Some((connection, !self.rooms.contains_key(room)))
            }
            Input::Knock { connection, .. } => Some((connection, false)),
            Input::InvalidToken(connection) => Some((connection, true)),
            _ => None,
        }?;
        Some((*self.connections.get(connection)?, is_wrong))
    }

    /// Whether somebody of this network is in a room.
    pub fn has_participant(&self, network: Network) -> bool {
        self.networks.participants.count(network) > 0
    }

    fn apply(&mut self, now: Duration, input: Input) -> Result<(), Refusal> {
        match input {
            Input::Timeout => self.handle_timeout(now),
            Input::Connect {
                connection,
                network,
            } => {
                self.connections.insert(connection, network);
            }
            Input::Enter {
                connection,
                entry,
                fresh,
                claim,
            } => {
                if self.connections_inside.contains_key(&connection) {
                    return Err(Refusal::AlreadyInRoom);
                }
                match claim {
                    Some(claim) => self.handle_return(now, connection, entry, claim)?,
                    None => self.handle_entry(now, connection, entry, fresh)?,
                }
            }
            Input::Prepared(connection, about) => self.handle_prepared(connection, about)?,
            Input::PeerRestart(connection, about) => self.handle_peer_restart(connection, about)?,
            Input::SfuRequest(connection, about) => self.handle_sfu_request(connection, &about)?,
            Input::SfuUnreachable(connection) => self.handle_sfu_unreachable(connection)?,
            Input::PeerRequest(connection, about) => {
                self.handle_peer_request(connection, &about)?
            }
            Input::PeerRelease(connection, about) => {
                self.handle_peer_release(connection, &about)?
            }
            Input::Sfu {
                room,
                participant,
                says,
            } => self.handle_sfu_event(&room, participant, says),
            Input::SfuRestarted => self.handle_sfu_restart(),
            Input::SfuGone => self.handle_sfu_gone(),
            Input::Signal(connection, signal) => self.handle_signal(connection, signal)?,
            Input::Present(connection, presence) => self.handle_presence(connection, presence)?,
            Input::Message(connection, say) => self.handle_message(now, connection, say)?,
            Input::Host(connection, action) => self.handle_host(connection, action)?,
            Input::LobbyWatch(connection, room) => self.handle_watch(connection, room)?,
            Input::Knock {
                connection,
                knock,
                fresh,
            } => self.handle_knock(connection, knock, fresh)?,
            // What there is to do about it has been done: it was counted.
            Input::InvalidToken(_) => {}
            Input::Leave(connection) => self.handle_leave(connection)?,
            Input::Lost(connection) => {
                self.handle_lost(now, connection);
                self.connections.remove(&connection);
            }
        }
        Ok(())
    }

    /// The next thing to do, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to come back with [`Input::Timeout`], if nothing else happens.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let away = self.deadlines.keys().next().map(|(at, _)| *at);
        let tokens = (!self.rooms.is_empty()).then_some(self.renewal);
        let restart = self.recalled.then_some(RESTART_GRACE);
        let updates = self.poll_updates();
        [away, tokens, restart, updates].into_iter().flatten().min()
    }

    /// How many rooms there are.
    pub fn room_count(&self) -> usize {
        self.rooms.len()
    }

    fn handle_prepared(&mut self, connection: ConnectionId, about: PeerRef) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        let newcomer = about.conn_user_socket_id;
        let always = room
            .participants
            .get(&you)
            .is_some_and(|participant| participant.auto_prepare);
        let pair = room.pair(you, newcomer)?;
        let current = about.generation.is_none_or(|n| n == pair.generation);
        if pair.preparer != you || !current {
            return Err(Refusal::NotPrepared(newcomer));
        }
        match pair.stage {
            PairState::Prepared => {
                pair.stage = PairState::Introduced;
                // A newcomer whose socket is away is told when it is back: see `Room::meet_again`.
                let pair = *pair;
                room.send_ready(pair, &mut self.outputs);
                Ok(())
            }
            PairState::Introduced if always => Ok(()),
            PairState::Introduced | PairState::Pending | PairState::Apart => {
                Err(Refusal::NotPrepared(newcomer))
            }
        }
    }

    fn handle_peer_restart(
        &mut self,
        connection: ConnectionId,
        about: PeerRef,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        let other = about.conn_user_socket_id;
        let pair = *room.pair(you, other)?;
        let current = about.generation.is_none_or(|n| n == pair.generation);
        // Both may ask at once, and one renewal serves both.
        if pair.stage == PairState::Introduced && current {
            room.charge_restart(self.now, you, other)?;
            let pair = room.pair(you, other)?;
            pair.restart();
            let pair = *pair;
            room.introduce(pair, &mut self.outputs);
            self.note_said(connection, MembershipChange::PeerFailed(other));
        }
        Ok(())
    }

    fn handle_signal(
        &mut self,
        connection: ConnectionId,
        signal: SignalMessage,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        let to = signal.conn_user_socket_id;
        let pair = room.pair(you, to)?;
        if pair.stage != PairState::Introduced && pair.generation == 1 {
            return Err(Refusal::NotPrepared(to));
        }
        room.relay(you, to, signal, &mut self.outputs);
        Ok(())
    }

    fn handle_presence(
        &mut self,
        connection: ConnectionId,
        presence: Presence,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        let hands = &mut room.hands;
        if let Some(participant) = room.participants.get_mut(&you)
            && participant.set_presence(presence, hands)
        {
            room.unsaid.push(you);
            let name = room.name.clone();
            self.notify_watchers(&name);
        }
        Ok(())
    }
}

impl Input {
    /// The connection that says this. That one is over may be told twice.
    pub(super) fn sender(&self) -> Option<ConnectionId> {
        match self {
            Self::Timeout
            | Self::Connect { .. }
            | Self::Sfu { .. }
            | Self::SfuRestarted
            | Self::SfuGone
            | Self::Lost(_) => None,
            Self::Enter { connection, .. }
            | Self::Prepared(connection, _)
            | Self::PeerRestart(connection, _)
            | Self::Signal(connection, _)
            | Self::SfuRequest(connection, _)
            | Self::SfuUnreachable(connection)
            | Self::PeerRequest(connection, _)
            | Self::PeerRelease(connection, _)
            | Self::Present(connection, _)
            | Self::Message(connection, _)
            | Self::Host(connection, _)
            | Self::LobbyWatch(connection, _)
            | Self::Knock { connection, .. }
            | Self::InvalidToken(connection)
            | Self::Leave(connection) => Some(*connection),
        }
    }
}

/// Whether a guess was wrong.
fn is_wrong_guess(result: &Result<(), Refusal>) -> bool {
    matches!(
        result,
        Err(Refusal::Locked | Refusal::Kicked | Refusal::ResumeRefused)
    )
}

/// The room and the id of a connection that has just said something.
pub(super) fn locate<'a>(
    rooms: &'a mut BTreeMap<RoomName, Room>,
    connections_inside: &BTreeMap<ConnectionId, (RoomName, ParticipantId)>,
    connection: ConnectionId,
) -> Result<(&'a mut Room, ParticipantId), Refusal> {
    let (name, you) = connections_inside
        .get(&connection)
        .ok_or(Refusal::NotInRoom)?;
    let room = rooms.get_mut(name).ok_or(Refusal::NotInRoom)?;
    if let Some(participant) = room.participants.get_mut(you)
        && !std::mem::replace(&mut participant.confirmed, true)
    {
        room.changed = true;
    }
    Ok((room, *you))
}
