//! The controls of a call. Microphone, camera and leave are there at every width.

use leptos::prelude::*;

use super::{
    dynamic::press,
    icons::{Glyph, icon},
    piece::{IntoPiece, Piece},
    switches::{camera_switch, microphone_switch},
};
use crate::browser::Meeting;

/// The bar under the stage.
pub fn bar(meeting: Meeting) -> Piece {
    view! {
        <div class="bar" role="toolbar" aria-label="Call controls">
            {microphone_switch(meeting)}
            {camera_switch(meeting)}
            <button
                class="control"
                type="button"
                aria-label="Copy link"
                title="Copy link"
                on:click=press(move || meeting.copy_link())
            >
                {icon(Glyph::Link)}
            </button>
            <button
                class="control control-leave"
                type="button"
                aria-label="Leave"
                title="Leave"
                on:click=press(move || meeting.leave())
            >
                {icon(Glyph::HangUp)}
            </button>
        </div>
    }
    .piece()
}
