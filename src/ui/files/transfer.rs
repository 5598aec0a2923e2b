//! A file in a line of the chat: what it is, how far it has come, and what can be done with it. It is saved, and never
//! shown here.

use leptos::{ev::FocusEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    call::files::FileFailure,
    meeting::{
        Meeting,
        files::{DownloadState, Files, UploadState, format_bytes},
    },
    protocol::{FileInfo, ParticipantId},
    ui::{
        components::{Glyph, draw, icon},
        view::{ElementRef, ErasedView, IntoErasedView, dynamic, effect, on, press, text, when},
    },
    words::{Phrase, Plural, Word, count, say, t},
};

/// A sheet with a corner that is folded.
const FILE_ICON: &str =
    "M6 3.5h8l4.500 4.500V20a.5.5 0 0 1-.5.5H6a.5.5 0 0 1-.5-.5V4a.5.5 0 0 1 .5-.5ZM14 3.500V8h4.5";
/// An arrow down to a line.
const DOWNLOAD_ICON: &str = "M12 4v11M7 10.500l5 5 5-5M5 20h14";

type Key = (ParticipantId, u32);

/// What somebody else offers.
pub fn incoming_file(meeting: Meeting, files: Files, key: Key, info: &FileInfo) -> ErasedView {
    let coming = files.download_state(key);
    let (whole, shown) = (info.size(), info.clone());
    let info = info.clone();
    let bar = when(
        move || matches!(coming.get(), DownloadState::Asked | DownloadState::Some(_)),
        {
            let info = info.clone();
            move || {
                let file = info.name();
                let got = move || match coming.get() {
                    DownloadState::Some(got) => got,
                    _ => 0,
                };
                let part = move || match coming.get() {
                    DownloadState::Some(got) => progress_text(got, whole),
                    _ => t(Word::FileRequested).to_owned(),
                };
                let cancel = move || files.cancel(key);
                let label = say(Phrase::FileCancel { file });
                progress(
                    got,
                    whole,
                    say(Phrase::FileDownloadProgress { file }),
                    part,
                    label,
                    cancel,
                )
            }
        },
    );
    let rest = dynamic(move || {
        let is_here = meeting
            .people
            .list
            .read()
            .iter()
            .any(|person| person.id == key.0);
        idle_actions(files, key, &info, coming.get(), is_here)
    });
    let follow = move || coming.track();
    file_card(&shown, view! { {bar} {rest} }.erase(), follow)
}

/// What can be done while nothing moves.
fn idle_actions(
    files: Files,
    key: Key,
    info: &FileInfo,
    state: DownloadState,
    is_here: bool,
) -> Option<ErasedView> {
    let file = info.name();
    let fetch = |label: String, glyph| {
        let info = info.clone();
        button(glyph, label, move || files.fetch(key, info.clone()))
    };
    let saved = info.clone();
    Some(match state {
        DownloadState::Asked | DownloadState::Some(_) => return None,
        DownloadState::Saved => view! {
            <p class="secondary-text">{t(Word::FileSaved)}</p>
            {button(DOWNLOAD_ICON, say(Phrase::FileSave { file }), move || files.save_again(key, &saved))}
        }
        .erase(),
        _ if !is_here => note(Word::FileUnavailable),
        DownloadState::Offered => fetch(say(Phrase::FileDownload { file }), DOWNLOAD_ICON),
        DownloadState::Failed(failure) => view! {
            {note(failure_text(failure))}
            {fetch(say(Phrase::FileDownloadAgain { file }), DOWNLOAD_ICON)}
        }
        .erase(),
    })
}

fn failure_text(failure: FileFailure) -> Word {
    match failure {
        FileFailure::Gone => Word::FileUnavailable,
        FileFailure::Lost => Word::FileConnectionLost,
        FileFailure::Silent => Word::FileTimedOut,
        FileFailure::Stopped => Word::FileStopped,
        FileFailure::Cancelled => Word::FileCancelled,
        FileFailure::Longer => Word::FileLonger,
        FileFailure::Shorter => Word::FileShorter,
        FileFailure::Garbled => Word::FileCorrupted,
        FileFailure::Unreadable => Word::FileNotStored,
    }
}

/// What the person offers.
pub fn own_file(meeting: Meeting, files: Files, key: Key, info: &FileInfo) -> ErasedView {
    let going = files.upload_state(key);
    let shown = info.clone();
    let (whole, name) = (info.size(), info.name().to_owned());
    let bar = when(
        move || going.get().to > 0,
        move || {
            let file = name.as_str();
            let part = move || {
                let going = going.get();
                let all = whole.saturating_mul(going.to as u64);
                [
                    count(Plural::FileSending, going.to),
                    progress_text(going.sent, all),
                ]
                .join(" · ")
            };
            // As one of them would see it.
            let sent = move || {
                let going = going.get();
                going.sent / (going.to as u64).max(1)
            };
            let stop = move || files.stop(key);
            let label = say(Phrase::FileStop { file });
            progress(
                sent,
                whole,
                say(Phrase::FileUploadProgress { file }),
                part,
                label,
                stop,
            )
        },
    );
    let state = move || {
        let UploadState {
            to,
            arrived,
            unreadable,
            ..
        } = going.get();
        let is_current = meeting.call.you.get() == Some(key.0);
        match arrived {
            _ if unreadable => t(Word::FileUnreadable).to_owned(),
            _ if !is_current => t(Word::FileExpired).to_owned(),
            0 if to > 0 => String::new(),
            0 => t(Word::FileOffered).to_owned(),
            some => [t(Word::FileOffered), &count(Plural::FileDelivered, some)].join(" · "),
        }
    };
    let state = view! { <p class="secondary-text">{text(state)}</p> }.erase();
    let follow = move || going.track();
    file_card(&shown, view! { {bar} {state} }.erase(), follow)
}

/// What is pressed here gives way to what can be pressed next, and so does the focus.
fn file_card(info: &FileInfo, inside: ErasedView, follow: impl Fn() + 'static) -> ErasedView {
    let node = ElementRef::new();
    let pressed = StoredValue::new(false);
    effect(move || {
        follow();
        request_animation_frame(move || {
            if pressed.try_get_value() == Some(true)
                && let Some(frame) = node.get_untracked()
            {
                keep_focus(&frame);
            }
        });
    });
    view! {
        <div
            class="chat-file"
            role="group"
            tabindex="-1"
            aria-label=info.name().to_owned()
            node_ref=node
            on:click=press(move || pressed.set_value(true))
            on:focusout=on(move |event: FocusEvent| forget_focus(&event, pressed))
        >
            {draw("icon", FILE_ICON)}
            <p class="chat-file-name">
                <bdi>{info.name().to_owned()}</bdi>
                " "
                <span class="secondary-text">{format_bytes(info.size())}</span>
            </p>
            <div class="chat-file-state">{inside}</div>
        </div>
    }
    .erase()
}

/// The person moves the focus elsewhere, unless its button went.
fn forget_focus(event: &FocusEvent, pressed: StoredValue<bool>) {
    let left: HtmlElement = event_target(event);
    request_animation_frame(move || {
        if left.is_connected() {
            pressed.try_set_value(false);
        }
    });
}

/// Takes up the focus that fell back to the page when its button went.
fn keep_focus(frame: &HtmlElement) {
    let document = document();
    if document.active_element() != document.body().map(Into::into) {
        return;
    }
    let button = frame.query_selector("button").ok().flatten();
    let button = button.and_then(|button| button.dyn_into::<HtmlElement>().ok());
    let _ = button.as_ref().unwrap_or(frame).focus();
}

/// How far it has come, and the way to end it.
fn progress(
    done: impl Fn() -> u64 + Send + 'static,
    whole: u64,
    label: String,
    part: impl Fn() -> String + Send + 'static,
    ends: String,
    end: impl Fn() + 'static,
) -> ErasedView {
    view! {
        <progress aria-label=label max=whole.to_string() value=text(move || done().to_string())></progress>
        <button class="control control-small" type="button" aria-label=ends.clone() title=ends on:click=press(end)>
            {icon(Glyph::Close)}
        </button>
        <p class="secondary-text">{text(part)}</p>
    }
    .erase()
}

fn note(word: Word) -> ErasedView {
    view! { <p class="secondary-text">{t(word)}</p> }.erase()
}

fn progress_text(part: u64, whole: u64) -> String {
    say(Phrase::FileProgress {
        part: &format_bytes(part),
        whole: &format_bytes(whole),
    })
}

fn button(path: &'static str, label: String, action: impl Fn() + 'static) -> ErasedView {
    view! {
        <button class="control control-small" type="button" aria-label=label.clone() title=label on:click=press(action)>
            {draw("icon", path)}
        </button>
    }
    .erase()
}
