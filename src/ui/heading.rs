//! The heading of a page that comes without a navigation: it takes the focus, so that it is read out and
//! the keyboard goes on from there.

use leptos::{html, prelude::*};

/// A focused first heading.
#[component]
pub fn Heading(
    /// What it says.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let node = NodeRef::<html::H1>::new();
    Effect::new(move |_| {
        if let Some(heading) = node.get() {
            let _ = heading.focus();
        }
    });
    view! {
        <h1 tabindex="-1" dir="auto" node_ref=node>
            {text}
        </h1>
    }
}
