//! The Socket.IO link to the server, over one WebSocket or by long polling. When an attempt is given up, and when a link is
//! dead, is not decided here.

mod polling;
mod reader;
mod websocket;

use std::{cell::Cell, rc::Rc};

use futures::{
    FutureExt,
    channel::mpsc::{self, UnboundedSender},
    future::{AbortHandle, abortable},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use self::reader::{Reader, abort};
use super::js;
use crate::{
    call::{LinkEvent, Transport, write_frame},
    protocol::{ClientEvent, frame},
};

/// A link to the server. Dropping it leaves the namespace, after what was sent before.
pub struct Link {
    outgoing: UnboundedSender<String>,
    reading: AbortHandle,
    /// Whether there is someone to say farewell to.
    alive: Rc<Cell<bool>>,
    /// Ends what is being sent (DOM section 3.1, `AbortController`).
    sending: Option<JsValue>,
}

impl Link {
    /// Opens a link to the server that the page came from. `report` is told what it brings, never from
    /// within this call, and nothing after the link is dropped.
    pub fn open(transport: Transport, report: impl Fn(LinkEvent) + 'static) -> Self {
        let (outgoing, queue) = mpsc::unbounded();
        let alive = Rc::new(Cell::new(false));
        let reader = Reader {
            report,
            outgoing: outgoing.clone(),
            alive: alive.clone(),
        };
        let sending = js::make("AbortController", &[]).ok();
        let posting = sending.clone();
        let (reading, abort) = abortable(async move {
            let end = match transport {
                Transport::WebSocket => websocket::run(queue, &reader).await,
                Transport::Polling => polling::run(queue, posting, &reader).await,
            };
            reader.alive.set(false);
            (reader.report)(end);
        });
        spawn_local(reading.map(drop));
        Self {
            outgoing,
            reading: abort,
            alive,
            sending,
        }
    }

    /// Lets go of it without a farewell, and of what is on its way.
    pub fn abandon(self) {
        self.alive.set(false);
        if let Some(sending) = &self.sending {
            abort(sending);
        }
    }

    /// Sends an event.
    pub fn emit(&self, event: &ClientEvent) {
        let _ = self.outgoing.unbounded_send(write_frame(event));
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.reading.abort();
        if self.alive.get() {
            let _ = self.outgoing.unbounded_send(frame::DISCONNECT.to_owned());
        }
        self.outgoing.close_channel();
    }
}
