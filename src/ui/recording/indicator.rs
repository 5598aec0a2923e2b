//! Who records, in the head of the call: seen for as long as it lasts.

use leptos::prelude::*;

use super::lazy::elapsed;
use crate::{
    meeting::Meeting,
    ui::{
        components::{Glyph, icon},
        lazy::lazy,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, dynamic, memo},
    },
    words::{Phrase, say},
};

/// The mark of the person itself, with the time, or of the first of the others.
pub fn recording_indicator(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let own = memo(move || meeting.recording.seconds.read().is_some());
    dynamic(move || {
        if own.get() {
            return Some(untrack(|| lazy(elapsed(), meeting, ui_state)));
        }
        let people = meeting.people.list.read();
        let person = people.iter().find(|person| person.state.read().recording)?;
        let name = &person.shown_name();
        let mark = view! {
            <span class="recording-indicator">
                {icon(Glyph::Record)}
                <bdi>{say(Phrase::RoomRecording { name })}</bdi>
            </span>
        };
        Some(mark.erase())
    })
}
