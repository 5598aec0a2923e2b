//! What the operator's log tells of the rooms: who came, who went, and why.

use super::{ConnectionId, LeaveReason, Membership, MembershipChange, Rooms};
use crate::protocol::{ParticipantId, RoomName};

/// Most entries that wait to be logged; beyond them the oldest is dropped. They are to be taken after every input, and one
/// input causes no more of them than a room has people.
const MOST: usize = 1_024;

impl Rooms {
    /// What is to be logged next, in order. **It is to be asked until there is nothing, after every input.**
    pub fn poll_membership(&mut self) -> Option<Membership> {
        self.journal.pop_front()
    }

    /// Notes what has become of somebody's place in a room that is there.
    pub(super) fn note(
        &mut self,
        name: &RoomName,
        participant: ParticipantId,
        connection: Option<ConnectionId>,
        change: MembershipChange,
    ) {
        let Some(room) = self.rooms.get(name) else {
            return;
        };
        if self.journal.len() >= MOST {
            self.journal.pop_front();
        }
        self.journal.push_back(Membership {
            meeting: self.seal.name(room.meeting),
            participant,
            connection,
            inside: room.participants.len(),
            change,
        });
    }

    /// Notes what somebody inside has said by this connection.
    pub(super) fn note_said(&mut self, connection: ConnectionId, change: MembershipChange) {
        if let Some((name, you)) = self.connections_inside.get(&connection).cloned() {
            self.note(&name, you, Some(connection), change);
        }
    }

    /// The same for all who are in a room that ends.
    pub(super) fn note_end(&mut self, name: &RoomName, reason: LeaveReason) {
        let room = self.rooms.get(name);
        let members: Vec<_> = room.map(|room| room.order().collect()).unwrap_or_default();
        for who in members {
            self.note(name, who, None, MembershipChange::Left(reason));
        }
    }
}
