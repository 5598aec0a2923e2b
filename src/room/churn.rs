//! How fast people come, go and knock: everyone who enters has all others make a connection.
//!
//! Whoever makes a room larger than it ever was comes in at once, as there are no more of them than places. What is
//! limited is to leave and enter again.

use super::{Claim, ConnectionId, Network, Rooms};
use crate::protocol::{
    ENTRIES_OF_NEW_NETWORKS, ENTRIES_OF_ROOM, KNOCKS_AT_ROOM, RETURNS, Refusal, RoomName,
};

impl Rooms {
    /// Counts the entry of a newcomer.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`]: too many have come and gone.
    pub(super) fn charge_entry(
        &mut self,
        network: Network,
        name: &RoomName,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(name) else {
            return Ok(());
        };
        if room.participants.len() >= room.most {
            room.visitors.note(now, network);
            return Ok(());
        }
        let is_new = !room.visitors.has(now, network);
        if !self.entries.has_left(now, &network)
            || !(is_new && room.new_networks.take(now, &ENTRIES_OF_NEW_NETWORKS)
                || room.entries.take(now, &ENTRIES_OF_ROOM))
        {
            return Err(Refusal::RateLimited);
        }
        room.visitors.note(now, network);
        self.entries.charge(now, network, 1);
        Ok(())
    }

    /// Counts the return of a participant to its place.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`]: it has come back too often.
    pub(super) fn charge_return(&mut self, claim: &Claim) -> Result<(), Refusal> {
        let now = self.now;
        let room = self.rooms.get_mut(&claim.room);
        let participant = room.and_then(|room| room.participants.get_mut(&claim.participant));
        if participant.is_none_or(|participant| participant.budget.returns.take(now, &RETURNS)) {
            return Ok(());
        }
        Err(Refusal::RateLimited)
    }

    /// Counts a knock, if it comes to a locked door.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`]: too much knocking, of this one or at this door.
    pub(super) fn charge_knock(
        &mut self,
        connection: ConnectionId,
        name: &RoomName,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(name) else {
            return Ok(());
        };
        if room.waiting_room.admits(connection) {
            return Ok(());
        }
        let is_first = self.knocked.is_idle(now, &connection);
        if !self.knocked.has_left(now, &connection)
            || !(is_first || room.knocks.take(now, &KNOCKS_AT_ROOM))
        {
            return Err(Refusal::RateLimited);
        }
        self.knocked.charge(now, connection, 1);
        Ok(())
    }
}
