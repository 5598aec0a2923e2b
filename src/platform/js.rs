//! Small bridges to JavaScript.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{
    Event, EventTarget, HtmlMediaElement, MediaStream, RtcConfiguration, RtcPeerConnection,
    RtcRtpSender,
};

use super::dom::document;

/// What the browser throws.
pub use wasm_bindgen::JsValue as Failure;

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
        super::promise::ignore(playing);
    }
}

/// Plays a stream that may be heard: browsers allow that after a click on the page only, and `blocked` is called
/// where they don't.
pub fn play_stream(
    element: &HtmlMediaElement,
    stream: Option<&MediaStream>,
    blocked: impl FnOnce() + 'static,
) {
    element.set_src_object(stream);
    if stream.is_some()
        && let Ok(playing) = element.play()
    {
        wasm_bindgen_futures::spawn_local(async move {
            let played = wasm_bindgen_futures::JsFuture::from(playing).await;
            if played.is_err_and(|error| super::promise::name(&error) == "NotAllowedError") {
                blocked();
            }
        });
    }
}

/// Has every sound of the page play, from a click.
pub fn play_all() {
    let document = document();
    let Ok(found) = document.query_selector_all("audio") else {
        return;
    };
    for place in 0..found.length() {
        if let Some(element) = found.item(place)
            && let Ok(playing) = element.unchecked_into::<HtmlMediaElement>().play()
        {
            super::promise::ignore(playing);
        }
    }
}

/// Closes a popover (HTML section 6.12, `hidePopover`), which web-sys does not have.
pub fn hide_popover(element: &web_sys::HtmlElement) {
    let _ = call(element, "hidePopover", &JsValue::UNDEFINED);
}

/// Has the page say that something of the program could not be loaded (`pages/start.js`).
pub fn start_failed() {
    let _ = call(&js_sys::global(), "startFailed", &JsValue::UNDEFINED);
}

/// Names the streams that a sender's track belongs to (W3C WebRTC section 5.2, `setStreams`), which
/// web-sys does not have. A simple-peer shows a track by its stream only.
pub fn set_streams(sender: &RtcRtpSender, stream: &MediaStream) {
    let _ = call(sender, "setStreams", stream);
}

/// How a sender encodes (W3C WebRTC section 5.2, `getParameters`); web-sys does not have all of it.
pub fn parameters(sender: &RtcRtpSender) -> Option<JsValue> {
    call(sender, "getParameters", &JsValue::UNDEFINED)?.ok()
}

/// Has a sender encode otherwise (W3C WebRTC section 5.2, `setParameters`): with the very object that
/// [`parameters`] gave, in the same task. What the browser can't do stays as it was.
pub fn set_parameters(sender: &RtcRtpSender, parameters: &JsValue) {
    if let Some(Ok(setting)) = call(sender, "setParameters", parameters) {
        super::promise::ignore(setting.unchecked_into::<Promise>());
    }
}

/// Has the next offer restart ICE (W3C WebRTC section 4.4.2, `restartIce`), which web-sys does not have.
pub fn restart_ice(connection: &RtcPeerConnection) {
    let _ = call(connection, "restartIce", &JsValue::UNDEFINED);
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
    let set = call(connection, "setConfiguration", configuration);
    set.map_or(Ok(()), |set| set.map(drop))
}

/// A property of an object that may not have it.
pub fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// Sets a property that web-sys does not have.
pub fn set(object: &JsValue, name: &str, value: JsValue) {
    // It fails for frozen objects only.
    let _ = Reflect::set(object, &name.into(), &value);
}

/// An object of these properties.
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new().into();
    for (name, value) in properties {
        set(&object, name, value.clone());
    }
    object
}

/// Calls a method that web-sys does not have, or the browser; what it returns or throws, if it is there.
pub fn call(object: &JsValue, name: &str, argument: &JsValue) -> Option<Result<JsValue, JsValue>> {
    Some(method(object, name)?.call1(object, argument))
}

/// Calls a method with any number of arguments, where web-sys would bring a binding for each one into the program that
/// everybody loads.
///
/// # Errors
/// What it throws; `undefined` where there is no such method.
pub fn invoke(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method = method(object, name).ok_or(JsValue::UNDEFINED)?;
    Reflect::apply(&method, object, &Array::from_iter(arguments))
}

/// Makes an object of a class that the browser may not have.
///
/// # Errors
/// What its constructor throws; `undefined` where there is no such class.
pub fn make(class: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let class = method(&js_sys::global(), class).ok_or(JsValue::UNDEFINED)?;
    Reflect::construct(&class, &Array::from_iter(arguments))
}

/// Whether an object has a method.
pub fn has_method(object: &JsValue, name: &str) -> bool {
    method(object, name).is_some()
}

fn method(object: &JsValue, name: &str) -> Option<Function> {
    property(object, name)?.dyn_into().ok()
}
