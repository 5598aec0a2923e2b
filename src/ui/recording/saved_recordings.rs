//! Recordings that are kept on this machine and not saved yet: of a call that is over, or of a page that died.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::{
    meeting::{Meeting, recording::just_ended},
    platform::{
        recording_db::StoredRecording,
        stored_recordings::{Saved, delete, list_stored, save},
    },
    ui::{
        components::{Glyph, icon},
        view::{ElementRef, ErasedView, IntoErasedView, effect, flag, press, text, when},
    },
    words::{Phrase, Word, in_use, say, t},
};

/// What there is, each to be saved or deleted.
pub fn saved_recordings(meeting: Meeting) -> ErasedView {
    let all = RwSignal::new(Vec::<StoredRecording>::new());
    let look = move || {
        spawn_local(async move {
            let found = list_stored().await;
            let none = found.is_empty();
            all.try_set(found);
            if none {
                meeting.recording.saved.try_set(0);
            }
        });
    };
    effect(move || {
        if meeting.recording.saved.get() > 0 {
            look();
        }
    });
    let list = move || {
        view! {
            <section class="saved-recordings" aria-label=t(Word::RecordingsTitle)>
                <For each=move || all.get() key=|kept| kept.began.to_bits() let:kept>
                    {row(meeting, kept, look)}
                </For>
                <button
                    class="control control-small"
                    type="button"
                    aria-label=t(Word::RecordingsLater)
                    title=t(Word::RecordingsLater)
                    on:click=press(move || meeting.recording.saved.set(0))
                >
                    {icon(Glyph::Close)}
                </button>
            </section>
        }
        .erase()
    };
    when(move || !all.read().is_empty(), list)
}

fn row(
    meeting: Meeting,
    kept: StoredRecording,
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> ErasedView {
    let (room, time) = (&kept.room, &kept.time(in_use().code()));
    let label = match kept.finished {
        true => say(Phrase::RecordingsComplete { room, time }),
        false => say(Phrase::RecordingsUnfinished { room, time }),
    };
    let began = kept.began;
    let node = ElementRef::new();
    // Of a recording that has just ended, saving is what comes next.
    let is_new = just_ended() == Some(began);
    effect(move || {
        if let Some(button) = node.get().filter(|_| is_new) {
            let _ = button.focus();
        }
    });
    let note = RwSignal::new(match kept.downloaded {
        true => t(Word::RecordingsInDownloads).to_owned(),
        false => String::new(),
    });
    let busy = RwSignal::new(false);
    let sure = RwSignal::new(kept.downloaded);
    let saves = move || {
        busy.set(true);
        spawn_local(async move {
            let saved = save(began).await;
            busy.try_set(false);
            let told = match saved {
                Ok(Saved::There) => {
                    meeting.announcer.announce(t(Word::RecordingsSaved));
                    return changed();
                }
                Ok(Saved::Downloads) => {
                    sure.try_set(true);
                    t(Word::RecordingsInDownloads).to_owned()
                }
                Ok(Saved::Nowhere) => return,
                Err(reason) => say(Phrase::RecordingsFailed { reason: &reason }),
            };
            meeting.announcer.announce(&told);
            note.try_set(told);
        });
    };
    let deletes = move || {
        // One slip must not cost a meeting.
        if !sure.get_untracked() {
            return sure.set(true);
        }
        busy.set(true);
        spawn_local(async move {
            match delete(began).await {
                Ok(()) => {
                    meeting.announcer.announce(t(Word::RecordingsDeleted));
                    changed();
                }
                Err(reason) => {
                    busy.try_set(false);
                    note.try_set(reason);
                }
            }
        });
    };
    let delete_label = move || match sure.get() {
        true => t(Word::RecordingsDeleteConfirm).to_owned(),
        false => t(Word::RecordingsDelete).to_owned(),
    };
    let name = label.clone();
    view! {
        <div class="saved-recording" role="group" aria-label=name>
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
                {t(Word::RecordingsSave)}
            </button>
            <button
                class="button button-small"
                type="button"
                disabled=flag(move || busy.get())
                on:click=press(deletes)
            >
                {text(delete_label)}
            </button>
        </div>
    }
    .erase()
}
