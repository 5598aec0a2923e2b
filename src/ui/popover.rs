//! What opens over the bar: the browser's own popovers, which close on Escape and on a press beside them.

use leptos::prelude::*;

use super::{
    desk::Desk,
    dynamic::{ElementRef, press, when},
    later::{Part, later_awaited},
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::{Meeting, hide_popover},
    words::{Word, t},
};

/// A popover by its id; whatever is pressed in it closes it. What it holds is loaded when it is first opened.
pub fn popover(
    id: &'static str,
    class: &'static str,
    label: Word,
    part: Part,
    meeting: Meeting,
    desk: Desk,
) -> Piece {
    let node = ElementRef::new();
    let (opened, shown) = (RwSignal::new(false), RwSignal::new(true));
    let toggled = move || {
        opened.set(true);
        let element = node.get_untracked();
        shown.set(element.is_some_and(|element| element.matches(":popover-open").unwrap_or(true)));
    };
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
            on:toggle=press(toggled)
        >
            {when(move || opened.get(), move || later_awaited(part, meeting, desk, shown))}
        </div>
    }
    .piece()
}
