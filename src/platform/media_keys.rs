//! The microphone, camera and hang-up keys of keyboards, headsets and systems (W3C Media Session).

use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::Navigator;

use super::js;

/// A key by the name that the standard gives it, and what it does.
pub type Key = (&'static str, Box<dyn FnMut()>);

/// Has the keys do something, for as long as it is there.
pub struct MediaKeys {
    session: JsValue,
    keys: Vec<Handler>,
}

type Handler = (&'static str, Closure<dyn FnMut()>);

impl MediaKeys {
    /// Takes the keys that the browser offers.
    pub fn new(navigator: &Navigator, actions: [Key; 3]) -> Option<Self> {
        let session = js::property(navigator, "mediaSession")?;
        let mut keys = Vec::new();
        for (key, action) in actions {
            let action = Closure::new(action);
            // A key that the browser does not know throws.
            if let Some(Ok(_)) = set_handler(&session, key, action.as_ref()) {
                keys.push((key, action));
            }
        }
        Some(Self { session, keys })
    }

    /// Tells the system whether microphone and camera are on.
    pub fn show(&self, microphone: bool, camera: bool) {
        let _ = js::call(&self.session, "setMicrophoneActive", &microphone.into());
        let _ = js::call(&self.session, "setCameraActive", &camera.into());
    }
}

impl Drop for MediaKeys {
    fn drop(&mut self) {
        for (key, _) in &self.keys {
            let _ = set_handler(&self.session, key, &JsValue::NULL);
        }
    }
}

fn set_handler(
    session: &JsValue,
    key: &str,
    handler: &JsValue,
) -> Option<Result<JsValue, JsValue>> {
    let set: js_sys::Function = js::property(session, "setActionHandler")?.dyn_into().ok()?;
    Some(set.call2(session, &key.into(), handler))
}
