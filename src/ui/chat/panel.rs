//! What is written, and what is offered beside it.

use leptos::prelude::*;

use super::{form::chat_form, messages::chat_lines};
use crate::{
    meeting::{Meeting, files::Files},
    platform::file_drop_guard::FileDropGuard,
    ui::{
        files::{Attachments, handle_drop, show_drop_target},
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, flag, on, when},
    },
    words::{Word, t},
};

/// The chat.
pub fn chat(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let talking = meeting.talk;
    talking.reading.set(true);
    talking.unread.set(0);
    on_cleanup(move || {
        talking.reading.try_set(false);
    });
    let files = Files::of(meeting.files);
    let guard = StoredValue::new_local(FileDropGuard::begin());
    on_cleanup(move || guard.dispose());
    let staged = Attachments::new();
    let over = RwSignal::new(false);
    view! {
        <div
            class="chat"
            class:chat-over=flag(move || over.get())
            on:dragover=on(move |event| show_drop_target(&event, over))
            on:dragleave=on(move |_| over.set(false))
            on:drop=on(move |event| handle_drop(&event, over, staged))
        >
            <p class="secondary-text chat-note">{t(Word::ChatNote)}</p>
            {chat_lines(meeting, files)}
            {chat_form(meeting, ui_state, files, staged)}
            {when(move || over.get(), || view! { <p class="chat-drop">{t(Word::FileDrop)}</p> }.erase())}
        </div>
    }
    .erase()
}
