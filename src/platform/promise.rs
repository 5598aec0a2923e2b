//! Promises and their failures.

use js_sys::{Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Waits for a promise.
///
/// # Errors
/// The message of the exception that it was rejected with.
pub async fn wait(promise: Promise) -> Result<JsValue, String> {
    JsFuture::from(promise)
        .await
        .map_err(|error| message(&error))
}

/// Lets a promise go its way; a rejection is of no consequence.
pub fn ignore(promise: Promise) {
    spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}

/// The name of an exception, such as `NotAllowedError`.
pub fn name(error: &JsValue) -> String {
    text(error, "name")
}

/// The message of an exception.
pub fn message(error: &JsValue) -> String {
    text(error, "message")
}

fn text(error: &JsValue, field: &str) -> String {
    let value = Reflect::get(error, &field.into()).ok();
    value
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}
