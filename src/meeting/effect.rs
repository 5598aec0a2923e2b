//! Effects, compiled once.

use leptos::prelude::Effect;

/// Runs in the browser, after the page has changed, and again when what it reads has. Leptos would compile its machinery anew
/// for each closure, and a browser has to load all of that.
pub fn effect(action: impl FnMut() + 'static) {
    run(Box::new(action));
}

#[inline(never)]
fn run(mut action: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| action());
}
