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
pub fn ask(meeting: Meeting, question: Confirmation) -> ErasedView {
    let person = question.about().and_then(|id| meeting.person(id));
    // Who is gone is not asked about, nor is who rules no more.
    effect(move || {
        let is_gone = question
            .about()
            .is_some_and(|id| !meeting.people.read().iter().any(|other| other.id == id));
        if is_gone || !meeting.is_host() {
            close();
            focus_on();
        }
    });
    let locks = RwSignal::new(false);
    let title = text(move || title(question, person));
    view! {
        <header class="dialog-head">
            <h2 id="dialog-title">{title}</h2>
        </header>
        <div class="ask">
            <p id="dialog-text">{text(move || consequence(question, person))}</p>
            {matches!(question, Confirmation::Remove(_)).then(|| lock_too(locks))}
            {answers(meeting, question, locks)}
        </div>
    }
    .erase()
}

fn title(question: Confirmation, person: Option<Person>) -> String {
    let name = &person.map(|person| person.shown_name()).unwrap_or_default();
    match question {
        Confirmation::End => t(Word::AskEndTitle).to_owned(),
        Confirmation::HandOver(_) => say(Phrase::AskPromoteTitle { name }),
        Confirmation::Remove(_) => say(Phrase::AskRemoveTitle { name }),
        Confirmation::Address { .. } => say(Phrase::AskAddressTitle { name }),
    }
}

fn consequence(question: Confirmation, person: Option<Person>) -> String {
    let name = &person.map(|person| person.shown_name()).unwrap_or_default();
    match question {
        Confirmation::End => t(Word::AskEndText).to_owned(),
        Confirmation::HandOver(_) => say(Phrase::AskPromoteText { name }),
        Confirmation::Remove(_) => say(Phrase::AskRemoveText { name }),
        Confirmation::Address { others, .. } => count(Plural::AskAddressText, others),
    }
}

fn lock_too(locks: RwSignal<bool>) -> ErasedView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=flag(move || locks.get())
                on:change=press(move || locks.set(!locks.get_untracked()))
            />
            <span>{t(Word::AskRemoveLock)}</span>
        </label>
    }
    .erase()
}

fn answers(meeting: Meeting, question: Confirmation, locks: RwSignal<bool>) -> ErasedView {
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
            focus_on();
        };
        view! {
            <button class=class type="button" on:click=press(act)>
                {t(word)}
            </button>
        }
        .erase()
    };
    let host = move |action: HostAction| -> Box<dyn Fn()> {
        Box::new(move || meeting.host(action.clone()))
    };
    let serious = "button danger";
    let actions = match question {
        Confirmation::End => vec![does(serious, Word::AskEnd, host(HostAction::End))],
        Confirmation::HandOver(id) => {
            vec![does(
                "button primary",
                Word::AskPromote,
                host(HostAction::HandOver { id }),
            )]
        }
        Confirmation::Remove(id) => {
            let remove = Box::new(move || meeting.remove(id, locks.get_untracked(), None));
            vec![does(serious, Word::AskRemove, remove)]
        }
        Confirmation::Address { id, locks, .. } => {
            let remove = move |address| Box::new(move || meeting.remove(id, locks, Some(address)));
            vec![
                does("button", Word::AskAddressOnly, remove(false)),
                does(serious, Word::AskAddressOut, remove(true)),
            ]
        }
    };
    view! {
        <div class="actions">
            <button class="button" type="button" node_ref=safe on:click=press(close)>
                {t(Word::AskCancel)}
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
fn focus_on() {
    match document().get_element_by_id("panel-title") {
        Some(heading) => {
            let _ = heading.unchecked_ref::<HtmlElement>().focus();
        }
        None => focus_bar(),
    }
}
