//! When a state that changes often may be told, and which states these are.

use std::time::Duration;

use crate::protocol::{ParticipantId, STATE_INTERVAL};

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
    pub fn is_over(&mut self, now: Duration) -> bool {
        self.waits && self.is_due(now)
    }

    /// It can't be told now after all.
    pub fn defer(&mut self) {
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
