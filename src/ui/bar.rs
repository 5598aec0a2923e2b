//! The controls of a call. Microphone, camera and leave are there at every width.

use leptos::prelude::*;

use super::{
    icons::{Glyph, Icon},
    switches::{CameraSwitch, MicrophoneSwitch},
};
use crate::browser::Meeting;

/// The bar under the stage.
#[component]
pub fn Bar(
    /// What it controls.
    meeting: Meeting,
) -> impl IntoView {
    view! {
        <div class="bar" role="toolbar" aria-label="Call controls">
            <MicrophoneSwitch meeting=meeting />
            <CameraSwitch meeting=meeting />
            <button
                class="control"
                type="button"
                aria-label="Copy link"
                title="Copy link"
                on:click=move |_| meeting.copy_link()
            >
                <Icon glyph=Glyph::Link />
            </button>
            <button
                class="control control-leave"
                type="button"
                aria-label="Leave"
                title="Leave"
                on:click=move |_| meeting.leave()
            >
                <Icon glyph=Glyph::HangUp />
            </button>
        </div>
    }
    .into_any()
}
