//! A guard for files that are dropped beside the chat.

use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event};

use super::{dom::window, js::Listener};

/// Keeps a file that misses the chat from being opened in the place of the call.
pub struct FileDropGuard(
    #[expect(dead_code, reason = "listens until it is dropped")] [Listener; 2],
);

impl FileDropGuard {
    /// Guards the page from now on.
    pub fn begin() -> Self {
        let window = window();
        Self(["dragover", "drop"].map(|kind| {
            Listener::new(&window, kind, |event: Event| {
                let event: DragEvent = event.unchecked_into();
                let types = event.data_transfer().map(|transfer| transfer.types());
                if types.is_some_and(|types| types.includes(&"Files".into(), 0)) {
                    event.prevent_default();
                }
            })
        }))
    }
}
