//! What the browser remembers of whether the page may use microphone and camera (W3C Permissions), where it tells.

use futures::future::join;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use super::{
    dom::window,
    js::{self, Listener},
    promise,
};

/// Microphone and camera, by the names of their permissions.
const NAMES: [&str; 2] = ["microphone", "camera"];

/// Whether all that is asked for, of microphone and camera, may be used without a question.
pub async fn granted(asks: [bool; 2]) -> bool {
    let granted = are("granted").await;
    asks.into_iter()
        .zip(granted)
        .all(|(asked, granted)| granted || !asked)
}

/// Whether at least one of them may be.
pub async fn any_granted() -> bool {
    are("granted").await.contains(&true)
}

/// Of which of them it is remembered that they may not be used.
pub async fn denied() -> [bool; 2] {
    are("denied").await
}

/// Hears of changes for as long as the listeners are there.
pub async fn watch(changed: impl Fn() + Clone + 'static) -> Vec<Listener> {
    let statuses = statuses().await.into_iter().flatten();
    let watch = |status: JsValue| {
        let changed = changed.clone();
        let status: EventTarget = status.unchecked_into();
        Listener::new(&status, "change", move |_| changed())
    };
    statuses.map(watch).collect()
}

async fn are(state: &str) -> [bool; 2] {
    let is = |status: Option<JsValue>| {
        let now = status.and_then(|status| js::property(&status, "state")?.as_string());
        now.as_deref() == Some(state)
    };
    statuses().await.map(is)
}

async fn statuses() -> [Option<JsValue>; 2] {
    let [microphone, camera] = NAMES.map(status);
    let (microphone, camera) = join(microphone, camera).await;
    [microphone, camera]
}

async fn status(name: &'static str) -> Option<JsValue> {
    let permissions = js::property(&window().navigator(), "permissions")?;
    let descriptor = js::object(&[("name", name.into())]);
    let asking = js::call(&permissions, "query", &descriptor)?.ok()?;
    promise::wait(asking.unchecked_into()).await.ok()
}
