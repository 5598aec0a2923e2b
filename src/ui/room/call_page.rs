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
        recording::recording_indicator,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, classes, text, when},
    },
    words::{Word, t},
};

/// The room from inside.
pub fn call(meeting: Meeting, ui_state: UiState, room: &RoomName) -> ErasedView {
    listen_to_keys(meeting, ui_state);
    let idle = idle();
    let choices = meeting.choices;
    let style = move || {
        let keys = choices.single_keys.get() && choices.key_captions.get();
        classes(
            "call",
            &[(idle.get(), "call-idle"), (keys, "call-key-hints")],
        )
    };
    view! {
        <div class=text(style)>
            <header class="call-head">
                {heading(room.as_str())}
                <p class="count">
                    {recording_indicator(meeting, ui_state)}
                    {icon(Glyph::People)}
                    <span class="visually-hidden">{t(Word::RoomPeople)} " "</span>
                    {text(move || (meeting.people.list.read().len() + 1).to_string())}
                </p>
            </header>
            <main id="main" class="stage">
                {stage(meeting, ui_state)}
                {when(move || meeting.call.link.get() == LinkState::Reconnecting, reconnecting)}
                {when(
                    move || !meeting.talk.reactions.read().is_empty(),
                    move || lazy(floating_reactions(), meeting, ui_state),
                )}
                {prompts(meeting, ui_state)}
            </main>
            {panels(meeting, ui_state)}
            <footer class="call-foot">
                {bar(meeting, ui_state)}
            </footer>
            {dialogs(meeting, ui_state)}
        </div>
    }
    .erase()
}

fn reconnecting() -> ErasedView {
    view! {
        <p class="banner">
            {icon(Glyph::Busy)}
            {t(Word::RoomServerLost)}
        </p>
    }
    .erase()
}
