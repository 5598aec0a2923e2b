//! Introductions anew that have to wait.
//!
//! Who comes back without the peers that the others hold has to be introduced to all of them anew. That is work for each of
//! them, and counts as if it had been asked for. What does not fit now is brought on later, and not lost.

use std::{collections::VecDeque, time::Duration};

use super::{Output, Rooms, pair::PairState, room::Room, throttle::Update};
use crate::protocol::{ParticipantId, RENEWALS_OF_TARGET, RoomName};

impl Room {
    /// Introduces a pair anew when that fits, because one of the two has come back.
    pub fn reintroduce_for(
        &mut self,
        now: Duration,
        you: ParticipantId,
        other: ParticipantId,
        outputs: &mut VecDeque<Output>,
    ) {
        let fits = self.charge_restart(now, you, other).is_ok();
        let Some(pair) = self.pairs.find(you, other) else {
            return;
        };
        pair.restart();
        let pair = *pair;
        if fits {
            self.introduce(pair, outputs);
        } else {
            self.put_off.pairs.push((you, other));
        }
    }

    /// Introduces those of whom it fits by now. Whether others wait still.
    fn introduce_deferred(&mut self, now: Duration, outputs: &mut VecDeque<Output>) -> bool {
        for (you, other) in std::mem::take(&mut self.put_off.pairs) {
            // One of them may have left, and come to be introduced otherwise.
            let pair = self.pairs.find(you, other);
            let Some(pair) = pair.filter(|pair| pair.stage == PairState::Pending) else {
                continue;
            };
            let before = *pair;
            if self.charge_restart(now, you, other).is_err() {
                self.put_off.pairs.push((you, other));
                continue;
            }
            let pair = self.pairs.find(you, other).copied();
            self.introduce(pair.unwrap_or(before), outputs);
        }
        !self.put_off.pairs.is_empty()
    }
}

impl Rooms {
    /// Sees to it that those are introduced who wait.
    pub(super) fn schedule_deferred(&mut self, name: &RoomName) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        if !room.put_off.pairs.is_empty() && !std::mem::replace(&mut room.put_off.is_due, true) {
            let at = self.now + RENEWALS_OF_TARGET.each;
            self.updates.insert((at, name.clone(), Update::PutOff));
        }
    }

    /// Introduces those who wait, as many as fit.
    pub(super) fn introduce_deferred(&mut self, now: Duration, name: &RoomName) {
        if let Some(room) = self.rooms.get_mut(name) {
            room.put_off.is_due = false;
            if room.introduce_deferred(now, &mut self.outputs) {
                self.schedule_deferred(name);
            }
        }
    }
}
