//! Going out of a room, for good or for a while.

use std::time::Duration;

use super::{
    ConnectionId, LeaveReason, MembershipChange, Output, Rooms,
    participant::{Connection, Participant},
};
use crate::protocol::{
    ParticipantId, ParticipantLeft, RESUME_GRACE, Refusal, RoomName, SILENCED, ServerEvent,
    TOKEN_RENEWAL, TOKEN_ROUND,
};

impl Rooms {
    pub(super) fn handle_leave(&mut self, connection: ConnectionId) -> Result<(), Refusal> {
        if let Some((name, you)) = self.connections_inside.remove(&connection) {
            self.remove(&name, you, LeaveReason::Asked);
            return Ok(());
        }
        self.leave_lobby(connection)
            .then_some(())
            .ok_or(Refusal::NotInRoom)
    }

    pub(super) fn handle_lost(&mut self, now: Duration, connection: ConnectionId) {
        let Some((name, you)) = self.connections_inside.remove(&connection) else {
            self.leave_lobby(connection);
            return;
        };
        let Some(room) = self.rooms.get_mut(&name) else {
            return;
        };
        match room.participants.get_mut(&you) {
            Some(participant) if participant.resumable => {
                let until = now.saturating_add(RESUME_GRACE);
                participant.connection = Connection::away(until, &self.mail);
                self.deadlines.insert((until, you), name.clone());
                room.announce(you, &mut self.outputs);
                self.note(&name, you, Some(connection), MembershipChange::Disconnected);
            }
            _ => self.remove(&name, you, LeaveReason::ConnectionLost),
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Duration) {
        while let Some(entry) = self.deadlines.first_entry()
            && entry.key().0 <= now
        {
            let ((_, who), name) = entry.remove_entry();
            self.note_silence(&name, who);
            self.remove(&name, who, LeaveReason::GraceOver);
        }
        self.end_restart(now);
        // Whoever is told what has changed is told of those who have left, too.
        self.send_updates();
        self.renew_tokens(now);
    }

    /// Whoever comes too late is to know what of its own was passed on.
    fn note_silence(&mut self, name: &RoomName, who: ParticipantId) {
        let room = self.rooms.get(name);
        let said = room.and_then(|room| Some(room.participants.get(&who)?.last_message));
        if let Some(said) = said.filter(|said| *said > 0) {
            if self.silenced.len() >= SILENCED {
                self.silenced.pop_front();
            }
            self.silenced.push_back((who, said));
        }
    }

    /// Gives everyone who is connected another token before the last one ends.
    fn renew_tokens(&mut self, now: Duration) {
        if now < self.renewal {
            return;
        }
        self.renewal = now + TOKEN_ROUND;
        let wall = self.wall(now);
        let is_due = |participant: &Participant| {
            participant.resumable && now.saturating_sub(participant.token_at) >= TOKEN_RENEWAL
        };
        for room in self.rooms.values_mut() {
            let participants = room
                .participants
                .iter()
                .filter(|(_, participant)| is_due(participant));
            let due = participants.filter_map(|(id, participant)| match participant.connection {
                Connection::Live(connection) => Some((*id, connection)),
                Connection::Away { .. } => None,
            });
            for (id, connection) in due.collect::<Vec<_>>() {
                let claim = room.claim(id, now, wall);
                self.outputs.push_back(Output::Token(connection, claim));
            }
        }
    }

    /// The time since 1970.
    pub(super) fn wall(&self, now: Duration) -> Duration {
        self.wall.at(now)
    }

    pub(super) fn remove(&mut self, name: &RoomName, who: ParticipantId, reason: LeaveReason) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        room.participants.remove(&who);
        self.networks.participants.remove(&who);
        room.changed = true;
        room.leave_sfu(who, &mut self.forwarded, &mut self.outputs);
        room.pairs.forget(who);
        for other in room.others_in_order(who) {
            room.send(
                other,
                ServerEvent::ParticipantLeft(ParticipantLeft { id: who }),
                &mut self.outputs,
            );
        }
        room.ensure_host(&mut self.outputs);
        room.update_topology(&mut self.forwarded, &mut self.outputs);
        room.end_sfu_sessions(&mut self.forwarded, &mut self.outputs);
        let is_over = room.participants.is_empty() && room.awaited.is_empty();
        self.note(name, who, None, MembershipChange::Left(reason));
        if is_over {
            self.close_room(name);
        }
        self.notify_watchers(name);
    }

    /// A connection that is in no room looks into none and waits for none any more. Whether it did.
    pub(super) fn leave_lobby(&mut self, connection: ConnectionId) -> bool {
        let had_knocked = self.withdraw(connection);
        self.end_watch(connection) || had_knocked
    }
}
