//! After the call.

use leptos::prelude::*;

use super::{
    dynamic::press,
    heading::heading,
    icons::{Glyph, icon},
    masthead::masthead,
    piece::{IntoPiece, Piece},
};
use crate::{browser::Meeting, protocol::RoomName};

/// Says that the person left, and offers the way back.
pub fn left_page(meeting: Meeting, room: &RoomName) -> Piece {
    view! {
        <div class="page">
            {masthead()}
            <main id="main" class="notice">
                <span class="medal">
                    {icon(Glyph::Door)}
                </span>
                {heading("You left the meeting")}
                <p class="quiet">
                    "Camera and microphone are off. The link to " <bdi>{room.as_str().to_owned()}</bdi>
                    " still works."
                </p>
                <div class="actions">
                    <button class="button primary" type="button" on:click=press(move || meeting.rejoin())>
                        "Rejoin"
                    </button>
                    <a class="button" href="/">
                        "Home"
                    </a>
                </div>
            </main>
        </div>
    }
    .piece()
}
