//! Where everything is heard (W3C Audio Output Devices), where the browser lets one choose.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AudioContext, AudioNode, HtmlMediaElement, MediaStream};

use super::{dom::document, js, promise};

/// Whether an audio output can be chosen here.
pub fn can_choose_audio_output() -> bool {
    let audio = document().create_element("audio");
    audio.is_ok_and(|audio| js::has_method(&audio, "setSinkId"))
}

/// Plays an element to an audio output (`setSinkId`); without an id, from the system's default. One that is gone is not taken.
pub fn set_audio_output(element: &JsValue, speaker: &str) {
    if !js::property(element, "sinkId").is_some_and(|now| now == speaker)
        && let Some(Ok(setting)) = js::call(element, "setSinkId", &speaker.into())
    {
        promise::ignore(setting.unchecked_into());
    }
}

/// What the page's own sounds go into. Firefox lets elements choose their audio output, and no audio context.
pub fn destination(context: &AudioContext, speaker: &str) -> AudioNode {
    if js::has_method(context, "setSinkId") {
        set_audio_output(context, speaker);
    } else if !speaker.is_empty()
        && let Some(node) = element_destination(context, speaker)
    {
        return node;
    }
    context.destination().into()
}

fn element_destination(context: &AudioContext, speaker: &str) -> Option<AudioNode> {
    let node = js::call(context, "createMediaStreamDestination", &JsValue::UNDEFINED)?.ok()?;
    let stream: MediaStream = js::property(&node, "stream")?.unchecked_into();
    let element: HtmlMediaElement = document().create_element("audio").ok()?.unchecked_into();
    set_audio_output(&element, speaker);
    element.set_src_object(Some(&stream));
    promise::ignore(element.play().ok()?);
    Some(node.unchecked_into())
}
