//! The lobby's view of oneself: the question for devices, then what the others will see, or why they won't.

use leptos::prelude::*;

use super::{
    avatar::Avatar,
    icons::{Glyph, Icon},
    switches::{CameraSwitch, MicrophoneSwitch},
    trouble::DeviceTrouble,
    video::Video,
};
use crate::browser::{Capture, Meeting};

/// Shows the state of the person's own devices.
#[component]
pub fn Preview(
    /// Whose devices.
    meeting: Meeting,
    /// Whether the program runs, so that buttons do something.
    ready: RwSignal<bool>,
) -> impl IntoView {
    let shown = move || match meeting.capture.get() {
        Capture::NotAsked => view! { <Question meeting=meeting ready=ready /> }.into_any(),
        Capture::Asking => view! { <Asking /> }.into_any(),
        Capture::Ready => view! { <Mirror meeting=meeting /> }.into_any(),
        Capture::Without => view! { <Without meeting=meeting /> }.into_any(),
        Capture::Failed(trouble) => view! { <DeviceTrouble meeting=meeting trouble=trouble /> }.into_any(),
    };
    view! {
        <section class="preview" aria-label="Preview">
            {shown}
        </section>
    }
    .into_any()
}

#[component]
fn Question(meeting: Meeting, ready: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="preview-note">
            <span class="medal">
                <Icon glyph=Glyph::Camera />
            </span>
            <p class="preview-title">"Do you want to be seen and heard?"</p>
            <p class="quiet">"You can turn either off at any time."</p>
            <div class="actions">
                <button class="button primary" disabled=move || !ready.get() on:click=move |_| meeting.use_devices()>
                    "Use camera and microphone"
                </button>
                <button class="button" disabled=move || !ready.get() on:click=move |_| meeting.continue_without()>
                    "Continue without"
                </button>
            </div>
        </div>
    }
}

#[component]
fn Asking() -> impl IntoView {
    view! {
        <div class="preview-note">
            <span class="medal">
                <Icon glyph=Glyph::Busy />
            </span>
            <p class="preview-title">"Waiting for your camera and microphone"</p>
            <p class="quiet">"If the browser asks, choose “Allow”."</p>
        </div>
    }
}

#[component]
fn Mirror(meeting: Meeting) -> impl IntoView {
    let seen = Signal::derive(move || meeting.camera.get() && meeting.has_camera.get());
    view! {
        <Video stream=meeting.own_stream shown=seen own=true />
        <Show when=move || !seen.get()>
            <Standin meeting=meeting text="Your camera is off" />
        </Show>
        <div class="preview-switches">
            <MicrophoneSwitch meeting=meeting />
            <CameraSwitch meeting=meeting />
        </div>
    }
}

#[component]
fn Without(meeting: Meeting) -> impl IntoView {
    view! {
        <div class="preview-note">
            <Standin meeting=meeting text="You join without camera and microphone" />
            <p class="quiet">"You will see and hear the others."</p>
            <div class="actions">
                <button class="button" on:click=move |_| meeting.use_devices()>
                    "Use camera and microphone"
                </button>
            </div>
        </div>
    }
}

#[component]
fn Standin(meeting: Meeting, text: &'static str) -> impl IntoView {
    view! {
        <div class="standin">
            <Avatar name=meeting.name seed=meeting.name />
            <p>{text}</p>
        </div>
    }
}
