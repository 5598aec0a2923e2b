//! Those who look into rooms from outside.

use std::collections::{BTreeMap, VecDeque};

use super::{ConnectionId, Output};
use crate::protocol::{Lobby, Refusal, RoomName, ServerEvent, WATCHERS};

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
}

impl Watches {
    /// Begins a watch, in place of the one before.
    ///
    /// # Errors
    /// [`Refusal::TooManyWaiting`]; then the one before goes on.
    pub fn begin(
        &mut self,
        connection: ConnectionId,
        room: RoomName,
        seen: Lobby,
    ) -> Result<(), Refusal> {
        if self.connections.get(&connection) == Some(&room) {
            return Ok(());
        }
        let crowd = self.rooms.get(&room).map_or(0, |watched| watched.by.len());
        if crowd >= WATCHERS {
            return Err(Refusal::TooManyWaiting);
        }
        self.end(connection);
        self.connections.insert(connection, room.clone());
        let by = Vec::new();
        let watched = self.rooms.entry(room).or_insert(Watched { by, seen });
        watched.by.push(connection);
        Ok(())
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

    /// Tells those who watch a room what they see now, if it is something else.
    pub fn tell(
        &mut self,
        room: &RoomName,
        look: impl FnOnce() -> Lobby,
        outputs: &mut VecDeque<Output>,
    ) {
        let Some(watched) = self.rooms.get_mut(room) else {
            return;
        };
        let sees = look();
        if watched.seen == sees {
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
