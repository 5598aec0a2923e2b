//! What the person should know at once and can do something about: one line each above the bar, with its button.

use leptos::prelude::*;

use crate::{
    meeting::Meeting,
    protocol::{HostAction, Knocker},
    ui::{
        components::{Glyph, icon},
        controls::focus_bar,
        lazy::lazy,
        sharing,
        ui_state::{Dialog, UiState},
        view::{ErasedView, IntoErasedView, dynamic, press, when},
    },
    words::{Phrase, Word, say, t},
};

/// All that hold now.
pub fn prompts(meeting: Meeting, ui_state: UiState) -> ErasedView {
    view! {
        <div class="prompts">
            {dynamic(move || meeting.talk.waiting.read().first().map(|knocker| knock_prompt(meeting, knocker)))}
            {when(
                move || meeting.sounds.blocked.get(),
                move || prompt(meeting, Glyph::Warning, Word::PromptAutoplayBlocked, Word::PromptUnblockSound, move || meeting.sounds.unblock()),
            )}
            {when(
                move || meeting.voice.talks_muted.get(),
                move || prompt(meeting, Glyph::MicrophoneOff, Word::PromptMutedTalk, Word::PromptUnmute, move || meeting.devices.toggle_microphone()),
            )}
            {when(
                move || meeting.voice.silent.get(),
                move || prompt(meeting, Glyph::MicrophoneOff, Word::PromptSilentMicrophone, Word::MenuSettings, move || ui_state.open(Dialog::Settings)),
            )}
            {when(
                move || meeting.sharing.current.get().is_some(),
                move || lazy(sharing::lazy::status(), meeting, ui_state),
            )}
        </div>
    }
    .erase()
}

/// The first in the waiting room; the others are in the list of people.
fn knock_prompt(meeting: Meeting, knocker: &Knocker) -> ErasedView {
    let id = knocker.id;
    let text = say(Phrase::RoomKnocks {
        name: &meeting.people.knocker_name(knocker),
    });
    let admit = move || meeting.talk.host(HostAction::Admit { id, admit: true });
    prompt_line(Glyph::Door, text, Word::PromptAdmit, admit)
}

/// What the live region says for those who do not see it; the others have the line.
pub const ANNOUNCED: [Word; 3] = [
    Word::PromptAutoplayBlocked,
    Word::PromptMutedTalk,
    Word::PromptSilentMicrophone,
];

fn prompt(
    meeting: Meeting,
    glyph: Glyph,
    text: Word,
    does: Word,
    action: impl Fn() + 'static,
) -> ErasedView {
    meeting.announcer.announce(t(text));
    prompt_line(glyph, t(text).to_owned(), does, action)
}

fn prompt_line(glyph: Glyph, text: String, does: Word, action: impl Fn() + 'static) -> ErasedView {
    let label = text.clone();
    // The line goes, and the focus with it.
    let act = move || {
        action();
        focus_bar();
    };
    view! {
        <div class="prompt" role="group" aria-label=label>
            {icon(glyph)}
            <p>{text}</p>
            <button class="button button-small" type="button" on:click=press(act)>
                {t(does)}
            </button>
        </div>
    }
    .erase()
}
