//! The lobby: what those in front of a room may do, who watch it or knock at it.

use std::collections::BTreeMap;

use super::{
    ConnectionId, MembershipChange, Network, Output, Rooms, room::Room, waiting_room::KnockOutcome,
};
use crate::protocol::{
    Knock, KnockResult, Lobby, ParticipantId, Refusal, RoomName, ServerEvent, WAITING, WATCHERS,
};

impl Rooms {
    pub(super) fn handle_watch(
        &mut self,
        connection: ConnectionId,
        room: RoomName,
    ) -> Result<(), Refusal> {
        if self.connections_inside.contains_key(&connection) {
            return Err(Refusal::AlreadyInRoom);
        }
        if self.is_kicked_from(&room, connection) {
            return Err(Refusal::Kicked);
        }
        let network = self.network_of(connection)?;
        self.networks.may_watch(network, connection)?;
        if !self.watches.of(&room).any(|other| other == connection) {
            let crowd = self.of_network(network, self.watches.of(&room));
            self.networks
                .leaves_place_for_others(network, crowd, WATCHERS)?;
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
        if self.connections_inside.contains_key(&connection) {
            return Err(Refusal::AlreadyInRoom);
        }
        let Knock {
            room: name,
            name: called,
        } = knock;
        if self.is_kicked_from(&name, connection) {
            return Err(Refusal::Kicked);
        }
        let waits = |room: &Room| room.waiting_room.waiting().any(|other| other == connection);
        let waited = self.rooms.get(&name).is_some_and(waits);
        let network = self.network_of(connection)?;
        self.networks.may_knock(network, connection)?;
        if let Some(room) = self.rooms.get(&name)
            && !room.waiting_room.admits(connection)
            && !waited
        {
            let crowd = self.of_network(network, room.waiting_room.waiting());
            self.networks
                .leaves_place_for_others(network, crowd, WAITING)?;
        }
        self.charge_knock(connection, &name)?;
        let knocked = match self.rooms.get_mut(&name) {
            Some(room) => room.waiting_room.knock(connection, fresh, called),
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
            Some(room) => {
                room.waiting_changed = true;
                if !waited {
                    self.note(&name, fresh, Some(connection), MembershipChange::Knocked);
                }
            }
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
            && room.waiting_room.forget(connection)
        {
            room.waiting_changed = true;
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
