//! The field to write in, and the files that go with what is written.

use leptos::{ev::ClipboardEvent, ev::KeyboardEvent, ev::SubmitEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

use super::draft_field::{focus_at_end, keep_draft, take_early_files};
use crate::{
    meeting::{Meeting, files::Files},
    protocol::{BadChatText, CHAT_CHARS, ChatText},
    ui::{
        components::draw,
        files::{Attachments, attachment_list, handle_paste},
        ui_state::UiState,
        view::{ElementRef, ErasedView, IntoErasedView, effect, on, press, text},
    },
    words::{Plural, Word, count, t},
};

/// A plane of paper.
const SEND_ICON: &str = "M4 4.500 20.500 12 4 19.500l2.500-7.500L4 4.500ZM6.500 12h6";
/// A paper clip.
const ATTACH_ICON: &str = "M19 11.500l-7.300 7.300a4.500 4.500 0 0 1-6.400-6.400l8-8a3 3 0 0 1 4.300 4.300l-8 8a1.500 1.500 0 0 1-2.100-2.100l7-7";

/// The form. The focus stays in the field, whatever is sent or attached.
pub fn chat_form(
    meeting: Meeting,
    ui_state: UiState,
    files: Option<Files>,
    staged: Attachments,
) -> ErasedView {
    let field = ElementRef::new();
    // The field that was there before took its focus along.
    effect(move || {
        if let Some(element) = field.get().filter(|_| is_lost()) {
            focus_at_end(element.unchecked_ref());
        }
    });
    let focus = move || {
        if let Some(element) = field.get_untracked() {
            let _ = element.focus();
        }
    };
    let send = move || {
        if let Some(element) = field.get_untracked() {
            let field: &HtmlTextAreaElement = element.unchecked_ref();
            match ChatText::parse(&field.value()) {
                Ok(text) => {
                    field.set_value("");
                    ui_state.draft.set(String::new());
                    staged.wrong.set(String::new());
                    send_all(meeting, files, text, staged);
                }
                Err(BadChatText::TooLong) => staged.wrong.set(count(Plural::ChatLong, CHAT_CHARS)),
                Err(BadChatText::Forbidden) => staged.wrong.set(t(Word::ChatForbidden).to_owned()),
            }
        }
        focus();
    };
    staged.add(take_early_files());
    // What was sent before all this was there; what is no message stays in the field.
    for text in ui_state
        .unsent
        .try_update(std::mem::take)
        .unwrap_or_default()
    {
        match ChatText::parse(&text) {
            Ok(text) => send_all(meeting, files, text, staged),
            Err(_) => ui_state.draft.update(|draft| draft.insert_str(0, &text)),
        }
    }
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    view! {
        <form class="chat-form" on:submit=on(submitted)>
            <p class="field-error" role="alert">{text(move || staged.wrong.get())}</p>
            {attachment_list(staged, focus)}
            {attach_button(staged, focus)}
            <textarea
                class="input"
                rows="2"
                dir="auto"
                enterkeyhint="send"
                aria-label=t(Word::ChatField)
                placeholder=t(Word::ChatField)
                prop:value=ui_state.draft.get_untracked()
                node_ref=field
                on:input=on(move |event| keep_draft(ui_state, &event))
                on:keydown=on(pressed)
                on:paste=on(move |event: ClipboardEvent| handle_paste(&event, staged))
            ></textarea>
            <button class="control control-on" type="submit" aria-label=t(Word::ChatSend) title=t(Word::ChatSend)>
                {draw("icon icon-forward", SEND_ICON)}
            </button>
        </form>
    }
    .erase()
}

/// Whether nothing has the focus.
fn is_lost() -> bool {
    let element = document().active_element();
    element.is_none_or(|element| element.matches("body").unwrap_or(true))
}

/// The text goes with the first file; without a file and without a text there is nothing to send.
fn send_all(meeting: Meeting, files: Option<Files>, text: ChatText, staged: Attachments) {
    let Some(files) = files.filter(|_| !staged.is_empty()) else {
        if !text.is_empty() {
            meeting.talk.send(text);
        }
        return;
    };
    let mut text = Some(text);
    for (info, file) in staged.take() {
        let text = text.take().or_else(|| ChatText::parse("").ok());
        if let Some(text) = text {
            files.offer(text, info, file);
        }
    }
}

/// The button that opens the system's own dialog.
fn attach_button(staged: Attachments, after: impl Fn() + Copy + 'static) -> ErasedView {
    let input = ElementRef::new();
    let open = move || {
        if let Some(element) = input.get_untracked() {
            element.click();
        }
    };
    let chosen = move || {
        if let Some(element) = input.get_untracked() {
            let input: &HtmlInputElement = element.unchecked_ref();
            if let Some(list) = input.files() {
                staged.add((0..list.length()).filter_map(|at| list.get(at)));
            }
            // The same file can be chosen again.
            input.set_value("");
        }
        after();
    };
    view! {
        <input type="file" multiple hidden node_ref=input on:change=press(chosen)/>
        <button class="control" type="button" aria-label=t(Word::FileAttach) title=t(Word::FileAttach) on:click=press(open)>
            {draw("icon", ATTACH_ICON)}
        </button>
    }
    .erase()
}
