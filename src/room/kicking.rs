//! Removing somebody from a meeting, so that they stay out of it.
//!
//! Without accounts, what is known of a person is the token, which is spent with the place, and the network. A
//! network that is kept out is kept as a mark, for as long as the meeting lasts.

use super::{ConnectionId, LeaveReason, Rooms, lobby::answer, room::Room};
use crate::protocol::{Empty, ParticipantId, Refusal, RoomName, ServerEvent};

/// How somebody is removed: see [`HostAction::Kick`](crate::protocol::HostAction::Kick).
#[derive(Debug, Clone, Copy)]
pub(super) struct KickOptions {
    pub id: ParticipantId,
    pub address: Option<bool>,
    pub lock: bool,
}

impl Rooms {
    /// The host removes somebody.
    pub(super) fn kick(
        &mut self,
        name: &RoomName,
        you: ParticipantId,
        removal: KickOptions,
    ) -> Result<(), Refusal> {
        let KickOptions { id, address, lock } = removal;
        let room = self.rooms.get_mut(name).ok_or(Refusal::NotInRoom)?;
        let network = room.participant(you, id)?.network;
        let connections_inside = room.participants.iter();
        let connections_inside = connections_inside
            .filter(|(other, participant)| **other != id && participant.network == network);
        let waits = room.waiting_room.waiting();
        let waits = waits.filter(|waiter| self.connections.get(waiter) == Some(&network));
        let others = connections_inside.count() + waits.count();
        if address.is_none() && others > 0 {
            return Err(Refusal::AddressShared { id, others });
        }
        if lock {
            room.set_lock(true, &mut self.outputs);
        }
        if address != Some(false) {
            room.kicked.add(self.seal.mark(room.meeting, network));
            room.changed = true;
            self.clear_lobby(name);
        }
        self.expel(name, id, ServerEvent::Kicked(Empty {}));
        self.remove(name, id, LeaveReason::Kicked);
        Ok(())
    }

    /// Whether a room keeps out who comes on this connection.
    pub(super) fn is_kicked_from(&self, name: &RoomName, connection: ConnectionId) -> bool {
        let room = self.rooms.get(name);
        room.is_some_and(|room| self.is_kicked(room, connection))
    }

    fn is_kicked(&self, room: &Room, connection: ConnectionId) -> bool {
        // Most meetings keep nobody out, and then nothing has to be hashed.
        !room.kicked.marks().is_empty()
            && self.connections.get(&connection).is_some_and(|network| {
                let mark = self.seal.mark(room.meeting, *network);
                room.kicked.marks().contains(&mark)
            })
    }

    /// Of those in front of a room, who is kept out waits and watches there no more. What they wait for or watch elsewhere is
    /// none of this room's business.
    fn clear_lobby(&mut self, name: &RoomName) {
        let Some(room) = self.rooms.get(name) else {
            return;
        };
        let kept_out = |connection: &ConnectionId| self.is_kicked(room, *connection);
        let knocked: Vec<_> = room
            .waiting_room
            .waiting_connections()
            .filter(kept_out)
            .collect();
        let watching: Vec<_> = self.watches.of(name).filter(kept_out).collect();
        for connection in knocked {
            let waits = |room: &Room| {
                room.waiting_room
                    .waiting()
                    .any(|waiter| waiter == connection)
            };
            if self.rooms.get(name).is_some_and(waits) {
                self.outputs.push_back(answer(connection, false));
            }
            self.withdraw(connection);
        }
        for connection in watching {
            self.end_watch(connection);
        }
    }
}
