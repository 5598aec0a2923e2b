//! What becomes of the rooms when a mistake of ours panics while one of them handles something: that room is given up, and
//! the others go on. Nothing half changed stays.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{ConnectionId, Input, LeaveReason, Output, Rooms};
use crate::protocol::{Refusal, RoomName};

impl Rooms {
    /// Has the rooms do something that is about one of them, or about none; which one is asked when it has failed.
    pub(super) fn survive(
        &mut self,
        about: impl FnOnce(&Self) -> Option<RoomName>,
        act: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let done = catch_unwind(AssertUnwindSafe(|| act(self)));
        done.unwrap_or_else(|_| {
            tracing::error!("a room panicked, and is given up");
            if let Some(name) = about(self) {
                self.give_up(&name);
            }
            Err(Refusal::NotInRoom)
        })
    }

    /// Which room an input is about.
    pub(super) fn room_of_input(&self, input: &Input) -> Option<RoomName> {
        let named = match input {
            Input::Enter { entry, .. } => Some(&entry.room),
            Input::Sfu { room, .. } | Input::LobbyWatch(_, room) => Some(room),
            Input::Knock { knock, .. } => Some(&knock.room),
            Input::Lost(connection) => self
                .connections_inside
                .get(connection)
                .map(|(room, _)| room),
            _ => None,
        };
        let sender = || {
            let connection = input.sender()?;
            let connections_inside = self
                .connections_inside
                .get(&connection)
                .map(|(room, _)| room);
            connections_inside.or_else(|| self.knocks.get(&connection))
        };
        named.or_else(sender).cloned()
    }

    /// The room that a connection is in.
    pub(super) fn room_of(&self, connection: ConnectionId) -> Option<RoomName> {
        let participant = self.connections_inside.get(&connection);
        participant.map(|(room, _)| room.clone())
    }

    /// A room is no more, and whoever is connected with it is disconnected, to come anew.
    fn give_up(&mut self, name: &RoomName) {
        self.note_end(name, LeaveReason::RoomFailed);
        self.close_room(name);
        let connections_inside = self
            .connections_inside
            .iter()
            .filter(|(_, (room, _))| room == name);
        let connections_inside = connections_inside.map(|(connection, _)| *connection);
        let knocks = self.knocks.iter().filter(|(_, room)| *room == name);
        let knocks = knocks.map(|(connection, _)| *connection);
        for connection in connections_inside.chain(knocks).collect::<Vec<_>>() {
            self.connections_inside.remove(&connection);
            self.knocks.remove(&connection);
            self.end_watch(connection);
            self.networks.knocks.remove(&connection);
            self.connections.remove(&connection);
            self.outputs.push_back(Output::Close(connection));
        }
        self.deadlines.retain(|_, room| room != name);
    }
}
