//! What both transports read with: some frames are answered at once, the others become events.

use std::{cell::Cell, rc::Rc};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use wasm_bindgen::JsValue;

use crate::{
    call::{FrameOutcome, LinkEvent, read_frame},
    platform::js,
    protocol::frame::{self, Handshake},
};

/// What a transport reads with, and answers.
pub(super) struct Reader<R> {
    pub report: R,
    /// What is sent.
    pub outgoing: UnboundedSender<String>,
    /// As the link's.
    pub alive: Rc<Cell<bool>>,
}

/// What is to be sent, in order. It ends when the link is dropped.
pub(super) type Queue = UnboundedReceiver<String>;

/// Ends the requests of an `AbortController`.
pub(super) fn abort(controller: &JsValue) {
    let _ = js::call(controller, "abort", &JsValue::UNDEFINED);
}

/// Whether a transport goes on.
pub(super) enum Next {
    /// It does, with a session that is open now.
    Session(Handshake),
    Read,
    End,
}

impl<R: Fn(LinkEvent)> Reader<R> {
    /// Takes one frame.
    pub fn take(&self, text: &str) -> Next {
        match read_frame(text) {
            FrameOutcome::Open(handshake) => {
                self.alive.set(true);
                (self.report)(LinkEvent::Handshake {
                    longest_silence: handshake.patience(),
                });
                let _ = self.outgoing.unbounded_send(frame::CONNECT.to_owned());
                return Next::Session(handshake);
            }
            FrameOutcome::Ping => {
                let _ = self.outgoing.unbounded_send(frame::PONG.to_owned());
                (self.report)(LinkEvent::Alive);
            }
            FrameOutcome::Report(event) => (self.report)(event),
            FrameOutcome::Nothing => {}
            FrameOutcome::End => return Next::End,
        }
        Next::Read
    }
}
