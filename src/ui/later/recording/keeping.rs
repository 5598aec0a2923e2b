//! Recordings that are kept on this machine and not saved yet: of a call that is over, or of a page that died.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::super::super::{
    dynamic::{ElementRef, dynamic, effect, flag, press, text},
    icons::{Glyph, icon},
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::{
        Meeting,
        later::{Kept, Saved, delete, kept, save},
    },
    words::{Phrase, Word, say, t},
};

/// What there is, each to be saved or deleted.
pub fn keeping(meeting: Meeting) -> Piece {
    let all = RwSignal::new(Vec::<Kept>::new());
    let look = move |first: bool| {
        spawn_local(async move {
            let found = kept(first).await;
            if found.is_empty() {
                meeting.kept.try_set(false);
            }
            all.try_set(found);
        });
    };
    look(true);
    let list = move || {
        view! {
            <section class="kept" aria-label=t(Word::KeptTitle)>
                <For each=move || all.get() key=|kept| kept.began.to_bits() let:kept>
                    {row(meeting, kept, move || look(false))}
                </For>
                <button
                    class="control control-small"
                    type="button"
                    aria-label=t(Word::KeptLater)
                    title=t(Word::KeptLater)
                    on:click=press(move || meeting.kept.set(false))
                >
                    {icon(Glyph::Close)}
                </button>
            </section>
        }
        .piece()
    };
    dynamic(move || (!all.read().is_empty()).then(list))
}

fn row(meeting: Meeting, kept: Kept, changed: impl Fn() + Copy + Send + Sync + 'static) -> Piece {
    let (room, time) = (&kept.room, &kept.time());
    let label = match kept.finished {
        true => say(Phrase::KeptWhole { room, time }),
        false => say(Phrase::KeptRest { room, time }),
    };
    let began = kept.began;
    let node = ElementRef::new();
    // Of a recording that has just ended, saving is what comes next.
    effect(move || {
        if let Some(button) = node.get().filter(|_| kept.finished) {
            let _ = button.focus();
        }
    });
    let note = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let saves = move || {
        busy.set(true);
        spawn_local(async move {
            let told = match save(began).await {
                Ok(Saved::There) => Some(t(Word::KeptSaved).to_owned()),
                Ok(Saved::Downloads) => Some(t(Word::KeptDownloads).to_owned()),
                Ok(Saved::Nowhere) => None,
                Err(reason) => Some(say(Phrase::KeptFailed { reason: &reason })),
            };
            busy.try_set(false);
            if let Some(told) = told {
                meeting.announce(&told);
                note.try_set(told);
            }
            changed();
        });
    };
    let deletes = move || {
        spawn_local(async move {
            delete(began).await;
            meeting.announce(t(Word::KeptDeleted));
            changed();
        });
    };
    let name = label.clone();
    view! {
        <div class="kept-row" role="group" aria-label=name>
            {icon(Glyph::Record)}
            <p>
                {label} " " {text(move || note.get())}
            </p>
            <button
                class="button button-small primary"
                type="button"
                node_ref=node
                disabled=flag(move || busy.get())
                on:click=press(saves)
            >
                {t(Word::KeptSave)}
            </button>
            <button class="button button-small" type="button" on:click=press(deletes)>
                {t(Word::KeptDelete)}
            </button>
        </div>
    }
    .piece()
}
