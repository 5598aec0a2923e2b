//! States that change often: what a participant shows, what is seen of a room from outside, who knocks.
//!
//! The first change is told at once. What changes within [`STATE_INTERVAL`](crate::protocol::STATE_INTERVAL) after that is told at its end, in the newest
//! form only, so that whoever flickers costs others no more than ten messages a second. Where the room has sent all
//! that it may, a participant's state waits for the next interval; it is never refused and never lost.

use std::time::Duration;

use super::{Rooms, room::Room, throttle::Update};
use crate::protocol::{ParticipantId, RoomName};

impl Room {
    /// Tells what a participant shows, if it has not been told: what follows depends on it.
    pub fn flush(
        &mut self,
        who: ParticipantId,
        outputs: &mut std::collections::VecDeque<super::Output>,
    ) {
        let waits = |participant: &mut super::participant::Participant| participant.told.flush();
        if self.participants.get_mut(&who).is_some_and(waits) {
            self.announce(who, outputs);
        }
    }

    /// Whether the others may be told now what a participant shows, or else when.
    fn may_announce(&mut self, now: Duration, who: ParticipantId) -> Result<bool, Duration> {
        let others = self.participants.len().saturating_sub(1);
        let Some(participant) = self.participants.get_mut(&who) else {
            return Ok(false);
        };
        if !participant.told.is_due(now) {
            return Err(participant.told.next());
        }
        if self.charge_fan_out(now, who, others) {
            return Ok(true);
        }
        let Some(participant) = self.participants.get_mut(&who) else {
            return Ok(false);
        };
        participant.told.defer();
        Err(participant.told.next())
    }
}

impl Rooms {
    /// Tells those inside and outside what has changed in a room, or sees to it that it is told soon.
    pub(super) fn notify_watchers(&mut self, name: &RoomName) {
        let now = self.now;
        let room = self.rooms.get_mut(name);
        let changed = room.map(|room| std::mem::take(&mut room.unsaid));
        for who in changed.unwrap_or_default() {
            self.send_member(now, name, who);
        }
        if let Some(room) = self.rooms.get_mut(name)
            && std::mem::take(&mut room.waiting_changed)
        {
            match room.knocking_told.is_due(now) {
                true => room.send_knocks(&mut self.outputs),
                false => {
                    let at = room.knocking_told.next();
                    self.updates.insert((at, name.clone(), Update::Knocking));
                }
            }
        }
        let rooms = &self.rooms;
        let look = || super::lobby::lobby_of(rooms, name);
        if let Some(at) = self.watches.change(now, name, look, &mut self.outputs) {
            self.updates.insert((at, name.clone(), Update::Lobby));
        }
    }

    /// When something waits to be told.
    pub(super) fn poll_updates(&self) -> Option<Duration> {
        self.updates.first().map(|(at, ..)| *at)
    }

    /// Tells what has waited for long enough.
    pub(super) fn send_updates(&mut self) {
        let now = self.now;
        while self.poll_updates().is_some_and(|at| at <= now)
            && let Some((_, name, update)) = self.updates.pop_first()
        {
            match update {
                Update::Member(who) => {
                    let waits =
                        |room: &mut Room| Some(room.participants.get_mut(&who)?.told.flush());
                    if self.rooms.get_mut(&name).and_then(waits) == Some(true) {
                        self.send_member(now, &name, who);
                    }
                }
                Update::Knocking => {
                    if let Some(room) = self.rooms.get_mut(&name)
                        && room.knocking_told.is_over(now)
                    {
                        room.send_knocks(&mut self.outputs);
                    }
                }
                Update::PutOff => self.introduce_deferred(now, &name),
                Update::Lobby => {
                    let rooms = &self.rooms;
                    let look = || super::lobby::lobby_of(rooms, &name);
                    self.watches.notify(now, &name, look, &mut self.outputs);
                }
            }
        }
    }

    fn send_member(&mut self, now: Duration, name: &RoomName, who: ParticipantId) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        match room.may_announce(now, who) {
            Ok(true) => room.announce(who, &mut self.outputs),
            Ok(false) => {}
            Err(at) => {
                self.updates.insert((at, name.clone(), Update::Member(who)));
            }
        }
    }
}
