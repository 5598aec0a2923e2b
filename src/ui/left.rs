//! After the call.

use leptos::prelude::*;

use super::{
    heading::Heading,
    home::Masthead,
    icons::{Glyph, Icon},
};
use crate::{browser::Meeting, protocol::RoomName};

/// Says that the person left, and offers the way back.
#[component]
pub fn LeftPage(
    /// The meeting that was left.
    meeting: Meeting,
    /// Its room.
    room: RoomName,
) -> impl IntoView {
    view! {
        <div class="page">
            <Masthead />
            <main id="main" class="notice">
                <span class="medal">
                    <Icon glyph=Glyph::Door />
                </span>
                <Heading text="You left the meeting" />
                <p class="quiet">
                    "Camera and microphone are off. The link to " <bdi>{room.as_str().to_owned()}</bdi>
                    " still works."
                </p>
                <div class="actions">
                    <button class="button primary" type="button" on:click=move |_| meeting.rejoin()>
                        "Rejoin"
                    </button>
                    <a class="button" href="/">
                        "Home"
                    </a>
                </div>
            </main>
        </div>
    }
    .into_any()
}
