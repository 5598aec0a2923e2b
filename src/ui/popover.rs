//! What opens over the bar: the browser's own popovers, which close on Escape and on a press beside them.

use leptos::prelude::*;

use super::{
    dynamic::{ElementRef, press},
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::hide_popover,
    words::{Word, t},
};

/// A popover by its id; whatever is pressed in it closes it.
pub fn popover(id: &'static str, class: &'static str, label: Word, content: Piece) -> Piece {
    let node = ElementRef::new();
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
        >
            {content}
        </div>
    }
    .piece()
}
