//! The body as the server renders it: which page an address shows. The browser runs the page of a room
//! only; the others need no program.

use leptos::prelude::*;

use super::{
    error_pages::{bad_room_name, not_found},
    home::home,
    page::Page,
};
use crate::ui::{
    components::skip_link, diagnostics::check_page::check_page, room::room_page,
    view::IntoErasedView,
};

/// The whole page, inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    let page = match Page::requested() {
        // It has the link past its head, too, since the program renders it anew.
        Page::Room(room) => return room_page(room),
        Page::Check => return check_page(),
        Page::Home => home(),
        Page::BadRoomName(reason) => bad_room_name(&reason),
        Page::NotFound => not_found(),
    };
    view! {
        {skip_link()}
        {page}
    }
    .erase()
}
