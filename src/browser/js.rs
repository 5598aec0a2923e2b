//! Small bridges to JavaScript.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{
    Event, EventTarget, HtmlMediaElement, MediaStream, RtcConfiguration, RtcPeerConnection,
    RtcRtpSender,
};

/// An event listener that is removed when it is dropped.
pub struct Listener {
    target: EventTarget,
    kind: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens until it is dropped.
    pub fn new(
        target: &EventTarget,
        kind: &'static str,
        callback: impl FnMut(Event) + 'static,
    ) -> Self {
        let callback = Closure::new(callback);
        // It fails for no target that exists.
        let _ = target.add_event_listener_with_callback(kind, callback.as_ref().unchecked_ref());
        Self {
            target: target.clone(),
            kind,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.kind, callback);
    }
}

/// Shows a stream in a `<video>` or plays it in an `<audio>`; without one, lets go of what was there.
pub fn attach_stream(element: &HtmlMediaElement, stream: Option<&MediaStream>) {
    if element.src_object().as_ref() != stream {
        element.set_src_object(stream);
    }
    if stream.is_some()
        && let Ok(playing) = element.play()
    {
        // Refused where sound may not start by itself; it starts with the next click then.
        super::outcome::ignore(playing);
    }
}

/// Names the streams that a sender's track belongs to (W3C WebRTC section 5.2, `setStreams`), which
/// web-sys does not have. A simple-peer shows a track by its stream only.
pub fn set_streams(sender: &RtcRtpSender, stream: &MediaStream) {
    if let Some(set) = method(sender, "setStreams") {
        let _ = set.call1(sender, stream);
    }
}

/// Has the next offer restart ICE (W3C WebRTC section 4.4.2, `restartIce`), which web-sys does not have.
pub fn restart_ice(connection: &RtcPeerConnection) {
    if let Some(restart) = method(connection, "restartIce") {
        let _ = restart.call0(connection);
    }
}

/// Sets the configuration of a connection (W3C WebRTC section 4.4.2, `setConfiguration`), which web-sys has
/// without its argument.
///
/// # Errors
/// What the browser throws.
pub fn set_configuration(
    connection: &RtcPeerConnection,
    configuration: &RtcConfiguration,
) -> Result<(), JsValue> {
    match method(connection, "setConfiguration") {
        Some(set) => set.call1(connection, configuration).map(drop),
        None => Ok(()),
    }
}

/// A property of an object that may not have it.
pub fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

fn method(object: &JsValue, name: &str) -> Option<Function> {
    property(object, name)?.dyn_into().ok()
}
