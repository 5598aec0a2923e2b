//! The room while the person is in it: the stage with everyone, and the bar.

use leptos::prelude::*;

use super::{
    bar::bar,
    dynamic::{text, when},
    grid::grid,
    heading::heading,
    icons::{Glyph, icon},
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::{LinkState, Meeting},
    protocol::RoomName,
    words::{Word, t},
};

/// The room from inside.
pub fn call(meeting: Meeting, room: &RoomName) -> Piece {
    view! {
        <div class="call">
            <header class="call-head">
                {heading(room.as_str())}
                <p class="count">
                    {icon(Glyph::People)}
                    <span class="visually-hidden">{t(Word::RoomPeople)} " "</span>
                    {text(move || (meeting.people.read().len() + 1).to_string())}
                </p>
            </header>
            <main id="main" class="stage">
                {grid(meeting)}
                {when(move || meeting.link.get() == LinkState::Reconnecting, reconnecting)}
            </main>
            <footer class="call-foot">
                {bar(meeting)}
            </footer>
        </div>
    }
    .piece()
}

fn reconnecting() -> Piece {
    view! {
        <p class="banner">
            {icon(Glyph::Busy)}
            {t(Word::RoomCut)}
        </p>
    }
    .piece()
}
