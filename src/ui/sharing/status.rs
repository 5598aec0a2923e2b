//! What the person shares, as a line above the bar: whether it arrives, what counts for it, and the way to end it.

use leptos::prelude::*;

use crate::{
    meeting::{Meeting, sharing::Sharing},
    platform::{screen_capture::Surface, sender_parameters::Sharpness},
    ui::{
        components::{Glyph, icon},
        controls::focus_bar,
        view::{ErasedView, IntoErasedView, effect, press, text},
    },
    words::{Word, t},
};

/// The line, for as long as something is shared.
pub fn sharing_line(meeting: Meeting) -> ErasedView {
    let label = move || t(describe(meeting.sharing.current.get())).to_owned();
    let other = move || match meeting.sharing.sharpness() {
        Sharpness::Sharp => (Sharpness::Smooth, Word::SharingSmooth),
        Sharpness::Smooth => (Sharpness::Sharp, Word::SharingSharp),
    };
    // That one shares is said when it begins.
    effect(move || {
        let word = describe(meeting.sharing.current.get());
        if word != Word::PromptSharing {
            meeting.announcer.announce(t(word));
        }
    });
    let stop = move || {
        meeting.sharing.stop();
        focus_bar();
    };
    view! {
        <div class="prompt prompt-sharing" role="group" aria-label=text(label)>
            {icon(Glyph::Share)}
            <p>{text(label)}</p>
            <button
                class="button button-small"
                type="button"
                on:click=press(move || meeting.sharing.choose_sharpness(untrack(other).0))
            >
                {text(move || t(other().1).to_owned())}
            </button>
            <button class="button button-small" type="button" on:click=press(stop)>
                {t(Word::BarStopSharing)}
            </button>
        </div>
    }
    .erase()
}

fn describe(sharing: Option<Sharing>) -> Word {
    match sharing {
        Some(Sharing { paused: true, .. }) => Word::SharingPaused,
        Some(Sharing {
            surface: Surface::OwnTab,
            ..
        }) => Word::PromptOwnTab,
        _ => Word::PromptSharing,
    }
}
