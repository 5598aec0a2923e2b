//! The pages of addresses that lead nowhere.

use leptos::prelude::*;

use super::home::enter_room;
use crate::{
    protocol::{BadRoomName, ROOM_NAME_CHARS},
    ui::{
        components::{Glyph, Notice, notice},
        view::{ErasedView, IntoErasedView},
    },
    words::{Phrase, Plural, Word, count, say, t},
};

/// The page of an address that names no possible room.
pub fn bad_room_name(reason: &BadRoomName) -> ErasedView {
    let words = view! {
        <p>{describe(reason)}</p>
        <p class="secondary-text">{t(Word::BadNameHint)}</p>
        {enter_room()}
    };
    notice(Notice {
        glyph: Glyph::Search,
        warns: true,
        heading: view! { <h1>{t(Word::BadNameHeading)}</h1> }.erase(),
        body: words.erase(),
        next: None,
    })
}

/// The page of an address that is none.
pub fn not_found() -> ErasedView {
    let words = view! {
        <p class="secondary-text">
            {t(Word::NotFoundText)}
        </p>
    };
    notice(Notice {
        glyph: Glyph::Search,
        warns: false,
        heading: view! { <h1>{t(Word::NotFoundHeading)}</h1> }.erase(),
        body: words.erase(),
        next: None,
    })
}

fn describe(reason: &BadRoomName) -> String {
    match reason {
        BadRoomName::Empty => t(Word::BadNameEmpty).to_owned(),
        BadRoomName::TooLong(_) => count(Plural::BadNameLong, ROOM_NAME_CHARS),
        BadRoomName::Forbidden(character) => {
            // As in Rust's source, where no character goes unseen.
            let character = &character.escape_debug().to_string();
            say(Phrase::BadNameForbidden { character })
        }
    }
}
