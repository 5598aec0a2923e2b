//! What the person should know before a recording begins, and may choose.

use leptos::prelude::*;

use super::composite::{Picture, SIZE};
use crate::{
    meeting::{Meeting, recording::Recording},
    ui::{
        layout::Mode,
        ui_state::Desk,
        view::{IntoPiece, Piece, flag, press},
    },
    words::{Word, t},
};

/// The dialog's content.
pub fn record(meeting: Meeting, desk: Desk) -> Piece {
    let speaker = RwSignal::new(false);
    let start = move || {
        let mode = match speaker.get_untracked() {
            true => Mode::Speaker,
            false => Mode::Gallery,
        };
        desk.dialog.set(None);
        Recording::begin(
            meeting,
            (SIZE.width, SIZE.height),
            Picture::new(meeting, mode),
        );
    };
    view! {
        <div class="settings record">
            <p>{t(Word::RecordWhat)}</p>
            <p>{t(Word::RecordSeen)}</p>
            <fieldset class="settings-group">
                <legend>{t(Word::RecordView)}</legend>
                {choice(speaker, false, Word::RecordGrid)}
                {choice(speaker, true, Word::RecordSpeaker)}
            </fieldset>
            <button class="button primary wide" type="button" on:click=press(start)>
                {t(Word::RecordStart)}
            </button>
        </div>
    }
    .piece()
}

fn choice(chosen: RwSignal<bool>, value: bool, label: Word) -> Piece {
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
    .piece()
}
