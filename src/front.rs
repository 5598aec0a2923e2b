//! The program that a browser loads. What it does is in the library; it starts when the page calls for it.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server has rendered.
#[wasm_bindgen]
pub fn hydrate() {
    roundtable::hydrate();
}

fn main() {}
