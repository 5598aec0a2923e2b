//! Where everything is heard (W3C Audio Output Devices), where the browser lets one choose.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AudioContext, AudioNode, HtmlMediaElement, MediaStream};

use super::{
    capture::Device,
    chime::Chime,
    devices::Why,
    js,
    meeting::Meeting,
    outcome,
    storage::{self, Key},
};

/// Whether a speaker can be chosen here.
pub fn can_choose_speaker() -> bool {
    let audio = document().create_element("audio");
    audio.is_ok_and(|audio| js::has_method(&audio, "setSinkId"))
}

/// Has an element be heard from a speaker; without an id, from the system's default. One that is gone is not taken.
pub fn hear_from(element: &JsValue, speaker: &str) {
    if !js::property(element, "sinkId").is_some_and(|now| now == speaker)
        && let Some(Ok(setting)) = js::call(element, "setSinkId", &speaker.into())
    {
        outcome::ignore(setting.unchecked_into());
    }
}

/// What the page's own sounds go into. Firefox lets elements choose their speaker, and no audio context.
pub fn outlet(context: &AudioContext, speaker: &str) -> AudioNode {
    if js::has_method(context, "setSinkId") {
        hear_from(context, speaker);
    } else if !speaker.is_empty()
        && let Some(node) = element_outlet(context, speaker)
    {
        return node;
    }
    context.destination().into()
}

fn element_outlet(context: &AudioContext, speaker: &str) -> Option<AudioNode> {
    let node = js::call(context, "createMediaStreamDestination", &JsValue::UNDEFINED)?.ok()?;
    let stream: MediaStream = js::property(&node, "stream")?.unchecked_into();
    let element: HtmlMediaElement = document().create_element("audio").ok()?.unchecked_into();
    hear_from(&element, speaker);
    element.set_src_object(Some(&stream));
    outcome::ignore(element.play().ok()?);
    Some(node.unchecked_into())
}

impl Meeting {
    /// Has everybody be heard from another speaker.
    pub fn choose_speaker(&self, device_id: String) {
        storage::write(Key::Speaker, &device_id);
        self.settle_speaker(&[]);
    }

    /// The chosen speaker where it is plugged in, else the system's default. Where there were others `before`, it is said
    /// that it goes or comes.
    pub(super) fn settle_speaker(&self, before: &[Device]) {
        let chosen = storage::read(Key::Speaker);
        let speakers = self
            .devices
            .with_untracked(|devices| devices.speakers.clone());
        let here = speakers
            .iter()
            .find(|device| Some(&device.id) == chosen.as_ref());
        let speaker = here.map(|device| device.id.clone()).unwrap_or_default();
        if self.speaker.get_untracked() == speaker {
            return;
        }
        self.speaker.set(speaker);
        if let Some(device) = here.or(speakers.first()).filter(|_| !before.is_empty()) {
            let why = if here.is_some() {
                Why::Came
            } else {
                Why::Replaces
            };
            self.tell_device(why, &device.label);
        }
    }

    /// Plays something to hear whether one hears.
    pub fn test_speaker(&self) {
        self.play(Chime::Test);
    }

    pub(super) fn play(&self, chime: Chime) {
        let speaker = self.speaker.get_untracked();
        self.work(|works| {
            if let Some(context) = works.listening.context() {
                if let Ok(resuming) = context.resume() {
                    outcome::ignore(resuming);
                }
                chime.play(&context, &outlet(&context, &speaker));
            }
        });
    }
}
