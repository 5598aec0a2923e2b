//! The room while the person is in it: the stage with everyone, and the bar.

use leptos::prelude::*;

use super::{
    bar::Bar,
    grid::Grid,
    heading::Heading,
    icons::{Glyph, Icon},
};
use crate::{
    browser::{LinkState, Meeting},
    protocol::RoomName,
};

/// The room from inside.
#[component]
pub fn Call(
    /// The meeting that goes on.
    meeting: Meeting,
    /// Its room.
    room: RoomName,
) -> impl IntoView {
    let here = Memo::new(move |_| meeting.people.read().len() + 1);
    view! {
        <div class="call">
            <header class="call-head">
                <Heading text=room.as_str().to_owned() />
                <p class="count">
                    <Icon glyph=Glyph::People />
                    <span class="visually-hidden">"People here: "</span>
                    {here}
                </p>
            </header>
            <main id="main" class="stage">
                <Grid meeting=meeting />
                <Show when=move || meeting.link.get() == LinkState::Reconnecting>
                    <p class="banner">
                        <Icon glyph=Glyph::Busy />
                        "Reconnecting… You still see and hear each other."
                    </p>
                </Show>
            </main>
            <footer class="call-foot">
                <Bar meeting=meeting />
            </footer>
        </div>
    }
    .into_any()
}
