//! The room while the person is in it: the stage with everyone, and the bar.

use leptos::prelude::*;

use super::{dialogs::dialogs, panels::panels, prompts::prompts};
use crate::{
    meeting::{LinkState, Meeting},
    protocol::RoomName,
    ui::{
        components::{Glyph, heading, icon},
        controls::{bar, idle, lazy::floating_reactions, listen_to_keys},
        layout::stage,
        lazy::lazy,
        recording::records,
        ui_state::Desk,
        view::{IntoPiece, Piece, classes, text, when},
    },
    words::{Word, t},
};

/// The room from inside.
pub fn call(meeting: Meeting, desk: Desk, room: &RoomName) -> Piece {
    listen_to_keys(meeting, desk);
    let idle = idle();
    let choices = meeting.choices;
    let style = move || {
        let keys = choices.single_keys.get() && choices.key_captions.get();
        classes("call", &[(idle.get(), "call-idle"), (keys, "call-keys")])
    };
    view! {
        <div class=text(style)>
            <header class="call-head">
                {heading(room.as_str())}
                <p class="count">
                    {records(meeting, desk)}
                    {icon(Glyph::People)}
                    <span class="visually-hidden">{t(Word::RoomPeople)} " "</span>
                    {text(move || (meeting.people.read().len() + 1).to_string())}
                </p>
            </header>
            <main id="main" class="stage">
                {stage(meeting, desk)}
                {when(move || meeting.link.get() == LinkState::Reconnecting, reconnecting)}
                {when(
                    move || !meeting.talking.reactions.read().is_empty(),
                    move || lazy(floating_reactions(), meeting, desk),
                )}
                {prompts(meeting, desk)}
            </main>
            {panels(meeting, desk)}
            <footer class="call-foot">
                {bar(meeting, desk)}
            </footer>
            {dialogs(meeting, desk)}
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
