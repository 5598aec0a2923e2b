//! The lobby's view of oneself: the question for devices, then what the others will see, or why they won't.

use leptos::prelude::*;

use crate::{
    meeting::{CaptureState, Meeting, capture_error_text},
    platform::capture_error::CaptureError,
    protocol::MediaKind,
    ui::{
        components::{Glyph, avatar, icon},
        controls::{camera_switch, microphone_switch},
        room::device_trouble,
        tile::video,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, dynamic, flag, memo, press, when},
    },
    words::{Word, t},
};

/// Shows the state of the person's own devices; buttons do something once the program is `ready`.
pub fn preview(meeting: Meeting, ui_state: UiState, ready: RwSignal<bool>) -> ErasedView {
    let shown = move || match meeting.devices.capture.get() {
        CaptureState::NotAsked => device_question(meeting, ready),
        CaptureState::Asking => permission_pending(),
        CaptureState::Ready => own_video(meeting),
        CaptureState::Without => without_devices(meeting),
        CaptureState::Failed(trouble) => device_trouble(meeting, ui_state, &trouble),
    };
    view! {
        <section class="preview" aria-label=t(Word::PreviewLabel)>
            {dynamic(move || Some(shown()))}
        </section>
    }
    .erase()
}

fn device_question(meeting: Meeting, ready: RwSignal<bool>) -> ErasedView {
    let waiting = move || !ready.get();
    view! {
        <div class="preview-note">
            <span class="icon-circle">{icon(Glyph::Camera)}</span>
            <p class="preview-title">{t(Word::PreviewQuestion)}</p>
            <p class="secondary-text">{t(Word::PreviewQuestionHint)}</p>
            <div class="actions">
                <button class="button primary" disabled=flag(waiting) on:click=press(move || meeting.devices.use_devices())>
                    {t(Word::PreviewUse)}
                </button>
                <button class="button" disabled=flag(waiting) on:click=press(move || meeting.devices.continue_without())>
                    {t(Word::PreviewWithout)}
                </button>
            </div>
        </div>
    }
    .erase()
}

fn permission_pending() -> ErasedView {
    view! {
        <div class="preview-note">
            <span class="icon-circle">{icon(Glyph::Busy)}</span>
            <p class="preview-title">{t(Word::PreviewWaiting)}</p>
            <p class="secondary-text">{t(Word::PreviewWaitingHint)}</p>
        </div>
    }
    .erase()
}

/// Several elements in a row: a `<div>` around them would take part in the layout.
fn own_video(meeting: Meeting) -> ErasedView {
    let seen = memo(move || meeting.devices.is_on(MediaKind::Video));
    let arrived = RwSignal::new(false);
    view! {
        {video(meeting.devices.own_stream, move || meeting.choices.mirror.get(), arrived, None, move || seen.get(), |_| false)}
        {when(move || !seen.get(), move || placeholder(meeting, Word::PreviewCameraOff))}
        {dynamic(move || Some(missing_devices(meeting)))}
        <div class="preview-switches">
            {microphone_switch(meeting)}
            {camera_switch(meeting)}
        </div>
    }
    .erase()
}

/// Why one of the two is not there.
fn missing_devices(meeting: Meeting) -> ErasedView {
    let line = |(trouble, kind): (&Option<CaptureError>, MediaKind)| {
        let text = capture_error_text(trouble.as_ref()?, kind);
        Some(view! { <p class="preview-missing">{text}</p> }.erase())
    };
    let missing = meeting.devices.missing.read();
    let lines: Vec<ErasedView> = missing
        .iter()
        .zip([MediaKind::Audio, MediaKind::Video])
        .filter_map(line)
        .collect();
    view! { <div class="preview-top">{lines}</div> }.erase()
}

fn without_devices(meeting: Meeting) -> ErasedView {
    view! {
        <div class="preview-note">
            {placeholder(meeting, Word::PreviewNoDevices)}
            <p class="secondary-text">{t(Word::PreviewNoDevicesHint)}</p>
            <div class="actions">
                <button class="button" on:click=press(move || meeting.devices.use_devices())>
                    {t(Word::PreviewUse)}
                </button>
            </div>
        </div>
    }
    .erase()
}

fn placeholder(meeting: Meeting, text: Word) -> ErasedView {
    view! {
        <div class="video-placeholder">
            {avatar(move || meeting.people.name.get(), move || meeting.people.name.get())}
            <p>{t(text)}</p>
        </div>
    }
    .erase()
}
