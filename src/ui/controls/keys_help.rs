//! The list of keys.

use leptos::prelude::*;

use super::shortcut::Shortcut;
use crate::{
    meeting::Meeting,
    ui::{
        components::checkbox_field,
        view::{ErasedView, IntoErasedView},
    },
    words::{Word, t},
};

/// What the keys do, and whether they do.
pub fn keys_help(meeting: Meeting) -> ErasedView {
    let single = Shortcut::LETTERS
        .into_iter()
        .map(|(key, shortcut)| row(vec![key.to_string()], describe(shortcut)));
    let others = [
        row(vec![t(Word::KeysSpace).to_owned()], Word::KeysTalk),
        row(vec!["?".to_owned()], Word::KeysHelp),
        row(vec!["F2".to_owned()], Word::KeysBar),
        row(
            vec!["Ctrl".to_owned(), "D".to_owned()],
            Word::KeysMicrophone,
        ),
        row(vec!["Ctrl".to_owned(), "E".to_owned()], Word::KeysCamera),
    ];
    let rows: Vec<ErasedView> = single.chain(others).collect();
    view! {
        <dl class="shortcut-list">{rows}</dl>
        {checkbox_field(Word::KeysSingle, meeting.choices.single_keys)}
    }
    .erase()
}

fn row(keys: Vec<String>, does: Word) -> ErasedView {
    let keys: Vec<_> = keys
        .into_iter()
        .map(|key| view! { <kbd>{key}</kbd> })
        .collect();
    view! {
        <div class="shortcut-row">
            <dt>{keys}</dt>
            <dd>{t(does)}</dd>
        </div>
    }
    .erase()
}

fn describe(shortcut: Shortcut) -> Word {
    match shortcut {
        Shortcut::Microphone => Word::KeysMicrophone,
        Shortcut::Camera => Word::KeysCamera,
        Shortcut::Hand => Word::KeysHand,
        Shortcut::Chat => Word::KeysChat,
        Shortcut::People => Word::KeysPeople,
        Shortcut::Share => Word::KeysShare,
        Shortcut::Layout => Word::KeysLayout,
        Shortcut::FullScreen => Word::KeysFullScreen,
        Shortcut::Help => Word::KeysHelp,
        Shortcut::Bar => Word::KeysBar,
        Shortcut::Talk => Word::KeysTalk,
    }
}
