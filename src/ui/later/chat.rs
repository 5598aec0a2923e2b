//! What is written, and what is offered beside it.

use leptos::prelude::*;

use super::{
    super::{
        dynamic::{ElementRef, effect, flag, on, when},
        piece::{IntoPiece, Piece},
    },
    chat_form::chat_form,
    chat_line::{key, line},
    staged::{Staged, take_drop, tell_carried},
};
use crate::{
    browser::{Files, Meeting, MoveGuard},
    words::{Word, t},
};

/// The chat.
pub fn chat(meeting: Meeting) -> Piece {
    let talking = meeting.talking;
    talking.reading.set(true);
    talking.unread.set(0);
    on_cleanup(move || {
        talking.reading.try_set(false);
    });
    let files = Files::of(meeting);
    let guard = StoredValue::new_local(MoveGuard::begin());
    on_cleanup(move || guard.dispose());
    let staged = Staged::new();
    let over = RwSignal::new(false);
    view! {
        <div
            class="chat"
            class:chat-over=flag(move || over.get())
            on:dragover=on(move |event| tell_carried(&event, over))
            on:dragleave=on(move |_| over.set(false))
            on:drop=on(move |event| take_drop(&event, over, staged))
        >
            <p class="quiet chat-note">{t(Word::ChatNote)}</p>
            {lines(meeting, files)}
            {chat_form(meeting, files, staged)}
            {when(move || over.get(), || view! { <p class="chat-drop">{t(Word::FileDrop)}</p> }.piece())}
        </div>
    }
    .piece()
}

fn lines(meeting: Meeting, files: Option<Files>) -> Piece {
    let talking = meeting.talking;
    let list = ElementRef::new();
    effect(move || {
        talking.lines.track();
        if let Some(list) = list.get() {
            request_animation_frame(move || list.set_scroll_top(list.scroll_height()));
        }
    });
    view! {
        <div class="chat-lines" tabindex="0" role="log" aria-label=t(Word::MenuChat) aria-live="off" node_ref=list>
            {when(
                move || talking.lines.read().is_empty(),
                || view! { <p class="quiet chat-empty">{t(Word::ChatEmpty)}</p> }.piece(),
            )}
            <For each=move || talking.lines.get() key=key let:one>
                {line(meeting, files, &one)}
            </For>
        </div>
    }
    .piece()
}
