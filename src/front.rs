//! The program that a browser loads. What it does is in the library; it starts when the page calls for it.

use wasm_bindgen::prelude::wasm_bindgen;

/// The standard one takes 0.7 kB more of what a browser loads, as brotli.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Takes over the page that the server has rendered.
#[wasm_bindgen]
pub fn hydrate() {
    roundtable::hydrate();
}

fn main() {}
