//! The window and its document. They are there wherever this half runs.

use wasm_bindgen::UnwrapThrowExt;
use web_sys::{Document, Window};

/// The window of the page.
#[inline(never)]
pub fn window() -> Window {
    web_sys::window().unwrap_throw()
}

/// The document of the page.
#[inline(never)]
pub fn document() -> Document {
    window().document().unwrap_throw()
}
