//! A room's door: whether it is locked, and who waits in front of it.

use super::ConnectionId;
use crate::protocol::{DisplayName, Knocker, Knocking, ParticipantId, WAITING};

/// The door of a room. Nobody waits while it is unlocked.
#[derive(Debug, Default)]
pub(super) struct WaitingRoom {
    locked: bool,
    /// Those who came first in front.
    waiting: Vec<Waiting>,
    /// Whom the host has let in, and who has not come in yet.
    passes: Vec<ConnectionId>,
}

#[derive(Debug)]
struct Waiting {
    connection: ConnectionId,
    knocker: Knocker,
}

/// What comes of a knock.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum KnockOutcome {
    /// The way is free.
    Open,
    /// The host has to be told.
    Waits,
    /// As many wait as may.
    Crowded,
}

impl WaitingRoom {
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    /// Whether anybody waits.
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Everyone who waits.
    pub fn waiting(&self) -> impl Iterator<Item = ConnectionId> {
        self.waiting.iter().map(|waiter| waiter.connection)
    }

    /// Everyone who waits, or was let in and has not come in yet.
    pub fn waiting_connections(&self) -> impl Iterator<Item = ConnectionId> {
        self.waiting().chain(self.passes.iter().copied())
    }

    /// Whether a newcomer on this connection gets in.
    pub fn admits(&self, connection: ConnectionId) -> bool {
        !self.locked || self.passes.contains(&connection)
    }

    pub fn lock(&mut self) {
        self.locked = true;
    }

    /// Unlocks it. Those given back do not have to wait any more.
    #[must_use]
    pub fn unlock(&mut self) -> Vec<ConnectionId> {
        self.locked = false;
        self.passes.clear();
        std::mem::take(&mut self.waiting)
            .into_iter()
            .map(|waiter| waiter.connection)
            .collect()
    }

    /// Takes a knock; who knocks again keeps its place.
    pub fn knock(
        &mut self,
        connection: ConnectionId,
        id: ParticipantId,
        name: DisplayName,
    ) -> KnockOutcome {
        if self.admits(connection) {
            return KnockOutcome::Open;
        }
        let waiter = self
            .waiting
            .iter_mut()
            .find(|waiter| waiter.connection == connection);
        if let Some(waiter) = waiter {
            waiter.knocker.name = name;
            return KnockOutcome::Waits;
        }
        if self.waiting.len() >= WAITING {
            return KnockOutcome::Crowded;
        }
        let knocker = Knocker { id, name };
        self.waiting.push(Waiting {
            connection,
            knocker,
        });
        KnockOutcome::Waits
    }

    /// The host's answer; whom it is for, if they still wait.
    pub fn answer(&mut self, id: ParticipantId, admit: bool) -> Option<ConnectionId> {
        let at = self
            .waiting
            .iter()
            .position(|waiter| waiter.knocker.id == id)?;
        let connection = self.waiting.remove(at).connection;
        if admit {
            self.passes.push(connection);
        }
        Some(connection)
    }

    /// Forgets a connection; whether it was waiting.
    pub fn forget(&mut self, connection: ConnectionId) -> bool {
        let before = self.waiting.len();
        self.waiting
            .retain(|waiter| waiter.connection != connection);
        self.passes.retain(|pass| *pass != connection);
        self.waiting.len() < before
    }

    /// Everyone who waits, as the host is told.
    pub fn knocking(&self) -> Knocking {
        Knocking {
            waiting: self
                .waiting
                .iter()
                .map(|waiter| waiter.knocker.clone())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_is_the_hosts_and_ends_with_the_lock() {
        let [ada, ben] = [ConnectionId(1), ConnectionId(2)];
        let ids = [1, 2].map(|byte| ParticipantId::from_random([byte; 20]));
        let name = DisplayName::parse("Ada").unwrap();
        let mut waiting_room = WaitingRoom::default();
        let knock = |waiting_room: &mut WaitingRoom| {
            [(ada, ids[0]), (ben, ids[1])]
                .map(|(who, id)| waiting_room.knock(who, id, name.clone()))
        };
        assert_eq!(
            knock(&mut waiting_room),
            [KnockOutcome::Open, KnockOutcome::Open]
        );
        waiting_room.lock();
        assert!(!waiting_room.admits(ada), "what was open is no pass");
        assert_eq!(
            knock(&mut waiting_room),
            [KnockOutcome::Waits, KnockOutcome::Waits]
        );
        assert_eq!(waiting_room.answer(ids[0], true), Some(ada));
        assert_eq!(waiting_room.answer(ids[1], false), Some(ben));
        assert_eq!(waiting_room.answer(ids[1], true), None, "answered once");
        assert!(waiting_room.admits(ada) && !waiting_room.admits(ben));
        assert_eq!(waiting_room.unlock(), []);
        waiting_room.lock();
        assert!(!waiting_room.admits(ada));
    }
}
