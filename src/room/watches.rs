//! Who watches which room from its lobby, and what they see of it.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use super::{ConnectionId, Output, throttle::Throttle};
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
        self.notify(now, room, look, outputs);
        None
    }

    /// Tells those who watch a room what they see now, if it is something else.
    pub fn notify(
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
