//! Locks that all pages of the browser see (W3C Web Locks). They go with the page that holds them.

use std::cell::Cell;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};

use super::{dom::window, js, promise};

/// A lock that is held until it is dropped.
pub struct LockGuard(Cell<Option<Function>>);

/// Takes the lock of this name, where the browser has such.
pub fn acquire(name: &str) -> Option<LockGuard> {
    let locks = js::property(&window().navigator(), "locks")?;
    let release = Cell::new(None);
    let held: JsValue = Promise::new(&mut |done, _| release.set(Some(done))).into();
    // Bound to it, `then` is a function that gives a promise which goes with it; what holds a closure that gives one
    // could not be split off.
    let then = js::property(&held, "then")?;
    let holding = js::invoke(&then, "bind", &[held]).ok()?;
    let locked = js::invoke(&locks, "request", &[name.into(), holding]).ok()?;
    promise::ignore(locked.unchecked_into());
    Some(LockGuard(release))
}

/// The names of the locks that pages hold.
pub async fn held() -> Vec<String> {
    let Some(locks) = js::property(&window().navigator(), "locks") else {
        return Vec::new();
    };
    let Ok(asked) = js::invoke(&locks, "query", &[]) else {
        return Vec::new();
    };
    let Ok(state) = promise::wait(asked.unchecked_into()).await else {
        return Vec::new();
    };
    let held = js::property(&state, "held").map(|held| Array::from(&held));
    let names = held.unwrap_or_default();
    let name = |lock| js::property(&lock, "name")?.as_string();
    names.iter().filter_map(name).collect()
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}
