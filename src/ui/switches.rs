//! The buttons for microphone and camera. Their name says what a press does, and that is the only place
//! where the state is told; colour and icon repeat it for the eye.

use leptos::prelude::*;

use super::icons::{Glyph, Icon};
use crate::browser::Meeting;

/// Turns the own microphone on and off.
#[component]
pub fn MicrophoneSwitch(
    /// Whose.
    meeting: Meeting,
) -> impl IntoView {
    view! {
        <Switch
            thing="microphone"
            glyphs=(Glyph::Microphone, Glyph::MicrophoneOff)
            wanted=meeting.microphone
            there=meeting.has_microphone
            toggle=move || meeting.toggle_microphone()
        />
    }
}

/// Turns the own camera on and off.
#[component]
pub fn CameraSwitch(
    /// Whose.
    meeting: Meeting,
) -> impl IntoView {
    view! {
        <Switch
            thing="camera"
            glyphs=(Glyph::Camera, Glyph::CameraOff)
            wanted=meeting.camera
            there=meeting.has_camera
            toggle=move || meeting.toggle_camera()
        />
    }
}

#[component]
fn Switch(
    thing: &'static str,
    glyphs: (Glyph, Glyph),
    wanted: RwSignal<bool>,
    there: RwSignal<bool>,
    toggle: impl Fn() + 'static,
) -> impl IntoView {
    let on = Signal::derive(move || wanted.get() && there.get());
    let label = move || format!("Turn {thing} {}", if on.get() { "off" } else { "on" });
    let hint = move || if there.get() { label() } else { format!("No {thing}") };
    let glyph = Signal::derive(move || if on.get() { glyphs.0 } else { glyphs.1 });
    view! {
        <button
            class="control"
            class:control-off=move || there.get() && !on.get()
            type="button"
            aria-label=label
            title=hint
            disabled=move || !there.get()
            on:click=move |_| toggle()
        >
            <Icon glyph=glyph />
        </button>
    }
    .into_any()
}
