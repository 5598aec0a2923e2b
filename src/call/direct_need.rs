//! Whether a connection of one's own is needed with another participant, and what the server is told of that.
//!
//! In a mesh it always is. In an SFU room it is needed while something of the other one does not arrive by the SFU, and
//! for files. What is needed no more is released: the server closes the connection when both have released it. What is needed
//! and not there is asked for: at once for files, else after [`PATIENCE`], since the SFU takes a moment to carry what has just
//! begun.

use std::time::Duration;

use super::io::{Outputs, peer_ref};
use crate::protocol::{ClientEvent, ParticipantId};

/// How long something may be missing until it is asked for straight.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long until a question is repeated: it was lost, or came too often.
const REPEAT: Duration = Duration::from_secs(10);
/// How long a connection is kept after a file, for the next one.
const AFTER_FILES: Duration = Duration::from_secs(30);

/// What is needed of the connection with one participant.
#[derive(Debug, Default)]
pub(super) struct DirectNeed {
    files: Files,
    /// The introduction whose connection was released.
    released: Option<u32>,
    /// When it is asked for, while it is needed and not there.
    request_at: Option<Duration>,
}

/// What media needs of the connection with one participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaNeed {
    /// The room is a mesh: the server brings about what there has to be.
    Mesh,
    /// The own connection with the SFU is not well. What there is straight is needed; whoever finds no way to the SFU says that
    /// by itself.
    NoSfu,
    /// Something of the other one does not arrive by the SFU.
    Missing,
    /// Everything does.
    Nothing,
}

/// Whether files need it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Files {
    #[default]
    None,
    /// Some are on their way.
    Some,
    /// The last one has arrived, and until then another one may follow.
    Over(Duration),
}

impl DirectNeed {
    /// Files are on their way, or no more.
    pub fn keep_for_files(&mut self, now: Duration, keep: bool) {
        self.files = match keep {
            true => Files::Some,
            false => Files::Over(now + AFTER_FILES),
        };
        self.request_at = self.request_at.filter(|_| !keep);
    }

    /// Draws the conclusions, while the server can be told. `generation` is the introduction whose connection there is.
    pub fn settle(
        &mut self,
        now: Duration,
        (id, generation): (ParticipantId, Option<u32>),
        media: MediaNeed,
        out: &mut Outputs,
    ) {
        if matches!(self.files, Files::Over(until) if until <= now) {
            self.files = Files::None;
        }
        if media == MediaNeed::Mesh {
            self.request_at = None;
            self.released = None;
            return;
        }
        let Some(generation) = generation else {
            return self.settle_without(now, id, media, out);
        };
        self.request_at = None;
        let is_needed = media != MediaNeed::Nothing || self.files != Files::None;
        let is_released = self.released == Some(generation);
        let about = peer_ref(id, generation);
        match (is_needed, is_released) {
            (true, true) => {
                self.released = None;
                out.emit(ClientEvent::PeerRequest(about));
            }
            (false, false) => {
                self.released = Some(generation);
                out.emit(ClientEvent::PeerRelease(about));
            }
            (true, false) | (false, true) => {}
        }
    }

    /// The same where there is no connection.
    fn settle_without(
        &mut self,
        now: Duration,
        id: ParticipantId,
        media: MediaNeed,
        out: &mut Outputs,
    ) {
        self.released = None;
        let has_files = self.files == Files::Some;
        if media != MediaNeed::Missing && !has_files {
            self.request_at = None;
            return;
        }
        let patience = match has_files {
            true => Duration::ZERO,
            false => PATIENCE,
        };
        let at = *self.request_at.get_or_insert(now + patience);
        if at <= now {
            self.request_at = Some(now + REPEAT);
            out.emit(ClientEvent::PeerRequest(peer_ref(id, 0)));
        }
    }

    /// The server may have forgotten what it was told.
    pub fn forget_released(&mut self) {
        self.released = None;
    }

    /// When to [`settle`](Self::settle) again.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let kept = match self.files {
            Files::Over(until) => Some(until),
            Files::None | Files::Some => None,
        };
        [self.request_at, kept].into_iter().flatten().min()
    }
}
