//! This page: its address, its language, whether it may call, and whether the server has a newer one.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, Response};

use super::{
    capture,
    dom::{document, window},
    js, promise,
};

/// The status of what is not there (RFC 9110 section 15.5.5).
const NOT_FOUND: u16 = 404;

/// Whether browsers give camera and microphone to pages of this origin (W3C Secure Contexts).
pub fn is_secure() -> bool {
    window().is_secure_context()
}

/// Whether the browser can call.
pub fn can_call() -> bool {
    js::property(&window(), "RTCPeerConnection").is_some() && capture::devices().is_some()
}

/// The address as the browser has it.
pub fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// The query of the address.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Takes the query out of the address: links that are sent on are without.
pub fn drop_query() {
    if let (Ok(history), Ok(path)) = (window().history(), window().location().pathname()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}

/// Loads the page again.
pub fn reload() {
    let _ = window().location().reload();
}

/// Whether a page that is shown comes out of the cache of the browser (HTML section 7.4.6).
pub fn is_restored(event: &Event) -> bool {
    js::property(event, "persisted").is_some_and(|kept| kept.is_truthy())
}

/// Whether the server has another build by now: it does not have the scripts of this page any more.
pub async fn is_replaced() -> bool {
    let own = document().query_selector("link[rel=modulepreload]");
    let Some(address) = own
        .ok()
        .flatten()
        .and_then(|link| link.get_attribute("href"))
    else {
        return false;
    };
    let options = js::object(&[("method", "HEAD".into()), ("cache", "no-store".into())]);
    let Ok(asked) = js::invoke(&window(), "fetch", &[address.into(), options]) else {
        return false;
    };
    let answer = promise::wait(asked.unchecked_into()).await;
    answer.is_ok_and(|answer| answer.unchecked_into::<Response>().status() == NOT_FOUND)
}

/// Fetches a JSON array.
pub async fn fetch_array(address: &str) -> Option<Array> {
    let response = promise::wait(window().fetch_with_str(address)).await.ok()?;
    let response: Response = response.unchecked_into();
    let array = promise::wait(response.json().ok()?).await.ok()?;
    array.dyn_into().ok()
}

/// An attribute of the document's root.
pub fn attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Sets an attribute of the document's root.
pub fn set_attribute(name: &str, value: &str) {
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute(name, value);
    }
}
