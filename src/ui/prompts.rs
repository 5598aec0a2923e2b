//! What the person should know at once and can do something about: one line each above the bar, with its button.

use leptos::prelude::*;

use super::{
    desk::{Desk, Dialog},
    dynamic::{press, when},
    icons::{Glyph, icon},
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::{Meeting, Surface},
    words::{Word, t},
};

/// All that hold now.
pub fn prompts(meeting: Meeting, desk: Desk) -> Piece {
    let sharing = move || match meeting.sharing.get().map(|sharing| sharing.surface) {
        Some(Surface::OwnTab) => Word::PromptOwnTab,
        _ => Word::PromptSharing,
    };
    view! {
        <div class="prompts">
            {when(
                move || meeting.sound_blocked.get(),
                move || prompt(Glyph::Warning, Word::PromptSound, Word::PromptSoundOn, move || meeting.turn_on_sound()),
            )}
            {when(
                move || meeting.hearing.talks_muted.get(),
                move || prompt(Glyph::MicrophoneOff, Word::PromptMutedTalk, Word::PromptUnmute, move || meeting.toggle_microphone()),
            )}
            {when(
                move || meeting.hearing.dead.get(),
                move || prompt(Glyph::MicrophoneOff, Word::PromptDead, Word::MenuSettings, move || desk.open(Dialog::Settings)),
            )}
            {when(
                move || meeting.sharing.get().is_some(),
                move || prompt(Glyph::Share, sharing(), Word::BarStopSharing, move || meeting.stop_sharing()),
            )}
        </div>
    }
    .piece()
}

fn prompt(glyph: Glyph, text: Word, does: Word, action: impl Fn() + 'static) -> Piece {
    view! {
        <div class="prompt" role="group" aria-label=t(text)>
            {icon(glyph)}
            <p>{t(text)}</p>
            <button class="button button-small" type="button" on:click=press(action)>
                {t(does)}
            </button>
        </div>
    }
    .piece()
}
