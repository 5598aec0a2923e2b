//! Keeps the screen on during a call (W3C Screen Wake Lock). web-sys has it only as an unstable interface.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::{
    dom::{document, window},
    js::{self, Listener},
    promise,
};

/// Keeps the screen on for as long as it is there and the page is seen; a browser lets go when it is hidden.
pub struct WakeLock {
    sentinel: Rc<RefCell<Option<JsValue>>>,
    _listener: Listener,
}

impl WakeLock {
    /// Takes the lock, and takes it again whenever the page is seen again.
    pub fn new() -> Self {
        let sentinel = Rc::default();
        take(&sentinel);
        let again = sentinel.clone();
        let listener = Listener::new(&document(), "visibilitychange", move |_| {
            if !document().hidden() {
                take(&again);
            }
        });
        Self {
            sentinel,
            _listener: listener,
        }
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        if let Some(sentinel) = self.sentinel.take() {
            let _ = js::call(&sentinel, "release", &JsValue::UNDEFINED);
        }
    }
}

fn take(sentinel: &Rc<RefCell<Option<JsValue>>>) {
    let lock = js::property(&window().navigator(), "wakeLock");
    let asked = lock.and_then(|lock| js::call(&lock, "request", &"screen".into()));
    let Some(Ok(asked)) = asked else { return };
    let sentinel = Rc::downgrade(sentinel);
    spawn_local(async move {
        // Refused on a low battery, for instance; the call goes on all the same.
        let Ok(taken) = promise::wait(asked.unchecked_into()).await else {
            return;
        };
        match sentinel.upgrade() {
            Some(sentinel) => drop(sentinel.replace(Some(taken))),
            None => drop(js::call(&taken, "release", &JsValue::UNDEFINED)),
        }
    });
}
