//! The field of the chat before the chat is loaded: what is typed into it stands in the chat's own field later.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement, KeyboardEvent};

use super::{
    desk::Desk,
    dynamic::{ElementRef, effect, on},
    icons::{Glyph, icon},
    piece::{IntoPiece, Piece},
};
use crate::words::{Word, t};

/// The field, which takes the focus at once.
pub fn draft_field(desk: Desk) -> Piece {
    let field = ElementRef::new();
    effect(move || {
        if let Some(element) = field.get() {
            focus_at_end(element.unchecked_ref());
        }
    });
    let send = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            let text = desk.draft.try_update(std::mem::take).unwrap_or_default();
            if !text.trim().is_empty() {
                desk.unsent.update(|unsent| unsent.push(text));
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
                dir="auto"
                aria-label=t(Word::ChatField)
                placeholder=t(Word::ChatField)
                prop:value=desk.draft.get_untracked()
                node_ref=field
                on:keydown=on(send)
                on:input=on(move |event| keep_draft(desk, &event))
            ></textarea>
        </div>
    }
    .piece()
}

/// Keeps what stands in a field of the chat.
pub fn keep_draft(desk: Desk, event: &Event) {
    let field: HtmlTextAreaElement = event_target(event);
    desk.draft.set(field.value());
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
