//! A picture that moves and a tone, in the place of devices that are not there.

use gloo_timers::callback::Interval;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AudioContext, MediaStream, MediaStreamTrack, OscillatorNode};

use super::{dom::document, js, media::Media, promise};
use crate::protocol::TrackSource;

/// Milliseconds between two drawings.
const DRAWING: u32 = 50;

/// What draws and sounds, until it is dropped.
pub struct SyntheticMedia {
    _drawing: Option<Interval>,
    sounding: Option<(AudioContext, OscillatorNode)>,
}

impl SyntheticMedia {
    /// Fills the sources that are empty.
    pub fn fill(media: &Media) -> Self {
        let mut made = Self {
            _drawing: None,
            sounding: None,
        };
        if media.track(TrackSource::Camera).is_none()
            && let Some((track, drawing)) = picture()
        {
            media.put(TrackSource::Camera, &track);
            made._drawing = Some(drawing);
        }
        if media.track(TrackSource::Microphone).is_none()
            && let Some((track, sounding)) = tone()
        {
            media.put(TrackSource::Microphone, &track);
            made.sounding = Some(sounding);
        }
        made
    }
}

impl Drop for SyntheticMedia {
    fn drop(&mut self) {
        if let Some((context, _)) = &self.sounding
            && let Ok(closing) = context.close()
        {
            promise::ignore(closing);
        }
    }
}

/// A bar that wanders over a canvas (W3C Media Capture from DOM Elements section 4.1, `captureStream`).
fn picture() -> Option<(MediaStreamTrack, Interval)> {
    let canvas = document().create_element("canvas").ok()?;
    let _ = canvas.set_attribute("width", "320");
    let _ = canvas.set_attribute("height", "240");
    let context = js::call(&canvas, "getContext", &"2d".into())?.ok()?;
    let stream = js::call(&canvas, "captureStream", &JsValue::UNDEFINED)?.ok()?;
    let track = stream
        .unchecked_into::<MediaStream>()
        .get_video_tracks()
        .get(0);
    let mut at = 0_u32;
    let drawing = Interval::new(DRAWING, move || {
        at = (at + 4) % 320;
        let fill = js::property(&context, "fillRect")
            .and_then(|it| it.dyn_into::<js_sys::Function>().ok());
        let Some(fill) = fill else { return };
        for (colour, x, width) in [("#174ea6", 0, 320), ("#f2b84b", at, 48)] {
            js::set(&context, "fillStyle", colour.into());
            let area = [x, 0, width, 240].map(JsValue::from);
            let area: js_sys::Array = area.into_iter().collect::<js_sys::Array>();
            let _ = fill.apply(&context, &area);
        }
    });
    Some((track.dyn_into().ok()?, drawing))
}

/// A tone that nobody hears here (W3C Web Audio section 1.20, `MediaStreamAudioDestinationNode`).
fn tone() -> Option<(MediaStreamTrack, (AudioContext, OscillatorNode))> {
    let context = AudioContext::new().ok()?;
    let end = js::call(
        &context,
        "createMediaStreamDestination",
        &JsValue::UNDEFINED,
    )?
    .ok()?;
    let tone = context.create_oscillator().ok()?;
    tone.connect_with_audio_node(end.unchecked_ref()).ok()?;
    tone.start().ok()?;
    let stream: MediaStream = js::property(&end, "stream")?.dyn_into().ok()?;
    let track = stream.get_audio_tracks().get(0).dyn_into().ok()?;
    Some((track, (context, tone)))
}
