//! States that change often: what a participant shows, what is seen of a room from outside, who knocks.
//!
//! The first change is told at once. What changes within [`STATE_INTERVAL`] after that is told at its end, in the newest
//! form only, so that whoever flickers costs others no more than ten messages a second. Where the room has sent all
//! that it may, a participant's state waits for the next interval; it is never refused and never lost.

use std::time::Duration;

use super::{Rooms, room::Room};
use crate::protocol::{ParticipantId, RoomName, STATE_INTERVAL};

/// Something that is told in its newest form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Update {
    /// What a participant shows.
    Member(ParticipantId),
    /// Who knocks.
    Knocking,
    /// Who is introduced anew later.
    PutOff,
    /// What is seen from outside.
    Lobby,
}

/// When a state may be told.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    /// Not before.
    next: Duration,
    /// Whether there is something to tell then.
    waits: bool,
}

impl Throttle {
    /// There is something to tell: whether that is to be done now, rather than at [`next`](Self::next).
    pub fn is_due(&mut self, now: Duration) -> bool {
        let due = self.next <= now;
        if due {
            self.next = now + STATE_INTERVAL;
        }
        self.waits = !due;
        due
    }

    /// What waits may be told now: whether there is anything.
    fn is_over(&mut self, now: Duration) -> bool {
        self.waits && self.is_due(now)
    }

    /// It can't be told now after all.
    fn defer(&mut self) {
        self.waits = true;
    }

    /// Whatever waits is being told. Whether there was anything.
    pub fn flush(&mut self) -> bool {
        std::mem::take(&mut self.waits)
    }

    /// When what waits is to be told.
    pub fn next(&self) -> Duration {
        self.next
    }
}

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
