//! What one does with devices: choosing, seeing that the microphone hears, hearing that the speaker plays, and what
//! helps where something is missing.

use leptos::prelude::*;

use super::{
    device_picker::{camera_picker, microphone_picker, speaker_picker},
    permission_help::steps_to_allow,
};
use crate::{
    meeting::{CaptureState, Meeting},
    platform::audio_output::can_choose_speaker,
    ui::{
        components::{Glyph, icon, steps},
        view::{ErasedView, IntoErasedView, dynamic, press, text, when},
    },
    words::{Word, t},
};

/// All of it, in the lobby and in the settings.
pub fn device_panel(meeting: Meeting) -> ErasedView {
    let ready = move || meeting.capture.get() == CaptureState::Ready;
    let denied = move || {
        let (missing, capture) = (meeting.missing.get(), meeting.capture.get());
        let failed = match &capture {
            CaptureState::Failed(trouble) => Some(trouble),
            _ => None,
        };
        let mut troubles = missing.iter().flatten().chain(failed);
        troubles
            .find(|trouble| trouble.is_denial())
            .map(steps_to_allow)
    };
    view! {
        <div class="kit">
            {when(move || !ready(), move || ask(meeting))}
            <div class="kit-part">
                {camera_picker(meeting)}
                {when(move || meeting.devices.read().look_both_ways(), move || flip(meeting))}
            </div>
            <div class="kit-part">
                {microphone_picker(meeting)}
                {when(move || meeting.has_microphone.get(), move || level(meeting))}
            </div>
            <div class="kit-part">
                {speaker(meeting)}
                <button class="button button-small" type="button" on:click=press(move || meeting.test_speaker())>
                    {t(Word::SpeakerTest)}
                </button>
            </div>
            {when(move || meeting.microphone_level.dead.get(), silent_microphone_help)}
            {dynamic(denied)}
        </div>
    }
    .erase()
}

fn ask(meeting: Meeting) -> ErasedView {
    view! {
        <button class="button" type="button" on:click=press(move || meeting.use_devices())>
            {t(Word::PreviewUse)}
        </button>
    }
    .erase()
}

fn flip(meeting: Meeting) -> ErasedView {
    view! {
        <button class="button button-small" type="button" on:click=press(move || meeting.flip_camera())>
            {icon(Glyph::Flip)}
            {t(Word::CameraFlip)}
        </button>
    }
    .erase()
}

fn level(meeting: Meeting) -> ErasedView {
    let level = move || meeting.microphone_level.level.get();
    view! {
        <div
            class="level"
            role="meter"
            aria-label=t(Word::MicrophoneLevel)
            aria-valuemin="0"
            aria-valuemax="10"
            aria-valuenow=text(move || level().to_string())
        >
            <span prop:style=text(move || ["inline-size:", &level().to_string(), "0%"].concat())></span>
        </div>
    }
    .erase()
}

fn speaker(meeting: Meeting) -> ErasedView {
    match can_choose_speaker() {
        true => speaker_picker(meeting),
        false => view! { <p class="quiet">{t(Word::SpeakerNone)}</p> }.erase(),
    }
}

fn silent_microphone_help() -> ErasedView {
    view! {
        <div class="kit-help">
            <p>{t(Word::DeadTitle)}</p>
            {steps(Word::DeadChecks)}
        </div>
    }
    .erase()
}
