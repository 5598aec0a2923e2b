//! The card that fills the stage while nobody else is there: the link, to send to the others.

use leptos::{html, prelude::*};

use super::{
    icons::{Glyph, Icon},
    layout::Place,
};
use crate::browser::Meeting;

/// Shows the room's link.
#[component]
pub fn Invite(
    /// Whose room.
    meeting: Meeting,
    /// Where.
    place: Signal<Place>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let (Some(input), Ok(link)) = (field.get(), window().location().href()) {
            input.set_value(&link);
        }
    });
    let select = move |_| {
        if let Some(input) = field.get_untracked() {
            input.select();
        }
    };
    let px = move |part: fn(&Place) -> f64| move || format!("{}px", part(&place.read()).round() as i32);
    view! {
        <section
            class="invite"
            aria-labelledby="invite-title"
            style=("--x", px(|place| place.x))
            style=("--y", px(|place| place.y))
            style=("--width", px(|place| place.size.width))
            style=("--height", px(|place| place.size.height))
        >
            <div class="invite-text">
                <span class="medal">
                    <Icon glyph=Glyph::People />
                </span>
                <h2 id="invite-title">"You are the first one here"</h2>
                <p class="quiet">"Send this link to the people you want to meet. They join with it as you did."</p>
                <div class="invite-link">
                    <input
                        class="input"
                        type="text"
                        readonly
                        aria-label="Link to this room"
                        node_ref=field
                        on:focus=select
                    />
                    <button class="button primary" type="button" on:click=move |_| meeting.copy_link()>
                        "Copy the link"
                    </button>
                </div>
            </div>
        </section>
    }
    .into_any()
}
