//! The channel on which one file travels.

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use web_sys::{Event, MessageEvent, RtcDataChannel, RtcDataChannelState, RtcDataChannelType};

pub use js_sys::ArrayBuffer as ChunkBuffer;

use super::js::Listener;
use crate::call::files::{FileControl, LOW_WATER};

/// A channel that nobody listens to yet.
pub struct NewChannel(RtcDataChannel);

impl NewChannel {
    /// One that the browser has made.
    pub fn new(rtc: RtcDataChannel) -> Self {
        rtc.set_binary_type(RtcDataChannelType::Arraybuffer);
        rtc.set_buffered_amount_low_threshold(u32::try_from(LOW_WATER).unwrap_or_default());
        Self(rtc)
    }

    /// By which it is told from others.
    pub fn label(&self) -> String {
        self.0.label()
    }

    /// Closes it.
    pub fn close(&self) {
        self.0.close();
    }

    /// Listens to it from now on: to each message, and to what else is new of it.
    pub fn listen(
        self,
        on_message: impl Fn(Message) + 'static,
        on_change: impl Fn(Change) + Copy + 'static,
    ) -> Channel {
        let changes = [
            ("open", Change::Writable),
            ("bufferedamountlow", Change::Writable),
            ("close", Change::Closed),
        ];
        let mut listeners = vec![Listener::new(&self.0, "message", move |event| {
            on_message(parse_message(event));
        })];
        for (name, change) in changes {
            listeners.push(Listener::new(&self.0, name, move |_| on_change(change)));
        }
        Channel {
            rtc: self.0,
            _listeners: listeners,
        }
    }
}

/// What is new of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is open, or has room again.
    Writable,
    /// It is closed.
    Closed,
}

/// A channel, and those who listen to it.
pub struct Channel {
    rtc: RtcDataChannel,
    _listeners: Vec<Listener>,
}

/// What a message is.
pub enum Message {
    /// Bytes of the file.
    Bytes(ChunkBuffer),
    /// A word, or what is none.
    Control(Option<FileControl>),
}

impl Channel {
    /// Bytes that have not left yet.
    pub fn buffered(&self) -> u64 {
        self.rtc.buffered_amount().into()
    }

    /// Whether nothing comes any more.
    pub fn is_closed(&self) -> bool {
        self.rtc.ready_state() == RtcDataChannelState::Closed
    }

    /// Whether something can be said.
    pub fn is_open(&self) -> bool {
        self.rtc.ready_state() == RtcDataChannelState::Open
    }

    /// Sends bytes; whether the channel took them.
    pub fn send(&self, bytes: &[u8]) -> bool {
        self.rtc.send_with_u8_array(bytes).is_ok()
    }

    /// Says a word. On a channel that is gone it is not heard.
    pub fn send_control(&self, word: FileControl) {
        let _ = self.rtc.send_with_str(&word.to_string());
    }

    /// Closes it when all that was sent has left.
    pub fn close(&self) {
        self.rtc.close();
    }
}

/// Reads a message.
fn parse_message(event: Event) -> Message {
    match event.unchecked_into::<MessageEvent>().data().dyn_into() {
        Ok(buffer) => Message::Bytes(buffer),
        Err(other) => {
            let text = other.as_string();
            Message::Control(text.and_then(|text| FileControl::parse(&text)))
        }
    }
}

/// The bytes of a message.
pub fn bytes(buffer: &ChunkBuffer) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}
