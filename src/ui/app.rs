//! The body as the server renders it: which page an address shows. The browser runs the page of a room
//! only; the others need no program.

use leptos::prelude::*;

use super::{
    home::home,
    mistakes::{bad_room_name, not_found},
    page::Page,
    room_page::room_page,
};

/// The whole page, inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    match Page::requested() {
        Page::Home => home(),
        Page::Room(room) => room_page(room),
        Page::BadRoomName(reason) => bad_room_name(&reason),
        Page::NotFound => not_found(),
    }
}
