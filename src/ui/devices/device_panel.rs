//! What one does with devices: choosing, seeing that the microphone hears, hearing that the audio output plays, and what
//! helps where something is missing.

use leptos::prelude::*;

use super::{
    device_picker::{audio_output_picker, camera_picker, microphone_picker},
    permission_help::steps_to_allow,
};
use crate::{
    meeting::{CaptureState, Meeting},
    platform::audio_output::can_choose_audio_output,
    ui::{
        components::{Glyph, icon, steps},
        view::{ErasedView, IntoErasedView, dynamic, press, text, when},
    },
    words::{Word, t},
};

/// All of it, in the lobby and in the settings.
pub fn device_panel(meeting: Meeting) -> ErasedView {
    let ready = move || meeting.devices.capture.get() == CaptureState::Ready;
    let denied = move || {
        let (missing, capture) = (meeting.devices.missing.get(), meeting.devices.capture.get());
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
        <div class="device-panel">
            {when(move || !ready(), move || use_devices_button(meeting))}
            <div class="device-field">
                {camera_picker(meeting)}
                {when(move || meeting.devices.list.read().has_front_and_back(), move || flip_button(meeting))}
            </div>
            <div class="device-field">
                {microphone_picker(meeting)}
                {when(move || meeting.devices.has_microphone.get(), move || level_meter(meeting))}
            </div>
            <div class="device-field">
                {audio_output(meeting)}
                <button class="button button-small" type="button" on:click=press(move || meeting.sounds.test())>
                    {t(Word::AudioOutputTest)}
                </button>
            </div>
            {when(move || meeting.voice.silent.get(), silent_microphone_help)}
            {dynamic(denied)}
        </div>
    }
    .erase()
}

fn use_devices_button(meeting: Meeting) -> ErasedView {
    view! {
        <button class="button" type="button" on:click=press(move || meeting.devices.use_devices())>
            {t(Word::PreviewUse)}
        </button>
    }
    .erase()
}

fn flip_button(meeting: Meeting) -> ErasedView {
    view! {
        <button class="button button-small" type="button" on:click=press(move || meeting.devices.flip_camera())>
            {icon(Glyph::Flip)}
            {t(Word::CameraFlip)}
        </button>
    }
    .erase()
}

fn level_meter(meeting: Meeting) -> ErasedView {
    let level = move || meeting.voice.level.get();
    view! {
        <div
            class="level-meter"
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

fn audio_output(meeting: Meeting) -> ErasedView {
    match can_choose_audio_output() {
        true => audio_output_picker(meeting),
        false => view! { <p class="secondary-text">{t(Word::AudioOutputFixed)}</p> }.erase(),
    }
}

fn silent_microphone_help() -> ErasedView {
    view! {
        <div class="device-help">
            <p>{t(Word::SilentMicrophoneTitle)}</p>
            {steps(Word::SilentMicrophoneChecks)}
        </div>
    }
    .erase()
}
