//! After the call.

use leptos::prelude::*;

use super::{
    heading::heading,
    icons::Glyph,
    notice::{Notice, next, notice},
    piece::{IntoPiece, Piece},
};
use crate::{browser::Meeting, protocol::RoomName};

/// Says that the person left, and offers the way back.
pub fn left_page(meeting: Meeting, room: &RoomName) -> Piece {
    let words = view! {
        <p class="quiet">
            "Camera and microphone are off. The link to " <bdi>{room.as_str().to_owned()}</bdi> " still works."
        </p>
    };
    notice(Notice {
        glyph: Glyph::Door,
        warns: false,
        heading: heading("You left the meeting"),
        words: words.piece(),
        next: Some(next("Rejoin", move || meeting.rejoin())),
    })
}
