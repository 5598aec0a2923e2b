//! Who rules in the room, and who waits at its door for them.

use super::io::{Notice, Outputs};
use crate::protocol::{Knocker, ParticipantId, RoomState};

/// What was shown of it last.
#[derive(Debug, Default)]
pub(super) struct HostView {
    state: Option<RoomState>,
    has_waiting: bool,
}

impl HostView {
    /// Inside, or inside again. Who waits is told to the host anew.
    pub fn begin(&mut self, you: ParticipantId, state: RoomState, out: &mut Outputs) {
        self.wait(Vec::new(), out);
        self.show(Some(you), state, out);
    }

    /// Someone else rules, or the room is locked or unlocked. Only the host is told who waits.
    pub fn show(&mut self, you: Option<ParticipantId>, state: RoomState, out: &mut Outputs) {
        if self.state.replace(state) != Some(state) {
            out.notice(Notice::Room(state));
        }
        if state.host != you {
            self.wait(Vec::new(), out);
        }
    }

    /// These wait.
    pub fn wait(&mut self, waiting: Vec<Knocker>, out: &mut Outputs) {
        let was_waited_at = std::mem::replace(&mut self.has_waiting, !waiting.is_empty());
        if was_waited_at || self.has_waiting {
            out.notice(Notice::Waiting(waiting));
        }
    }
}
