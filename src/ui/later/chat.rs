//! What is written, and the field to write in. Texts are shown as texts; only addresses of the web become links.

use leptos::{ev::KeyboardEvent, ev::SubmitEvent, prelude::*};
use linkify::{LinkFinder, LinkKind};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::super::{
    dynamic::{ElementRef, effect, on, text, when},
    icons::{Glyph, icon},
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::{ChatLine, Meeting, Standing, name_of},
    protocol::{BadChatText, CHAT_CHARS, ChatText},
    words::{Plural, Word, count, t},
};

/// The chat.
pub fn chat(meeting: Meeting) -> Piece {
    let talking = meeting.talking;
    talking.reading.set(true);
    talking.unread.set(0);
    on_cleanup(move || {
        talking.reading.try_set(false);
    });
    let list = ElementRef::new();
    effect(move || {
        talking.lines.track();
        if let Some(list) = list.get() {
            request_animation_frame(move || list.set_scroll_top(list.scroll_height()));
        }
    });
    view! {
        <div class="chat">
            <p class="quiet chat-note">{t(Word::ChatNote)}</p>
            <div class="chat-lines" tabindex="0" role="log" aria-label=t(Word::MenuChat) aria-live="off" node_ref=list>
                {when(
                    move || talking.lines.read().is_empty(),
                    || view! { <p class="quiet chat-empty">{t(Word::ChatEmpty)}</p> }.piece(),
                )}
                <For each=move || talking.lines.get() key=key let:one>
                    {line(&one)}
                </For>
            </div>
            {form(meeting)}
        </div>
    }
    .piece()
}

/// A line is drawn anew when it has come through.
fn key(line: &ChatLine) -> (String, u32, bool) {
    let on_its_way = line.standing == Standing::OnItsWay;
    (
        line.message.author.to_string(),
        line.message.chat.n,
        on_its_way,
    )
}

fn line(line: &ChatLine) -> Piece {
    let own = matches!(line.standing, Standing::OnItsWay | Standing::Delivered);
    let on_its_way = line.standing == Standing::OnItsWay;
    let class = if own {
        "chat-line chat-own"
    } else {
        "chat-line"
    };
    view! {
        <div class=class>
            <p class="chat-head">
                <bdi class="chat-name">{name_of(line)}</bdi>
                <span class="quiet">{time(line.message.chat.at)}</span>
                {on_its_way.then(|| view! { <span class="quiet">{t(Word::ChatSending)}</span> }.piece())}
            </p>
            <p class="chat-text" dir="auto">{words(line.message.chat.text.as_str())}</p>
        </div>
    }
    .piece()
}

/// Hours and minutes as the person writes them.
fn time(at: u64) -> String {
    let date = js_sys::Date::new(&(at as f64).into());
    let whole = String::from(date.to_locale_time_string("default"));
    // Without the seconds, wherever they stand.
    let mut parts = whole.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(hours), Some(minutes), Some(rest)) => {
            let suffix = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            [hours, ":", minutes, suffix].concat()
        }
        _ => whole,
    }
}

fn words(text: &str) -> Vec<Piece> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let part = |span: linkify::Span| {
        let (text, address) = (span.as_str().to_owned(), span.as_str().to_owned());
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        if span.kind().is_some() && is_web {
            view! {
                <a href=address target="_blank" rel="noopener noreferrer">
                    {text}
                </a>
            }
            .piece()
        } else {
            text.piece()
        }
    };
    finder.spans(text).map(part).collect()
}

fn form(meeting: Meeting) -> Piece {
    let field = ElementRef::new();
    let wrong = RwSignal::new(String::new());
    let send = move || {
        let Some(element) = field.get_untracked() else {
            return;
        };
        let field: &HtmlTextAreaElement = element.unchecked_ref();
        match ChatText::parse(&field.value()) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                meeting.write(text);
                field.set_value("");
                wrong.set(String::new());
            }
            Err(BadChatText::TooLong) => wrong.set(count(Plural::ChatLong, CHAT_CHARS)),
            Err(BadChatText::Forbidden) => wrong.set(t(Word::ChatForbidden).to_owned()),
        }
    };
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
            <p class="wrong" role="alert">{text(move || wrong.get())}</p>
            <textarea
                class="input"
                rows="2"
                dir="auto"
                enterkeyhint="send"
                aria-label=t(Word::ChatField)
                placeholder=t(Word::ChatField)
                node_ref=field
                on:keydown=on(pressed)
            ></textarea>
            <button class="control control-on" type="submit" aria-label=t(Word::ChatSend) title=t(Word::ChatSend)>
                {icon(Glyph::Next)}
            </button>
        </form>
    }
    .piece()
}
