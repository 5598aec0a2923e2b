//! What cannot be taken back is asked first: who it is about is named, and the focus is on the answer that changes
//! nothing.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use crate::{
    meeting::{Meeting, people::Person},
    protocol::HostAction,
    ui::{
        controls::focus_bar,
        ui_state::Confirmation,
        view::{ElementRef, ErasedView, IntoErasedView, effect, flag, press, text},
    },
    words::{Phrase, Plural, Word, count, say, t},
};

/// A question, as the content of a dialog.
pub fn confirmation(meeting: Meeting, question: Confirmation) -> ErasedView {
    let person = question
        .participant()
        .and_then(|id| meeting.people.find(id));
    // Who is gone is not asked about, nor is who rules no more.
    effect(move || {
        let is_gone = question.participant().is_some_and(|id| {
            !meeting
                .people
                .list
                .read()
                .iter()
                .any(|other| other.id == id)
        });
        if is_gone || !meeting.talk.is_host() {
            close();
            restore_focus();
        }
    });
    let locks = RwSignal::new(false);
    let title = text(move || title(question, person));
    view! {
        <header class="dialog-head">
            <h2 id="dialog-title">{title}</h2>
        </header>
        <div class="confirmation">
            <p id="dialog-text">{text(move || consequence(question, person))}</p>
            {matches!(question, Confirmation::Remove(_)).then(|| lock_checkbox(locks))}
            {confirm_buttons(meeting, question, locks)}
        </div>
    }
    .erase()
}

fn title(question: Confirmation, person: Option<Person>) -> String {
    let name = &person.map(|person| person.shown_name()).unwrap_or_default();
    match question {
        Confirmation::End => t(Word::ConfirmEndTitle).to_owned(),
        Confirmation::HandOver(_) => say(Phrase::ConfirmPromoteTitle { name }),
        Confirmation::Remove(_) => say(Phrase::ConfirmRemoveTitle { name }),
        Confirmation::Address { .. } => say(Phrase::ConfirmAddressTitle { name }),
    }
}

fn consequence(question: Confirmation, person: Option<Person>) -> String {
    let name = &person.map(|person| person.shown_name()).unwrap_or_default();
    match question {
        Confirmation::End => t(Word::ConfirmEndText).to_owned(),
        Confirmation::HandOver(_) => say(Phrase::ConfirmPromoteText { name }),
        Confirmation::Remove(_) => say(Phrase::ConfirmRemoveText { name }),
        Confirmation::Address { others, .. } => count(Plural::ConfirmAddressText, others),
    }
}

fn lock_checkbox(locks: RwSignal<bool>) -> ErasedView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=flag(move || locks.get())
                on:change=press(move || locks.set(!locks.get_untracked()))
            />
            <span>{t(Word::ConfirmRemoveLock)}</span>
        </label>
    }
    .erase()
}

fn confirm_buttons(meeting: Meeting, question: Confirmation, locks: RwSignal<bool>) -> ErasedView {
    let safe = ElementRef::new();
    effect(move || {
        if let Some(element) = safe.get() {
            let _ = element.focus();
        }
    });
    let does = move |class, word, action: Box<dyn Fn()>| {
        let act = move || {
            action();
            close();
            restore_focus();
        };
        view! {
            <button class=class type="button" on:click=press(act)>
                {t(word)}
            </button>
        }
        .erase()
    };
    let host = move |action: HostAction| -> Box<dyn Fn()> {
        Box::new(move || meeting.talk.host(action.clone()))
    };
    let serious = "button danger";
    let actions = match question {
        Confirmation::End => vec![does(serious, Word::ConfirmEnd, host(HostAction::End))],
        Confirmation::HandOver(id) => {
            vec![does(
                "button primary",
                Word::ConfirmPromote,
                host(HostAction::HandOver { id }),
            )]
        }
        Confirmation::Remove(id) => {
            let remove = Box::new(move || meeting.talk.remove(id, locks.get_untracked(), None));
            vec![does(serious, Word::ConfirmRemove, remove)]
        }
        Confirmation::Address { id, locks, .. } => {
            let remove =
                move |address| Box::new(move || meeting.talk.remove(id, locks, Some(address)));
            vec![
                does("button", Word::ConfirmAddressOnly, remove(false)),
                does(serious, Word::ConfirmAddressBlock, remove(true)),
            ]
        }
    };
    view! {
        <div class="actions">
            <button class="button" type="button" node_ref=safe on:click=press(close)>
                {t(Word::ConfirmCancel)}
            </button>
            {actions}
        </div>
    }
    .erase()
}

/// Closes the dialog as Escape does: the focus goes back to where it was. While it is open, nothing else takes the focus.
fn close() {
    if let Ok(Some(dialog)) = document().query_selector("dialog[open]") {
        dialog.unchecked_ref::<HtmlDialogElement>().close();
    }
}

/// What opened the dialog may go by what was answered, and the focus with it.
fn restore_focus() {
    match document().get_element_by_id("panel-title") {
        Some(heading) => {
            let _ = heading.unchecked_ref::<HtmlElement>().focus();
        }
        None => focus_bar(),
    }
}
