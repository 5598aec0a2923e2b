//! What others want of files, on its way to who takes it in hand: that is a part of the program that comes with the
//! chat, without which nothing was offered and nothing asked for.

use std::any::Any;

use web_sys::RtcDataChannel;

use crate::{
    call::{Intent, OutgoingMessage},
    meeting::handle::Meeting,
    protocol::{FileStep, ParticipantId},
};

/// Something about a file, from another participant.
pub enum FileEvent {
    /// What is to happen with it.
    Step {
        /// Who says so.
        from: ParticipantId,
        /// Who offered it.
        author: ParticipantId,
        /// In which of their messages.
        n: u32,
        /// What.
        step: FileStep,
    },
    /// A channel on which one will come.
    Channel {
        /// Who has opened it.
        from: ParticipantId,
        /// The channel.
        channel: RtcDataChannel,
    },
}

/// Takes files in hand.
pub trait FileHandler: Any {
    /// Is told all that others want.
    fn handle(&self, event: FileEvent);
    /// The handler itself, for the part of the program that it belongs to.
    fn as_any(&self) -> &dyn Any;
}

impl Meeting {
    /// Hands on what others want.
    pub(in crate::meeting) fn handle_file_event(&self, event: FileEvent) {
        let handler = self
            .with_runtime(|runtime| runtime.files.borrow().clone())
            .flatten();
        match (handler, event) {
            (Some(handler), event) => handler.handle(event),
            (None, FileEvent::Channel { channel, .. }) => channel.close(),
            (
                None,
                FileEvent::Step {
                    from,
                    author,
                    n,
                    step: FileStep::Ask,
                },
            ) => self.send_file_step(from, (author, n), FileStep::Refuse),
            (None, FileEvent::Step { .. }) => {}
        }
    }

    /// Says something about a file to one participant.
    pub(in crate::meeting) fn send_file_step(
        &self,
        to: ParticipantId,
        (author, n): (ParticipantId, u32),
        step: FileStep,
    ) {
        self.send_intent(Intent::Send(OutgoingMessage::File {
            to,
            author,
            n,
            step,
        }));
    }
}
