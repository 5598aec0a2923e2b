//! The controls of a call. Microphone, camera and leave are there at every width.

use leptos::prelude::*;

use super::{
    dynamic::press,
    icons::{Glyph, icon},
    piece::{IntoPiece, Piece},
    switches::{camera_switch, microphone_switch},
};
use crate::{
    browser::Meeting,
    words::{Word, t},
};

/// The bar under the stage.
pub fn bar(meeting: Meeting) -> Piece {
    view! {
        <div class="bar" role="toolbar" aria-label=t(Word::BarLabel)>
            {microphone_switch(meeting)}
            {camera_switch(meeting)}
            <button
                class="control"
                type="button"
                aria-label=t(Word::BarCopy)
                title=t(Word::BarCopy)
                on:click=press(move || meeting.copy_link())
            >
                {icon(Glyph::Link)}
            </button>
            <button
                class="control control-leave"
                type="button"
                aria-label=t(Word::BarLeave)
                title=t(Word::BarLeave)
                on:click=press(move || meeting.leave())
            >
                {icon(Glyph::HangUp)}
            </button>
        </div>
    }
    .piece()
}
