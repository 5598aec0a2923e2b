//! The heading of a page that comes without a navigation: it takes the focus, so that it is read out and
//! the keyboard goes on from there.

use leptos::prelude::*;

use crate::ui::view::{ElementRef, ErasedView, IntoErasedView, effect};

/// A focused first heading.
pub fn heading(text: &str) -> ErasedView {
    let node = ElementRef::new();
    effect(move || {
        if let Some(heading) = node.get() {
            let _ = heading.focus();
        }
    });
    view! {
        <h1 tabindex="-1" node_ref=node>
            <bdi>{text.to_owned()}</bdi>
        </h1>
    }
    .erase()
}
