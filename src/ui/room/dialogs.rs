//! Dialogs over the page: the browser's own, which keep the focus inside, close on Escape and give the focus
//! back to where it was.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, MouseEvent};

use crate::{
    meeting::{Meeting, chat::Removal},
    platform::js::hide_popover,
    ui::{
        components::{Glyph, icon},
        controls::lazy::keys_help,
        lazy::lazy,
        people, recording, settings, stats,
        ui_state::{Confirmation, Dialog, UiState},
        view::{ElementRef, ErasedView, IntoErasedView, dynamic, effect, on, press},
    },
    words::{Word, t},
};

/// The place of the dialog that is open.
pub fn dialogs(meeting: Meeting, ui_state: UiState) -> ErasedView {
    // The server asks back.
    effect(move || {
        if let Some(Removal { id, others, locks }) = meeting.talk.asks_back.get() {
            meeting.talk.asks_back.set(None);
            ui_state.open(Dialog::Confirm(Confirmation::Address { id, others, locks }));
        }
    });
    dynamic(move || {
        let dialog = ui_state.dialog.get()?;
        Some(untrack(|| open(dialog, meeting, ui_state)))
    })
}

fn open(dialog: Dialog, meeting: Meeting, ui_state: UiState) -> ErasedView {
    let node = ElementRef::new();
    effect(move || {
        if let Some(element) = node.get() {
            // The focus comes back to what opened the menu: what was pressed in there is hidden by then.
            if let Ok(Some(menu)) = document().query_selector(":popover-open") {
                hide_popover(menu.unchecked_ref());
            }
            let _ = element.unchecked_ref::<HtmlDialogElement>().show_modal();
        }
    });
    let close = move || {
        if let Some(element) = node.get_untracked() {
            element.unchecked_ref::<HtmlDialogElement>().close();
        }
    };
    // A click beside the dialog is one on the element itself.
    let beside = move |event: MouseEvent| {
        if event.target() == event.current_target() {
            close();
        }
    };
    let (title, chunk) = match dialog {
        Dialog::Keys => (Some(Word::KeysTitle), keys_help()),
        Dialog::Invite => (Some(Word::MenuInvite), people::lazy::invite()),
        Dialog::Settings => (Some(Word::MenuSettings), settings::lazy::panel()),
        Dialog::Quality(who) => (Some(Word::MenuQuality), stats::lazy::quality(who)),
        Dialog::Record => (Some(Word::MenuRecord), recording::lazy::start()),
        // It names someone, and its answers close it.
        Dialog::Confirm(question) => (None, people::lazy::confirm(question)),
    };
    let (role, described) = match title {
        Some(_) => (None, None),
        None => (Some("alertdialog"), Some("dialog-text")),
    };
    let head = move |title| {
        view! {
            <header class="dialog-head">
                <h2 id="dialog-title">{t(title)}</h2>
                <button
                    class="control control-small"
                    type="button"
                    aria-label=t(Word::DialogClose)
                    on:click=press(close)
                >
                    {icon(Glyph::Close)}
                </button>
            </header>
        }
        .erase()
    };
    view! {
        <dialog
            class="dialog"
            role=role
            aria-labelledby="dialog-title"
            aria-describedby=described
            node_ref=node
            on:click=on(beside)
            on:close=press(move || ui_state.dialog.set(None))
        >
            <div class="dialog-sheet">
                {title.map(head)}
                {lazy(chunk, meeting, ui_state)}
            </div>
        </dialog>
    }
    .erase()
}
