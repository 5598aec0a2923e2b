//! A file on its way to another participant. It is read chunk by chunk.

use super::state::Key;
use crate::{
    call::files::{FileControl, FileFailure, FileSender, SendAction},
    platform::{
        clock,
        data_channel::{Channel, Message},
        file::File,
    },
    protocol::ParticipantId,
};

/// A file on its way to somebody.
pub struct Upload {
    /// Names it.
    pub serial: u32,
    /// Which file.
    pub key: Key,
    /// To whom.
    pub to: ParticipantId,
    /// What is decided.
    pub sending: FileSender,
    channel: Channel,
    file: File,
    /// Bytes that waited in the channel when it was looked at last.
    last_buffered: u64,
}

/// What an upload can't do by itself.
pub enum UploadTask {
    /// Read these bytes.
    Read(File, u64, u64),
    /// Tell the receiver by way of the server that nothing comes: the channel is not there.
    Stop,
}

impl Upload {
    /// Begins to send over a channel.
    pub fn new(serial: u32, key: Key, to: ParticipantId, file: File, channel: Channel) -> Self {
        Self {
            serial,
            key,
            to,
            sending: FileSender::new(clock::now(), file.size() as u64),
            channel,
            file,
            last_buffered: 0,
        }
    }

    /// The channel is open, or has room again.
    pub fn handle_writable(&mut self) {
        let buffered = self.channel.buffered();
        self.sending.handle_buffered(clock::now(), buffered);
    }

    /// Something comes over the channel.
    pub fn handle_message(&mut self, message: Message) {
        let word = match message {
            Message::Control(word) => word,
            Message::Bytes(_) => None,
        };
        self.sending.handle_control(word);
    }

    /// Looks how far it has come.
    pub fn poll(&mut self) {
        if self.channel.is_closed() {
            return self.sending.handle_closed();
        }
        let now = clock::now();
        let buffered = self.channel.buffered();
        if self.channel.is_open()
            && buffered != std::mem::replace(&mut self.last_buffered, buffered)
        {
            self.sending.handle_motion(now);
        }
        self.sending.handle_timeout(now);
    }

    /// Does what there is to do, and returns the rest.
    pub fn act(&mut self) -> Vec<UploadTask> {
        let mut tasks = Vec::new();
        while let Some(action) = self.sending.poll_action() {
            match action {
                SendAction::Read(from, to) => {
                    tasks.push(UploadTask::Read(self.file.clone(), from, to));
                }
                SendAction::Send(piece) => {
                    if !self.channel.send(&piece) {
                        self.sending.handle_closed();
                    }
                }
                SendAction::Say(FileControl::Stop) if !self.channel.is_open() => {
                    tasks.push(UploadTask::Stop);
                }
                SendAction::Say(word) => self.channel.send_control(word),
                SendAction::Close => self.channel.close(),
            }
        }
        tasks
    }

    /// Whether the file itself was the reason that it ended.
    pub fn is_unreadable(&self) -> bool {
        self.sending.end() == Some(Err(FileFailure::Unreadable))
    }

    /// The channel, to be kept until it is closed.
    pub fn into_channel(self) -> Channel {
        self.channel
    }
}
