//! What others want of files, on its way to who takes it in hand: that is a part of the program that comes with the
//! chat, without which nothing was offered and nothing asked for.

use std::{any::Any, cell::RefCell, rc::Rc};

use leptos::prelude::*;

use crate::{
    call::{ChatLine, Intent, OutgoingMessage},
    meeting::{
        announcer::Announcer, call_handle::CallHandle, local_state::LocalState,
        people::person::Person,
    },
    platform::data_channel::NewChannel,
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
        channel: NewChannel,
    },
}

/// Takes files in hand.
pub trait FileHandler: Any {
    /// Is told all that others want.
    fn handle(&self, event: FileEvent);
    /// The handler itself, for the part of the program that it belongs to.
    fn as_any(&self) -> &dyn Any;
}

/// What others want of files, and who takes it in hand. A handle.
#[derive(Debug, Clone, Copy)]
pub struct FileEvents {
    pub(in crate::meeting) call: CallHandle,
    pub(in crate::meeting) announcer: Announcer,
    /// Who is here.
    pub(in crate::meeting) people: RwSignal<Vec<Person>>,
    /// The chat, in order.
    pub(in crate::meeting) lines: RwSignal<Vec<ChatLine>>,
    handler: LocalState<RefCell<Option<Rc<dyn FileHandler>>>>,
}

impl FileEvents {
    #[inline(never)]
    pub(in crate::meeting) fn new(
        call: CallHandle,
        announcer: Announcer,
        people: RwSignal<Vec<Person>>,
        lines: RwSignal<Vec<ChatLine>>,
    ) -> Self {
        Self {
            call,
            announcer,
            people,
            lines,
            handler: LocalState::default(),
        }
    }

    /// Who takes files in hand, once there is somebody.
    pub(in crate::meeting) fn handler(&self) -> Option<Rc<dyn FileHandler>> {
        self.handler.with(|held| held.borrow().clone()).flatten()
    }

    pub(in crate::meeting) fn set_handler(&self, handler: Rc<dyn FileHandler>) {
        self.handler.with(|held| held.replace(Some(handler)));
    }

    /// Hands on what others want.
    pub(in crate::meeting) fn handle(&self, event: FileEvent) {
        match (self.handler(), event) {
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
            ) => self.send_step(from, (author, n), FileStep::Refuse),
            (None, FileEvent::Step { .. }) => {}
        }
    }

    /// Says something about a file to one participant.
    pub(in crate::meeting) fn send_step(
        &self,
        to: ParticipantId,
        (author, n): (ParticipantId, u32),
        step: FileStep,
    ) {
        self.call.send_intent(Intent::Send(OutgoingMessage::File {
            to,
            author,
            n,
            step,
        }));
    }
}
