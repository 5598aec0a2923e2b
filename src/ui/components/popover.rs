//! What opens over the bar: the browser's own popovers, which close on Escape and on a press beside them.

use leptos::prelude::*;

use crate::{
    meeting::Meeting,
    platform::js::hide_popover,
    ui::{
        lazy::{Chunk, lazy},
        ui_state::UiState,
        view::{ElementRef, ErasedView, IntoErasedView, press, when},
    },
    words::{Word, t},
};

/// A popover by its id; whatever is pressed in it closes it. What it holds is loaded when it is first opened.
pub fn popover(
    id: &'static str,
    class: &'static str,
    label: Word,
    chunk: fn() -> Chunk,
    meeting: Meeting,
    ui_state: UiState,
) -> ErasedView {
    let node = ElementRef::new();
    let opened = RwSignal::new(false);
    let close = move || {
        if let Some(element) = node.get_untracked() {
            hide_popover(&element);
        }
    };
    view! {
        <div
            class=class
            id=id
            popover="auto"
            role="group"
            aria-label=t(label)
            node_ref=node
            on:click=press(close)
            on:toggle=press(move || opened.set(true))
        >
            {when(move || opened.get(), move || lazy(chunk(), meeting, ui_state))}
        </div>
    }
    .erase()
}
