//! What the person should know before a recording begins, and may choose.

use leptos::prelude::*;

use super::composite::{CompositeScene, SIZE};
use crate::{
    meeting::Meeting,
    ui::{
        layout::Mode,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, flag, press},
    },
    words::{Word, t},
};

/// The dialog's content.
pub fn record_dialog(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let speaker = RwSignal::new(false);
    let start = move || {
        let mode = match speaker.get_untracked() {
            true => Mode::Speaker,
            false => Mode::Gallery,
        };
        ui_state.dialog.set(None);
        meeting.recording.begin(
            (SIZE.width, SIZE.height),
            CompositeScene::new(meeting, mode),
        );
    };
    view! {
        <div class="settings record">
            <p>{t(Word::RecordWhat)}</p>
            <p>{t(Word::RecordConsent)}</p>
            <fieldset class="settings-group">
                <legend>{t(Word::RecordView)}</legend>
                {choice(speaker, false, Word::RecordGrid)}
                {choice(speaker, true, Word::RecordSpeaker)}
            </fieldset>
            <button class="button primary full-width" type="button" on:click=press(start)>
                {t(Word::RecordStart)}
            </button>
        </div>
    }
    .erase()
}

fn choice(chosen: RwSignal<bool>, value: bool, label: Word) -> ErasedView {
    view! {
        <label class="check">
            <input
                type="radio"
                name="record-view"
                prop:checked=flag(move || chosen.get() == value)
                on:change=press(move || chosen.set(value))
            />
            <span>{t(label)}</span>
        </label>
    }
    .erase()
}
