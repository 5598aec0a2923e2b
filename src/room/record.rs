//! What the server keeps of a meeting, so that it goes on after a restart: facts, and no word of what was said.
//!
//! After a restart the meeting awaits those who were inside, for [`RESTART_GRACE`]. Who had left or was removed before
//! is not among them, so their tokens are worth nothing. The lock, the host and what the meeting keeps out hold
//! meanwhile, and the places are kept; who does not come within the grace has left.

use std::time::Duration;

use super::{
    Rooms,
    meeting_record::{MeetingRecord, RecordChange, ReservedPlace},
    room::Room,
};
use crate::protocol::{ParticipantId, RESTART_GRACE, RoomName};

impl Room {
    /// The meeting as it was before a restart. Nobody is there yet.
    fn recall(&mut self, record: MeetingRecord) {
        self.awaited = record.inside;
        self.is_kept = true;
        self.host_state.host = record.host;
        self.topology = record.topology;
        self.kicked.recall(record.kicked);
        if record.locked {
            self.waiting_room.lock();
        }
    }

    /// The facts, if anybody could come back to it.
    pub fn record(&self) -> Option<MeetingRecord> {
        let participants = self
            .participants
            .iter()
            .filter(|(_, participant)| participant.resumable);
        let participants = participants.map(|(id, participant)| ReservedPlace {
            participant: *id,
            oldest: participant.oldest_token(),
        });
        let inside: Vec<_> = participants.chain(self.awaited.iter().copied()).collect();
        (!inside.is_empty()).then(|| MeetingRecord {
            meeting: self.meeting,
            room: self.name.clone(),
            host: self.host_state.host,
            locked: self.waiting_room.is_locked(),
            topology: self.topology,
            inside,
            kicked: self.kicked.marks().to_vec(),
        })
    }

    /// Takes a place that was kept over the restart; the oldest token that is good for it.
    pub fn take_reserved(&self, who: ParticipantId) -> Option<u32> {
        let awaited = self.awaited.iter();
        let awaited = awaited.copied().find(|one| one.participant == who);
        awaited.map(|one| one.oldest)
    }

    /// Nobody comes any more who could know those who are here: what they have brought is of no use.
    pub fn forget_held_peers(&mut self) {
        for (_, participant) in self.participants.iter_mut() {
            participant.held_peers = Vec::new();
        }
    }

    /// Someone has come back, and is awaited no more.
    pub fn end_waiting_for(&mut self, who: ParticipantId) {
        self.awaited.retain(|one| one.participant != who);
    }
}

impl Rooms {
    /// Goes on with the meetings of before a restart, as many as there may be rooms. To be called before anything
    /// happens.
    pub fn recall(&mut self, records: Vec<MeetingRecord>) {
        for record in records.into_iter().take(self.limits.rooms) {
            let name = record.room.clone();
            let mut room = Room::new(record.meeting, name.clone(), self.forwarding);
            room.recall(record);
            self.rooms.insert(name, room);
            self.recalled = true;
        }
    }

    /// What has to be kept since this was asked last, in no order but that a room's end comes before its next
    /// beginning.
    pub fn take_changes(&mut self) -> Vec<RecordChange> {
        let over = std::mem::take(&mut self.over);
        let mut changes: Vec<_> = over.into_iter().map(RecordChange::Over).collect();
        for room in self.rooms.values_mut().filter(|room| room.changed) {
            room.changed = false;
            match room.record() {
                Some(record) => {
                    room.is_kept = true;
                    changes.push(RecordChange::Kept(record));
                }
                None if std::mem::take(&mut room.is_kept) => {
                    changes.push(RecordChange::Over(room.name.clone()));
                }
                None => {}
            }
        }
        changes
    }

    /// A room is no more. Whoever is in it still loses the place, and what belongs to it.
    pub(super) fn close_room(&mut self, name: &RoomName) -> Option<Room> {
        let mut room = self.rooms.remove(name)?;
        self.networks.rooms.remove(name);
        for who in room.order() {
            self.networks.participants.remove(&who);
            room.leave_sfu(who, &mut self.forwarded, &mut self.outputs);
        }
        // What was never kept need not be dropped, so that a server that keeps nothing notes nothing either.
        if room.is_kept {
            self.over.insert(name.clone());
        }
        Some(room)
    }

    /// Who has not come back by now has left.
    pub(super) fn end_restart(&mut self, now: Duration) {
        if !self.recalled || now < RESTART_GRACE {
            return;
        }
        self.recalled = false;
        let names: Vec<_> = self.rooms.keys().cloned().collect();
        for name in names {
            let Some(room) = self.rooms.get_mut(&name) else {
                continue;
            };
            if !room.awaited.is_empty() {
                room.awaited = Vec::new();
                room.forget_held_peers();
                room.changed = true;
                room.ensure_host(&mut self.outputs);
                if room.participants.is_empty() {
                    self.close_room(&name);
                }
                self.notify_watchers(&name);
            }
        }
    }
}
