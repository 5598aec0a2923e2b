//! The pages of addresses that lead nowhere.

use leptos::prelude::*;

use super::{
    home::enter_room,
    icons::{Glyph, icon},
    masthead::masthead,
    piece::{IntoPiece, Piece},
    trouble::sentence,
};
use crate::protocol::BadRoomName;

/// The page of an address that names no possible room.
pub fn bad_room_name(reason: &BadRoomName) -> Piece {
    view! {
        <div class="page">
            {masthead()}
            <main id="main" class="notice">
                <span class="medal medal-warn">
                    {icon(Glyph::Search)}
                </span>
                <h1>"That is not a room’s name"</h1>
                <p>{sentence(&reason.to_string())}</p>
                <p class="quiet">"Check the link, or type the name of the room:"</p>
                {enter_room()}
                <div class="actions">
                    <a class="button" href="/">
                        "Home"
                    </a>
                </div>
            </main>
        </div>
    }
    .piece()
}

/// The page of an address that is none.
pub fn not_found() -> Piece {
    view! {
        <div class="page">
            {masthead()}
            <main id="main" class="notice">
                <span class="medal">
                    {icon(Glyph::Search)}
                </span>
                <h1>"There is nothing here"</h1>
                <p class="quiet">"Links to a meeting end in /r/ and the name of its room. Check yours, or start at the front page."</p>
                <div class="actions">
                    <a class="button primary" href="/">
                        "Home"
                    </a>
                </div>
            </main>
        </div>
    }
    .piece()
}
