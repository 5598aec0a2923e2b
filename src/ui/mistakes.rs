//! The pages of addresses that lead nowhere.

use leptos::prelude::*;

use super::{
    home::enter_room,
    icons::Glyph,
    notice::{Notice, notice},
    piece::{IntoPiece, Piece},
    trouble::sentence,
};
use crate::protocol::BadRoomName;

/// The page of an address that names no possible room.
pub fn bad_room_name(reason: &BadRoomName) -> Piece {
    let words = view! {
        <p>{sentence(&reason.to_string())}</p>
        <p class="quiet">"Check the link, or type the name of the room:"</p>
        {enter_room()}
    };
    notice(Notice {
        glyph: Glyph::Search,
        warns: true,
        heading: view! { <h1>"That is not a room’s name"</h1> }.piece(),
        words: words.piece(),
        next: None,
    })
}

/// The page of an address that is none.
pub fn not_found() -> Piece {
    let words = view! {
        <p class="quiet">
            "Links to a meeting end in /r/ and the name of its room. Check yours, or start at the front page."
        </p>
    };
    notice(Notice {
        glyph: Glyph::Search,
        warns: false,
        heading: view! { <h1>"There is nothing here"</h1> }.piece(),
        words: words.piece(),
        next: None,
    })
}
