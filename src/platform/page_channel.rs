//! What pages of this browser say to each other, by a `BroadcastChannel` (HTML section 9.6). Where there is none, each page
//! is alone.

use js_sys::Math;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, MessageEvent};

use super::js::{self, Listener};

/// A channel of this name to other pages. Dropping it, the page is not heard of any more.
pub struct PageChannel {
    channel: JsValue,
    /// What this page is called among them.
    own: String,
    _listener: Listener,
}

/// What another page says.
pub struct PageMessage(JsValue);

impl PageChannel {
    /// Opens it, and hears from now on.
    pub fn open(name: &str, on_message: impl Fn(PageMessage) + 'static) -> Option<Self> {
        let channel = js::make("BroadcastChannel", &[name.into()]).ok()?;
        let target: &EventTarget = channel.unchecked_ref();
        let listener = Listener::new(target, "message", move |event| {
            on_message(PageMessage(event.unchecked_into::<MessageEvent>().data()));
        });
        let own = [Math::random(), Math::random()].map(|number| (number * 9e15) as u64);
        Some(Self {
            channel,
            own: own.map(|number| number.to_string()).join("-"),
            _listener: listener,
        })
    }

    /// Says something to all of them, or to one.
    pub fn say(&self, kind: &str, to: Option<&str>, more: &[(&str, JsValue)]) {
        let message = js::object(more);
        js::set(&message, "kind", kind.into());
        js::set(&message, "from", self.own.as_str().into());
        if let Some(to) = to {
            js::set(&message, "to", to.into());
        }
        let _ = js::invoke(&self.channel, "postMessage", &[message]);
    }

    /// Whether a message is for this page.
    pub fn is_for_me(&self, message: &PageMessage) -> bool {
        message.text("to").is_none_or(|to| to == self.own)
    }
}

impl Drop for PageChannel {
    fn drop(&mut self) {
        let _ = js::invoke(&self.channel, "close", &[]);
    }
}

impl PageMessage {
    /// A field that is a text.
    pub fn text(&self, name: &str) -> Option<String> {
        js::property(&self.0, name)?.as_string()
    }

    /// A field that is a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        js::property(&self.0, name)?.as_f64()
    }

    /// Whether a field is there and true.
    pub fn is_on(&self, name: &str) -> bool {
        js::property(&self.0, name).is_some_and(|value| value.is_truthy())
    }
}
