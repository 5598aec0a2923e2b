//! A file on its way to this browser. What has come is kept by the browser, not in the program's memory.

use crate::{
    call::files::{FileReceiver, ReceiveAction},
    platform::{
        clock,
        data_channel::{self, Channel, ChunkBuffer, Message},
        file::{Blob, BlobBuilder},
    },
    protocol::FileInfo,
};

/// A file on its way here.
pub struct Download {
    /// What was announced.
    pub info: FileInfo,
    /// What is decided.
    pub receiving: FileReceiver,
    /// There once the author has opened it.
    pub channel: Option<Channel>,
    /// Bytes that were shown last.
    pub shown: u64,
    received: BlobBuilder,
}

impl Download {
    /// Asks for a file.
    pub fn new(info: FileInfo) -> Self {
        Self {
            receiving: FileReceiver::new(clock::now(), info.size()),
            info,
            channel: None,
            shown: 0,
            received: BlobBuilder::default(),
        }
    }

    /// Something comes over the channel.
    pub fn handle_message(&mut self, message: Message) {
        match message {
            Message::Bytes(buffer) => self.handle_bytes(&buffer),
            Message::Control(word) => self.receiving.handle_control(word),
        }
    }

    /// Does what the channel is needed for, and returns the rest.
    pub fn act(&mut self) -> Vec<ReceiveAction> {
        let mut others = Vec::new();
        while let Some(action) = self.receiving.poll_action() {
            match (action, &self.channel) {
                (ReceiveAction::Say(word), Some(channel)) => channel.send_control(word),
                (ReceiveAction::Close, Some(channel)) => channel.close(),
                (action, _) => others.push(action),
            }
        }
        others
    }

    /// Whether so much has come that it is worth showing.
    pub fn is_progress_due(&mut self) -> bool {
        let (got, step) = (self.receiving.got(), self.info.size() / 50);
        let is = got >= self.shown + step.max(1);
        if is {
            self.shown = got;
        }
        is
    }

    /// All that has come. It is nothing that a browser would show by itself, whatever it claims to be.
    pub fn blob(&mut self) -> Option<Blob> {
        self.received.blob()
    }

    fn handle_bytes(&mut self, buffer: &ChunkBuffer) {
        // What can't fit is not copied.
        let bytes = match u64::from(buffer.byte_length()) <= self.info.size() {
            true => data_channel::bytes(buffer),
            false => vec![0; usize::try_from(self.info.size()).unwrap_or(0) + 1],
        };
        if self.receiving.handle_bytes(clock::now(), &bytes) {
            self.received.push(buffer);
        }
    }
}
