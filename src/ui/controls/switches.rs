//! The buttons that never vanish: microphone, camera and leave. A switch's name says what a press does, and that is the
//! only place where the state is told; colour and icon repeat it for the eye.

use leptos::prelude::*;

use crate::{
    meeting::Meeting,
    protocol::MediaKind,
    ui::{
        components::{Glyph, icon},
        view::{ErasedView, IntoErasedView, dynamic, flag, memo, press, text, when},
    },
    words::{Word, t},
};

/// Turns the own microphone on and off.
pub fn microphone_switch(meeting: Meeting) -> ErasedView {
    let glyphs = (Glyph::Microphone, Glyph::MicrophoneOff);
    let toggle = move || meeting.devices.toggle_microphone();
    let labels = Labels {
        turn_on: Word::MicrophoneTurnOn,
        turn_off: Word::MicrophoneTurnOff,
        none: Word::MicrophoneNone,
        key: "M",
    };
    let (wanted, there) = (meeting.devices.microphone, meeting.devices.has_microphone);
    let can_try = move || meeting.devices.can_try(MediaKind::Audio);
    view! {
        <span class="with-dot">
            {switch(labels, glyphs, wanted, there, can_try, toggle)}
            {when(move || meeting.voice.silent.get(), silent_microphone_mark)}
        </span>
    }
    .erase()
}

/// On, and nothing comes from it; the prompt says so in words.
fn silent_microphone_mark() -> ErasedView {
    view! { <span class="dot dot-warn" aria-hidden="true">"!"</span> }.erase()
}

/// Turns the own camera on and off.
pub fn camera_switch(meeting: Meeting) -> ErasedView {
    let glyphs = (Glyph::Camera, Glyph::CameraOff);
    let labels = Labels {
        turn_on: Word::CameraTurnOn,
        turn_off: Word::CameraTurnOff,
        none: Word::CameraNone,
        key: "V",
    };
    switch(
        labels,
        glyphs,
        meeting.devices.camera,
        meeting.devices.has_camera,
        move || meeting.devices.can_try(MediaKind::Video),
        move || meeting.devices.toggle_camera(),
    )
}

/// The way out.
pub fn leave_button(meeting: Meeting) -> ErasedView {
    view! {
        <button
            class="control control-leave"
            type="button"
            aria-label=t(Word::BarLeave)
            title=t(Word::BarLeave)
            on:click=press(move || meeting.call.leave())
        >
            {icon(Glyph::HangUp)}
        </button>
    }
    .erase()
}

/// What a switch can be called.
#[derive(Clone, Copy)]
struct Labels {
    turn_on: Word,
    turn_off: Word,
    /// There is nothing to switch.
    none: Word,
    /// The key that does the same.
    key: &'static str,
}

fn switch(
    labels: Labels,
    glyphs: (Glyph, Glyph),
    wanted: RwSignal<bool>,
    there: RwSignal<bool>,
    can_try: impl Fn() -> bool + Send + Sync + 'static,
    toggle: impl Fn() + 'static,
) -> ErasedView {
    let on = memo(move || wanted.get() && there.get());
    let usable = memo(move || there.get() || can_try());
    let label = move || {
        let word = if on.get() {
            labels.turn_off
        } else {
            labels.turn_on
        };
        t(word).to_owned()
    };
    let hint = move || {
        if usable.get() {
            label()
        } else {
            t(labels.none).to_owned()
        }
    };
    let classes = move || {
        if usable.get() && !on.get() {
            "control control-off"
        } else {
            "control"
        }
    };
    view! {
        <button
            class=text(move || classes().to_owned())
            type="button"
            data-key=labels.key
            aria-label=text(label)
            title=text(hint)
            disabled=flag(move || !usable.get())
            on:click=press(toggle)
        >
            {dynamic(move || Some(icon(if on.get() { glyphs.0 } else { glyphs.1 })))}
        </button>
    }
    .erase()
}
