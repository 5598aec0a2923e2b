//! A file on its way to this browser. What has come is kept by the browser, not in the program's memory.

use js_sys::{Array, ArrayBuffer};
use web_sys::{Blob, BlobPropertyBag};

use crate::{
    call::files::{FileReceiver, ReceiveAction},
    platform::{
        clock,
        data_channel::{self, Channel, Message},
    },
    protocol::FileInfo,
};

/// Chunks that are merged into one blob.
const CHUNKS_PER_BLOB: u32 = 64;

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
    chunks: Array,
    whole: Array,
}

impl Download {
    /// Asks for a file.
    pub fn new(info: FileInfo) -> Self {
        Self {
            receiving: FileReceiver::new(clock::now(), info.size()),
            info,
            channel: None,
            shown: 0,
            chunks: Array::new(),
            whole: Array::new(),
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
        self.merge_chunks();
        blob_of(&self.whole)
    }

    fn handle_bytes(&mut self, buffer: &ArrayBuffer) {
        // What can't fit is not copied.
        let bytes = match u64::from(buffer.byte_length()) <= self.info.size() {
            true => data_channel::bytes(buffer),
            false => vec![0; usize::try_from(self.info.size()).unwrap_or(0) + 1],
        };
        if self.receiving.handle_bytes(clock::now(), &bytes) {
            self.chunks.push(buffer);
            if self.chunks.length() >= CHUNKS_PER_BLOB {
                self.merge_chunks();
            }
        }
    }

    fn merge_chunks(&mut self) {
        let pieces = std::mem::take(&mut self.chunks);
        if let Some(blob) = blob_of(&pieces) {
            self.whole.push(&blob);
        }
    }
}

fn blob_of(parts: &Array) -> Option<Blob> {
    let kind = BlobPropertyBag::new();
    kind.set_type("application/octet-stream");
    Blob::new_with_blob_sequence_and_options(parts, &kind).ok()
}
