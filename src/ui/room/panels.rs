//! The panel beside the stage; where it is narrow, over it.

use leptos::{ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    meeting::Meeting,
    ui::{
        chat,
        components::{Glyph, icon},
        lazy::lazy_awaited,
        people,
        ui_state::{Panel, UiState},
        view::{ElementRef, ErasedView, IntoErasedView, dynamic, effect, on, press},
    },
    words::{Word, t},
};

/// The place of the panel that is open.
pub fn panels(meeting: Meeting, ui_state: UiState) -> ErasedView {
    dynamic(move || {
        let panel = ui_state.panel.get()?;
        Some(untrack(|| open(panel, meeting, ui_state)))
    })
}

/// The focus goes to the panel when it opens, and back to where it was when it closes.
fn open(panel: Panel, meeting: Meeting, ui_state: UiState) -> ErasedView {
    let before = StoredValue::new_local(document().active_element());
    on_cleanup(move || {
        ui_state.restore_draft();
        let before = before.try_with_value(Clone::clone).flatten();
        if let Some(element) = before.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
    let heading = ElementRef::new();
    effect(move || {
        if let Some(element) = heading.get().filter(|_| !is_written_to()) {
            let _ = element.focus();
        }
    });
    let close = move || ui_state.panel.set(None);
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    let (title, chunk) = match panel {
        Panel::Chat => (Word::MenuChat, chat::lazy::panel()),
        Panel::People => (Word::MenuPeople, people::lazy::panel()),
    };
    view! {
        <aside class="panel" aria-labelledby="panel-title" on:keydown=on(escape)>
            <header class="panel-head">
                <h2 id="panel-title" tabindex="-1" node_ref=heading>{t(title)}</h2>
                <button
                    class="control control-small"
                    type="button"
                    aria-label=t(Word::DialogClose)
                    title=t(Word::DialogClose)
                    on:click=press(close)
                >
                    {icon(Glyph::Close)}
                </button>
            </header>
            {lazy_awaited(chunk, meeting, ui_state)}
        </aside>
    }
    .erase()
}

/// Whether the chat's field has the focus already.
fn is_written_to() -> bool {
    let element = document().active_element();
    element.is_some_and(|element| element.matches(".panel textarea").unwrap_or(false))
}
