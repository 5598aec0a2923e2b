//! The side that wants the file.

use std::{collections::VecDeque, time::Duration};

use sha2::{Digest, Sha256};

use super::{FileControl, FileEnd, FileFailure, PATIENCE};

/// The question is put again after that: it is not passed on while one of the two is away.
const AGAIN: Duration = Duration::from_secs(5);

/// A file that was asked for. After every input, [`poll_action`](Self::poll_action) is called until it is empty.
#[derive(Debug)]
pub struct FileReceiver {
    size: u64,
    got: u64,
    state: ReceiverState,
    hash: Sha256,
    /// Nothing has come since.
    still_since: Duration,
    actions: VecDeque<ReceiveAction>,
}

#[derive(Debug, PartialEq, Eq)]
enum ReceiverState {
    /// Until the author opens a channel; when to ask again.
    Asked(Duration),
    Open,
    Over(FileEnd),
}

/// What the receiving side has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiveAction {
    /// Ask the author for it.
    Ask,
    /// Tell the author, who has opened no channel yet, that it is not wanted any more.
    Unask,
    /// Send this text.
    Say(FileControl),
    /// Close the channel. The author closes it when it hears that all is here.
    Close,
}

impl FileReceiver {
    /// Asks for a file that is announced to have so many bytes.
    pub fn new(now: Duration, size: u64) -> Self {
        Self {
            size,
            got: 0,
            state: ReceiverState::Asked(now + AGAIN),
            hash: Sha256::new(),
            still_since: now,
            actions: VecDeque::from([ReceiveAction::Ask]),
        }
    }

    /// The next thing to do, in order.
    pub fn poll_action(&mut self) -> Option<ReceiveAction> {
        self.actions.pop_front()
    }

    /// Bytes that have come.
    pub fn got(&self) -> u64 {
        self.got
    }

    /// How it ended.
    pub fn end(&self) -> Option<FileEnd> {
        match self.state {
            ReceiverState::Over(end) => Some(end),
            _ => None,
        }
    }

    /// The author opens a channel; whether it is the one that is waited for.
    #[must_use]
    pub fn handle_channel(&mut self, now: Duration) -> bool {
        let waits = matches!(self.state, ReceiverState::Asked(_));
        if waits {
            self.state = ReceiverState::Open;
            self.still_since = now;
        }
        waits
    }

    /// Bytes come; whether to keep them.
    #[must_use]
    pub fn handle_bytes(&mut self, now: Duration, bytes: &[u8]) -> bool {
        if self.state != ReceiverState::Open {
            return false;
        }
        if bytes.is_empty() {
            self.refuse(FileFailure::Garbled);
            return false;
        }
        if bytes.len() as u64 > self.size - self.got {
            self.refuse(FileFailure::Longer);
            return false;
        }
        self.still_since = now;
        self.got += bytes.len() as u64;
        self.hash.update(bytes);
        true
    }

    /// The author says something on the channel; `None` is what no word is.
    pub fn handle_control(&mut self, word: Option<FileControl>) {
        if self.state != ReceiverState::Open {
            return;
        }
        match word {
            Some(FileControl::End(_)) if self.got < self.size => self.refuse(FileFailure::Shorter),
            Some(FileControl::End(digest)) => {
                if digest == <[u8; 32]>::from(self.hash.finalize_reset()) {
                    self.actions.push_back(ReceiveAction::Say(FileControl::Got));
                    self.state = ReceiverState::Over(Ok(()));
                } else {
                    self.refuse(FileFailure::Garbled);
                }
            }
            Some(FileControl::Stop) => self.finish(FileFailure::Stopped),
            _ => self.refuse(FileFailure::Garbled),
        }
    }

    /// The author says by way of the server that it will not come.
    pub fn handle_refusal(&mut self, failure: FileFailure) {
        if self.end().is_none() {
            self.finish(failure);
        }
    }

    /// The own person wants no more of it.
    pub fn cancel(&mut self) {
        match self.state {
            ReceiverState::Asked(_) => {
                self.actions.push_back(ReceiveAction::Unask);
                self.state = ReceiverState::Over(Err(FileFailure::Cancelled));
            }
            ReceiverState::Open => {
                let stop = ReceiveAction::Say(FileControl::Stop);
                self.actions.push_back(stop);
                self.finish(FileFailure::Cancelled);
            }
            ReceiverState::Over(_) => {}
        }
    }

    /// The channel, or the connection, is closed.
    pub fn handle_closed(&mut self) {
        if self.state == ReceiverState::Open {
            self.finish(FileFailure::Lost);
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Duration) {
        let late = now >= self.still_since + PATIENCE;
        match &mut self.state {
            ReceiverState::Over(_) => {}
            ReceiverState::Asked(_) if late => {
                self.actions.push_back(ReceiveAction::Unask);
                self.state = ReceiverState::Over(Err(FileFailure::Silent));
            }
            ReceiverState::Open if late => self.refuse(FileFailure::Silent),
            ReceiverState::Asked(again) if *again <= now => {
                *again = now + AGAIN;
                self.actions.push_back(ReceiveAction::Ask);
            }
            ReceiverState::Asked(_) | ReceiverState::Open => {}
        }
    }

    fn refuse(&mut self, failure: FileFailure) {
        let word = match failure {
            FileFailure::Silent => FileControl::Stop,
            _ => FileControl::Wrong,
        };
        self.actions.push_back(ReceiveAction::Say(word));
        self.finish(failure);
    }

    fn finish(&mut self, failure: FileFailure) {
        self.state = ReceiverState::Over(Err(failure));
        self.actions.push_back(ReceiveAction::Close);
    }
}
