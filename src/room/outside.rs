//! Those in front of a room: who looks in, and who knocks.

use std::collections::BTreeMap;

use super::{ConnectionId, Output, Rooms, door::Knocked, room::Room};
use crate::protocol::{Knock, KnockAnswered, Lobby, ParticipantId, Refusal, RoomName, ServerEvent};

impl Rooms {
    pub(super) fn handle_look(
        &mut self,
        connection: ConnectionId,
        room: RoomName,
    ) -> Result<(), Refusal> {
        if self.seated.contains_key(&connection) {
            return Err(Refusal::AlreadyInRoom);
        }
        if self.keeps_out(&room, connection) {
            return Err(Refusal::Kicked);
        }
        let lobby = look(&self.rooms, &room);
        self.watches.begin(connection, room, lobby.clone())?;
        self.outputs.push_back(Output::Seen(connection, lobby));
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
        if self.keeps_out(&name, connection) {
            return Err(Refusal::Kicked);
        }
        let knocked = match self.rooms.get_mut(&name) {
            Some(room) => room.door.knock(connection, fresh, called),
            None => Knocked::Open,
        };
        if knocked == Knocked::Crowded {
            return Err(Refusal::TooManyWaiting);
        }
        if self.knocks.get(&connection) != Some(&name) {
            self.withdraw(connection);
        }
        self.knocks.insert(connection, name.clone());
        match self.rooms.get(&name).filter(|_| knocked == Knocked::Waits) {
            Some(room) => room.tell_who_knocks(&mut self.outputs),
            None => self.outputs.push_back(answer(connection, true)),
        }
        Ok(())
    }

    /// A connection waits no more, and its pass is void. Whether it had knocked anywhere.
    pub(super) fn withdraw(&mut self, connection: ConnectionId) -> bool {
        let Some(name) = self.knocks.remove(&connection) else {
            return false;
        };
        if let Some(room) = self.rooms.get_mut(&name)
            && room.door.forget(connection)
        {
            room.tell_who_knocks(&mut self.outputs);
        }
        true
    }

    /// Tells those who look into a room, if they see something else now.
    pub(super) fn look_again(&mut self, name: &RoomName) {
        let rooms = &self.rooms;
        let look = || look(rooms, name);
        self.watches.tell(name, look, &mut self.outputs);
    }
}

/// What a connection that waits is told.
pub(super) fn answer(connection: ConnectionId, admitted: bool) -> Output {
    let event = ServerEvent::KnockAnswered(KnockAnswered { admitted });
    Output::Send(connection, event)
}

/// What is seen of a room; one that is not there is empty.
fn look(rooms: &BTreeMap<RoomName, Room>, name: &RoomName) -> Lobby {
    rooms.get(name).map(Room::lobby).unwrap_or_default()
}
