//! All voices and sounds in one track (W3C Web Audio section 1.10, `MediaStreamAudioDestinationNode`).

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, MediaStreamTrack};

use super::{js, promise};

/// Mixes tracks. Dropping it ends the mixed one, and touches none of the others.
pub struct AudioMixer {
    context: JsValue,
    into: JsValue,
    /// By their tracks: one that comes anew may have the id of another.
    sources: Vec<(MediaStreamTrack, JsValue)>,
}

impl AudioMixer {
    /// Silence yet.
    ///
    /// # Errors
    /// What the browser throws.
    pub fn new() -> Result<Self, JsValue> {
        let context = js::make("AudioContext", &[])?;
        let into = js::invoke(&context, "createMediaStreamDestination", &[])?;
        if let Ok(resuming) = js::invoke(&context, "resume", &[]) {
            promise::ignore(resuming.unchecked_into());
        }
        Ok(Self {
            context,
            into,
            sources: Vec::new(),
        })
    }

    /// The mixed track.
    pub fn track(&self) -> Option<MediaStreamTrack> {
        let stream: MediaStream = js::property(&self.into, "stream")?.unchecked_into();
        let first = stream.get_audio_tracks().get(0);
        (!first.is_undefined()).then(|| first.unchecked_into())
    }

    /// From now on, these are heard, each once, and no others.
    pub fn set_tracks(&mut self, tracks: &[MediaStreamTrack]) {
        self.sources.retain(|(track, source)| {
            let stays = tracks.contains(track);
            if !stays {
                let _ = js::invoke(source, "disconnect", &[]);
            }
            stays
        });
        for track in tracks {
            if !self.sources.iter().any(|(known, _)| known == track)
                && let Ok(source) = self.connect(track)
            {
                self.sources.push((track.clone(), source));
            }
        }
    }

    fn connect(&self, track: &MediaStreamTrack) -> Result<JsValue, JsValue> {
        let stream = js::make("MediaStream", &[Array::of1(track).into()])?;
        let source = js::invoke(&self.context, "createMediaStreamSource", &[stream])?;
        js::invoke(&source, "connect", std::slice::from_ref(&self.into))?;
        Ok(source)
    }
}

impl Drop for AudioMixer {
    fn drop(&mut self) {
        if let Ok(closing) = js::invoke(&self.context, "close", &[]) {
            promise::ignore(closing.unchecked_into());
        }
    }
}
