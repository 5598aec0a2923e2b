//! The lobby: those in front of rooms, who watch one or knock at it.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use super::{
    ConnectionId, Network, Output, Rooms, room::Room, updates::Throttle, waiting_room::KnockOutcome,
};
use crate::protocol::{
    Knock, KnockResult, Lobby, ParticipantId, Refusal, RoomName, ServerEvent, WAITING, WATCHERS,
};

/// Every connection that watches a room, each at most one. A room need not be there to be watched.
#[derive(Debug, Default)]
pub(super) struct Watches {
    rooms: BTreeMap<RoomName, Watched>,
    connections: BTreeMap<ConnectionId, RoomName>,
}

#[derive(Debug)]
struct Watched {
    by: Vec<ConnectionId>,
    /// What they see.
    seen: Lobby,
    /// When they are told of something else.
    told: Throttle,
}

impl Watches {
    /// Begins a watch, in place of the one before, and gives what is seen: `seen` is what the room shows now, and those
    /// who watch it already may not have heard of that yet.
    ///
    /// # Errors
    /// [`Refusal::TooManyWaiting`]; then the one before goes on.
    pub fn begin(
        &mut self,
        connection: ConnectionId,
        room: RoomName,
        seen: Lobby,
    ) -> Result<Lobby, Refusal> {
        if self.connections.get(&connection) == Some(&room) {
            let watched = self.rooms.get(&room);
            return Ok(watched.map_or(seen, |watched| watched.seen.clone()));
        }
        let crowd = self.rooms.get(&room).map_or(0, |watched| watched.by.len());
        if crowd >= WATCHERS {
            return Err(Refusal::TooManyWaiting);
        }
        self.end(connection);
        self.connections.insert(connection, room.clone());
        let watched = self.rooms.entry(room).or_insert_with(|| Watched {
            by: Vec::new(),
            seen,
            told: Throttle::default(),
        });
        watched.by.push(connection);
        Ok(watched.seen.clone())
    }

    /// Ends a watch; whether there was one.
    pub fn end(&mut self, connection: ConnectionId) -> bool {
        let Some(room) = self.connections.remove(&connection) else {
            return false;
        };
        if let Some(watched) = self.rooms.get_mut(&room) {
            watched.by.retain(|other| *other != connection);
            if watched.by.is_empty() {
                self.rooms.remove(&room);
            }
        }
        true
    }

    /// Everyone who watches a room.
    pub fn of(&self, room: &RoomName) -> impl Iterator<Item = ConnectionId> {
        let watched = self.rooms.get(room).into_iter();
        watched.flat_map(|watched| watched.by.iter().copied())
    }

    /// Those who watch a room may see something else now. When they are to be told, if that is not done at once.
    pub fn change(
        &mut self,
        now: Duration,
        room: &RoomName,
        look: impl FnOnce() -> Lobby,
        outputs: &mut VecDeque<Output>,
    ) -> Option<Duration> {
        let watched = self.rooms.get(room)?;
        if watched.told.next() > now {
            return Some(watched.told.next());
        }
        self.tell(now, room, look, outputs);
        None
    }

    /// Tells those who watch a room what they see now, if it is something else.
    pub fn tell(
        &mut self,
        now: Duration,
        room: &RoomName,
        look: impl FnOnce() -> Lobby,
        outputs: &mut VecDeque<Output>,
    ) {
        let Some(watched) = self.rooms.get_mut(room) else {
            return;
        };
        let sees = look();
        if watched.seen == sees || !watched.told.is_due(now) {
            return;
        }
        for connection in &watched.by {
            let event = ServerEvent::LobbyState(sees.clone());
            outputs.push_back(Output::Send(*connection, event));
        }
        watched.seen = sees;
    }

    /// How many watch.
    #[cfg(test)]
    pub fn len(&self) -> (usize, usize) {
        let by_room = self.rooms.values().map(|watched| watched.by.len()).sum();
        (self.connections.len(), by_room)
    }
}

impl Rooms {
    pub(super) fn handle_watch(
        &mut self,
        connection: ConnectionId,
        room: RoomName,
    ) -> Result<(), Refusal> {
        if self.seated.contains_key(&connection) {
            return Err(Refusal::AlreadyInRoom);
        }
        if self.is_kicked_from(&room, connection) {
            return Err(Refusal::Kicked);
        }
        let network = self.network_of(connection)?;
        self.networks.may_watch(network, connection)?;
        if !self.watches.of(&room).any(|other| other == connection) {
            let crowd = self.of_network(network, self.watches.of(&room));
            self.networks.may_join_crowd(network, crowd, WATCHERS)?;
        }
        let lobby = lobby_of(&self.rooms, &room);
        // What others will hear of in a moment, a newcomer among them hears of then, too.
        let seen = self.watches.begin(connection, room, lobby)?;
        self.networks.watches.insert(connection, network);
        self.outputs.push_back(Output::Lobby(connection, seen));
        Ok(())
    }

    pub(super) fn handle_knock(
        &mut self,
        connection: ConnectionId,
        knock: Knock,
        fresh: ParticipantId,
    ) -> Result<(), Refusal> {
        if self.seated.contains_key(&connection) {
            return Err(Refusal::AlreadyInRoom);
        }
        let Knock {
            room: name,
            name: called,
        } = knock;
        if self.is_kicked_from(&name, connection) {
            return Err(Refusal::Kicked);
        }
        let network = self.network_of(connection)?;
        self.networks.may_knock(network, connection)?;
        if let Some(room) = self.rooms.get(&name)
            && !room.door.admits(connection)
            && !room.door.waiting().any(|other| other == connection)
        {
            let crowd = self.of_network(network, room.door.waiting());
            self.networks.may_join_crowd(network, crowd, WAITING)?;
        }
        self.charge_knock(connection, &name)?;
        let knocked = match self.rooms.get_mut(&name) {
            Some(room) => room.door.knock(connection, fresh, called),
            None => KnockOutcome::Open,
        };
        if knocked == KnockOutcome::Crowded {
            return Err(Refusal::TooManyWaiting);
        }
        if self.knocks.get(&connection) != Some(&name) {
            self.withdraw(connection);
        }
        self.knocks.insert(connection, name.clone());
        self.networks.knocks.insert(connection, network);
        let room = self.rooms.get_mut(&name);
        match room.filter(|_| knocked == KnockOutcome::Waits) {
            Some(room) => room.door_changed = true,
            None => self.outputs.push_back(answer(connection, true)),
        }
        self.notify_watchers(&name);
        Ok(())
    }

    /// How many of these connections are of a network.
    fn of_network(
        &self,
        network: Network,
        connections: impl Iterator<Item = ConnectionId>,
    ) -> usize {
        connections
            .filter(|connection| self.connections.get(connection) == Some(&network))
            .count()
    }

    /// A connection waits no more, and its pass is void. Whether it had knocked anywhere.
    pub(super) fn withdraw(&mut self, connection: ConnectionId) -> bool {
        let Some(name) = self.knocks.remove(&connection) else {
            return false;
        };
        self.networks.knocks.remove(&connection);
        if let Some(room) = self.rooms.get_mut(&name)
            && room.door.forget(connection)
        {
            room.door_changed = true;
            self.notify_watchers(&name);
        }
        true
    }

    /// A connection watches no room any more. Whether it did.
    pub(super) fn end_watch(&mut self, connection: ConnectionId) -> bool {
        self.networks.watches.remove(&connection);
        self.watches.end(connection)
    }
}

/// What a connection that waits is told.
pub(super) fn answer(connection: ConnectionId, admitted: bool) -> Output {
    let event = ServerEvent::KnockResult(KnockResult { admitted });
    Output::Send(connection, event)
}

/// What is seen of a room; one that is not there is empty.
pub(super) fn lobby_of(rooms: &BTreeMap<RoomName, Room>, name: &RoomName) -> Lobby {
    rooms.get(name).map(Room::lobby).unwrap_or_default()
}
