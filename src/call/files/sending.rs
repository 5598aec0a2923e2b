//! The side that has the file.

use std::{collections::VecDeque, time::Duration};

use sha2::{Digest, Sha256};

use super::{CHUNK, FileControl, FileEnd, FileFailure, LOW_WATER, PATIENCE, READ};

/// A file that is being sent to one participant. After every input, [`poll_action`](Self::poll_action) is called
/// until it is empty.
#[derive(Debug)]
pub struct FileSender {
    size: u64,
    /// Bytes that went into the channel.
    sent: u64,
    state: SenderState,
    hash: Sha256,
    /// Nothing has moved since.
    still_since: Duration,
    actions: VecDeque<SendAction>,
}

#[derive(Debug, PartialEq, Eq)]
enum SenderState {
    /// Until the channel is open.
    Opening,
    /// Until there is room in the channel.
    Full,
    Reading,
    /// Until the other side has checked it.
    Checked,
    Over(FileEnd),
}

/// What the sending side has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendAction {
    /// Read the file's bytes from the first number up to the second: [`FileSender::handle_read`].
    Read(u64, u64),
    /// Send these bytes.
    Send(Vec<u8>),
    /// Send this text.
    Say(FileControl),
    /// Close the channel: the last action.
    Close,
}

impl FileSender {
    /// Begins to send so many bytes.
    pub fn new(now: Duration, size: u64) -> Self {
        Self {
            size,
            sent: 0,
            state: SenderState::Opening,
            hash: Sha256::new(),
            still_since: now,
            actions: VecDeque::new(),
        }
    }

    /// The next thing to do, in order.
    pub fn poll_action(&mut self) -> Option<SendAction> {
        self.actions.pop_front()
    }

    /// Bytes that went into the channel.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// How it ended.
    pub fn end(&self) -> Option<FileEnd> {
        match self.state {
            SenderState::Over(end) => Some(end),
            _ => None,
        }
    }

    /// The channel is open and holds so many bytes that have not left yet: said when it opens, when they become
    /// fewer than [`LOW_WATER`], and after something was sent.
    pub fn handle_buffered(&mut self, now: Duration, buffered: u64) {
        if matches!(self.state, SenderState::Opening | SenderState::Full) && buffered <= LOW_WATER {
            self.still_since = now;
            self.state = SenderState::Reading;
            let to = self.size.min(self.sent + READ);
            self.actions.push_back(SendAction::Read(self.sent, to));
        }
    }

    /// The bytes that were to be read, or `None` if that can't be done.
    pub fn handle_read(&mut self, now: Duration, bytes: Option<&[u8]>) {
        if self.state != SenderState::Reading {
            return;
        }
        let due = READ.min(self.size - self.sent);
        let Some(bytes) = bytes.filter(|bytes| bytes.len() as u64 == due) else {
            return self.give_up(FileFailure::Unreadable);
        };
        self.still_since = now;
        self.hash.update(bytes);
        let pieces = bytes.chunks(CHUNK);
        self.actions
            .extend(pieces.map(|piece| SendAction::Send(piece.to_vec())));
        self.sent += due;
        self.state = if self.sent == self.size {
            let word = FileControl::End(self.hash.finalize_reset().into());
            self.actions.push_back(SendAction::Say(word));
            SenderState::Checked
        } else {
            SenderState::Full
        };
    }

    /// The channel still empties itself.
    pub fn handle_motion(&mut self, now: Duration) {
        self.still_since = now;
    }

    /// The other side says something; `None` is what no word is.
    pub fn handle_control(&mut self, word: Option<FileControl>) {
        if self.end().is_some() {
            return;
        }
        match word {
            Some(FileControl::Got) if self.state == SenderState::Checked => self.finish(Ok(())),
            Some(FileControl::Stop) => self.finish(Err(FileFailure::Stopped)),
            Some(FileControl::Wrong) => self.finish(Err(FileFailure::Garbled)),
            _ => self.give_up(FileFailure::Garbled),
        }
    }

    /// The own person wants no more of it, or the file is gone.
    pub fn cancel(&mut self) {
        if self.end().is_none() {
            self.give_up(FileFailure::Cancelled);
        }
    }

    /// The channel is closed.
    pub fn handle_closed(&mut self) {
        if self.end().is_none() {
            self.finish(Err(FileFailure::Lost));
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.end().is_none() && now >= self.still_since + PATIENCE {
            self.give_up(FileFailure::Silent);
        }
    }

    fn give_up(&mut self, failure: FileFailure) {
        self.actions.clear();
        self.actions.push_back(SendAction::Say(FileControl::Stop));
        self.finish(Err(failure));
    }

    fn finish(&mut self, end: FileEnd) {
        self.state = SenderState::Over(end);
        self.actions.push_back(SendAction::Close);
    }
}
