//! A line of the chat. Texts are shown as texts; only addresses of the web become links.

use leptos::prelude::*;
use linkify::{LinkFinder, LinkKind};

use crate::{
    call::{ChatLine, DeliveryState},
    meeting::{Meeting, files::Files},
    ui::{
        files::{incoming_file, own_file},
        view::{self, ErasedView, IntoErasedView},
    },
    words::{Word, t},
};

/// A line is drawn anew when it has come through.
pub fn key(line: &ChatLine) -> (String, u32, bool) {
    let on_its_way = line.standing == DeliveryState::OnItsWay;
    (
        line.message.author.to_string(),
        line.message.chat.n,
        on_its_way,
    )
}

/// Draws a message.
pub fn line(meeting: Meeting, files: Option<Files>, line: &ChatLine) -> ErasedView {
    let own = matches!(
        line.standing,
        DeliveryState::OnItsWay | DeliveryState::Delivered
    );
    let on_its_way = line.standing == DeliveryState::OnItsWay;
    let class = if own {
        "chat-line chat-own"
    } else {
        "chat-line"
    };
    let message = &line.message;
    let said = message.chat.text.as_str();
    let text = (!said.is_empty()).then(|| {
        view! {
            <p class="chat-text" dir="auto">
                {linkified(said)}
            </p>
        }
        .erase()
    });
    let file = message.chat.file.as_ref().zip(files).map(|(info, files)| {
        let key = (message.author, message.chat.n);
        match own {
            true => own_file(meeting, files, key, info),
            false => incoming_file(meeting, files, key, info),
        }
    });
    let author = {
        let line = line.clone();
        view::text(move || meeting.people.author_name(&line))
    };
    view! {
        <div class=class>
            <p class="chat-head">
                <bdi class="chat-name">{author}</bdi>
                <span class="secondary-text">{time(message.chat.at)}</span>
                {on_its_way.then(|| view! { <span class="secondary-text">{t(Word::ChatSending)}</span> }.erase())}
            </p>
            {text}
            {file}
        </div>
    }
    .erase()
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

fn linkified(text: &str) -> Vec<ErasedView> {
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
            .erase()
        } else {
            text.erase()
        }
    };
    finder.spans(text).map(part).collect()
}
