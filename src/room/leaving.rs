//! Going out of a room, for good or for a while.

use std::time::Duration;

use super::{ConnectionId, Output, Rooms, UnitTask, seat::Line};
use crate::protocol::{
    Left, ParticipantId, RESTART_GRACE, RESUME_GRACE, Refusal, RoomName, ServerEvent,
};

impl Rooms {
    pub(super) fn handle_leave(
        &mut self,
        now: Duration,
        connection: ConnectionId,
    ) -> Result<(), Refusal> {
        if let Some((name, you)) = self.seated.remove(&connection) {
            self.remove(now, &name, you);
            return Ok(());
        }
        self.go_away(connection)
            .then_some(())
            .ok_or(Refusal::NotInRoom)
    }

    pub(super) fn handle_lost(&mut self, now: Duration, connection: ConnectionId) {
        let Some((name, you)) = self.seated.remove(&connection) else {
            self.go_away(connection);
            return;
        };
        let Some(room) = self.rooms.get_mut(&name) else {
            return;
        };
        match room.seats.get_mut(&you) {
            Some(seat) if seat.resumable => {
                let until = now.saturating_add(RESUME_GRACE);
                seat.line = Line::away(until);
                self.deadlines.insert((until, you), name);
                room.announce(you, &mut self.outputs);
            }
            _ => self.remove(now, &name, you),
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Duration) {
        while let Some(entry) = self.deadlines.first_entry()
            && entry.key().0 <= now
        {
            let ((_, who), name) = entry.remove_entry();
            self.remove(now, &name, who);
        }
    }

    pub(super) fn remove(&mut self, now: Duration, name: &RoomName, who: ParticipantId) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        room.seats.remove(&who);
        if room.unit_of(who).is_some() {
            self.outputs.push_back(Output::Unit(UnitTask::End(who)));
        }
        room.pairs.forget(who);
        for other in room.in_order(who) {
            room.send(
                other,
                ServerEvent::ParticipantLeft(Left { id: who }),
                &mut self.outputs,
            );
        }
        room.settle(&mut self.outputs);
        if room.seats.is_empty() {
            self.rooms.remove(name);
        }
        self.depart(now, who);
        self.look_again(name);
    }

    /// A connection that is in no room looks into none and waits for none any more. Whether it did.
    pub(super) fn go_away(&mut self, connection: ConnectionId) -> bool {
        let had_knocked = self.withdraw(connection);
        self.watches.end(connection) || had_knocked
    }

    /// The tokens of one who is gone are spent.
    pub(super) fn depart(&mut self, now: Duration, who: ParticipantId) {
        if now <= RESTART_GRACE {
            self.departed.insert(who);
        } else {
            self.departed.clear();
        }
    }
}
