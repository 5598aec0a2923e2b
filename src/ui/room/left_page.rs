//! After the call.

use leptos::prelude::*;

use crate::{
    meeting::Meeting,
    protocol::RoomName,
    ui::{
        components::{Glyph, Notice, heading, next_button, notice},
        view::{ErasedView, IntoErasedView},
    },
    words::{Phrase, Word, say, t},
};

/// Says that the person left, and offers the way back.
pub fn left_page(meeting: Meeting, room: &RoomName) -> ErasedView {
    let words = view! {
        <p class="secondary-text">
            {say(Phrase::LeftText { room: room.as_str() })}
        </p>
    };
    notice(Notice {
        glyph: Glyph::Door,
        warns: false,
        heading: heading(t(Word::LeftHeading)),
        body: words.erase(),
        next: Some(next_button(t(Word::LeftRejoin), move || meeting.rejoin())),
    })
}
