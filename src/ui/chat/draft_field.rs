//! The field of the chat before the chat is loaded: what is typed into it stands in the chat's own field later, and files that
//! are dropped or pasted there wait in the chat.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, Event, File, HtmlTextAreaElement, KeyboardEvent,
};

use crate::{
    ui::{
        components::{Glyph, icon},
        ui_state::UiState,
        view::{ElementRef, ErasedView, IntoErasedView, effect, on},
    },
    words::{Word, t},
};

/// Most files that wait for the next message.
pub const MAX_ATTACHMENTS: usize = 10;

thread_local! {
    /// Files that came before the chat was loaded. They are no part of the `UiState`, which the server makes too, on any
    /// thread: handles of JavaScript stay on theirs.
    static EARLY: RefCell<Vec<File>> = const { RefCell::new(Vec::new()) };
}

/// The field, which takes the focus at once.
pub fn draft_field(ui_state: UiState) -> ErasedView {
    let field = ElementRef::new();
    effect(move || {
        if let Some(element) = field.get() {
            focus_at_end(element.unchecked_ref());
        }
    });
    let send = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            let text = ui_state
                .draft
                .try_update(std::mem::take)
                .unwrap_or_default();
            if !text.trim().is_empty() {
                ui_state.unsent.update(|unsent| unsent.push(text));
            }
            if let Some(element) = field.get_untracked() {
                element.unchecked_ref::<HtmlTextAreaElement>().set_value("");
            }
        }
    };
    view! {
        {icon(Glyph::Busy)}
        <div class="draft">
            <textarea
                class="input"
                rows="2"
                on:dragover=on(|event: DragEvent| event.prevent_default())
                on:drop=on(|event: DragEvent| keep_early_files(event.data_transfer(), &event))
                on:paste=on(|event: ClipboardEvent| keep_early_files(event.clipboard_data(), &event))
                dir="auto"
                aria-label=t(Word::ChatField)
                placeholder=t(Word::ChatField)
                prop:value=ui_state.draft.get_untracked()
                node_ref=field
                on:keydown=on(send)
                on:input=on(move |event| keep_draft(ui_state, &event))
            ></textarea>
        </div>
    }
    .erase()
}

/// Keeps the files of an event until the chat is there; a text is left to the field.
fn keep_early_files(transfer: Option<DataTransfer>, event: &Event) {
    let files = transferred_files(transfer);
    if !files.is_empty() {
        event.prevent_default();
        EARLY.with_borrow_mut(|early| {
            early.extend(files);
            early.truncate(MAX_ATTACHMENTS);
        });
    }
}

/// Takes the files that came before the chat was loaded.
pub fn take_early_files() -> Vec<File> {
    EARLY.take()
}

/// The files that are dropped or pasted.
pub fn transferred_files(transfer: Option<DataTransfer>) -> Vec<File> {
    let list = transfer.and_then(|transfer| transfer.files());
    list.into_iter()
        .flat_map(|list| (0..list.length()).filter_map(move |at| list.get(at)))
        .collect()
}

/// Keeps what stands in a field of the chat.
pub fn keep_draft(ui_state: UiState, event: &Event) {
    let field: HtmlTextAreaElement = event_target(event);
    ui_state.draft.set(field.value());
}

/// Lets one write on where the text ends. Where there is no keyboard but that on the screen, it comes when the field is
/// touched, not before: it would cover what there is to read.
pub fn focus_at_end(field: &HtmlTextAreaElement) {
    let is_touched = window()
        .match_media("(hover: none) and (pointer: coarse)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches());
    if !is_touched {
        let _ = field.focus();
        let end = field.value().encode_utf16().count() as u32;
        let _ = field.set_selection_range(end, end);
    }
}
