//! What others want of files, on its way to who takes it in hand: that is a part of the program that comes with the
//! chat, without which nothing was offered and nothing asked for.

use std::rc::Rc;

use web_sys::RtcDataChannel;

use super::Files;
use crate::{
    call::{Intent, Utterance},
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

/// Who takes files in hand.
#[derive(Clone)]
pub struct FileDesk {
    /// Is told all that others want.
    pub take: Rc<dyn Fn(FileEvent)>,
    /// The handle of the files.
    pub files: Files,
}

impl Meeting {
    /// Hands on what others want.
    pub(in crate::meeting) fn handle_file_event(&self, news: FileEvent) {
        let desk = self
            .with_runtime(|runtime| runtime.files.borrow().clone())
            .flatten();
        match (desk, news) {
            (Some(desk), news) => (desk.take)(news),
            (None, FileEvent::Channel { channel, .. }) => channel.close(),
            (
                None,
                FileEvent::Step {
                    from,
                    author,
                    n,
                    step: FileStep::Ask,
                },
            ) => self.say_of_file(from, (author, n), FileStep::Refuse),
            (None, FileEvent::Step { .. }) => {}
        }
    }

    /// Says something about a file to one participant.
    pub(in crate::meeting) fn say_of_file(
        &self,
        to: ParticipantId,
        (author, n): (ParticipantId, u32),
        step: FileStep,
    ) {
        self.want(Intent::Talk(Utterance::File {
            to,
            author,
            n,
            step,
        }));
    }
}
