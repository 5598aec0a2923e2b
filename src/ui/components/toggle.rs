//! A round button that turns something on and off.

use leptos::prelude::*;

use super::icons::{Glyph, icon};
use crate::ui::view::{ErasedView, IntoErasedView, press, text};

/// A button whose name says what a press does; while it is `on`, it is filled. `class` says what kind it is besides, `key`
/// which key does the same.
pub fn toggle(
    class: &'static str,
    key: Option<&'static str>,
    on: Memo<bool>,
    glyph: Glyph,
    label: impl Fn() -> String + Copy + Send + 'static,
    action: impl Fn() + 'static,
) -> ErasedView {
    let classes = move || {
        let state = if on.get() { " control-on" } else { "" };
        ["control ", class, state].concat()
    };
    view! {
        <button
            class=text(classes)
            type="button"
            data-key=key
            aria-label=text(label)
            title=text(label)
            on:click=press(action)
        >
            {icon(glyph)}
        </button>
    }
    .erase()
}
