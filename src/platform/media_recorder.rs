//! What makes a file of pictures and sound (W3C MediaStream Recording).

use wasm_bindgen::{JsCast, JsValue};
use web_sys::MediaStream;

use super::{
    dom::window,
    js::{self, Listener},
};

/// Milliseconds of a chunk: no more than two of them are lost when the page dies.
const CHUNK: u32 = 1_000;
/// Bits a second of pictures, enough for text to be read at 1280 by 720, and of sound.
const VIDEO_BITRATE: u32 = 2_500_000;
const AUDIO_BITRATE: u32 = 128_000;
/// With fewer, encoding VP9 takes what the call needs.
const CORES_FOR_VP9: f64 = 6.0;

const MP4: &str = "video/mp4;codecs=avc1.64001f,mp4a.40.2";
const VP9: &str = "video/webm;codecs=vp9,opus";
const VP8: &str = "video/webm;codecs=vp8,opus";

/// Whether the browser can make one.
pub fn is_possible() -> bool {
    js::has_method(&js_sys::global(), "MediaRecorder")
}

/// A recorder that runs until it is stopped.
pub struct Recorder {
    recorder: JsValue,
    _listeners: [Listener; 2],
}

impl Recorder {
    /// Records a stream. `chunk` is given each chunk of the file, then, once, nothing; it may have come to that by
    /// itself, when the stream has ended or the browser could not go on.
    ///
    /// # Errors
    /// What the browser throws.
    pub fn start(
        stream: &MediaStream,
        chunk: impl Fn(Option<JsValue>) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let mut options = vec![
            ("videoBitsPerSecond", VIDEO_BITRATE.into()),
            ("audioBitsPerSecond", AUDIO_BITRATE.into()),
            // A chunk of an mp4 begins with a whole picture, and one can jump to those.
            ("videoKeyFrameIntervalDuration", CHUNK.into()),
        ];
        let format = best_format(cores(), |format| {
            js::property(&js_sys::global(), "MediaRecorder")
                .and_then(|class| js::call(&class, "isTypeSupported", &format.into())?.ok())
                .is_some_and(|answer| answer.is_truthy())
        });
        if let Some(format) = format {
            options.push(("mimeType", format.into()));
        }
        let options = js::object(&options);
        let recorder = js::make("MediaRecorder", &[stream.into(), options])?;
        let ended = chunk.clone();
        let listeners = [
            Listener::new(recorder.unchecked_ref(), "dataavailable", move |event| {
                if let Some(data) = js::property(&event, "data").filter(|data| size(data) > 0.0) {
                    chunk(Some(data));
                }
            }),
            Listener::new(recorder.unchecked_ref(), "stop", move |_| ended(None)),
        ];
        js::invoke(&recorder, "start", &[CHUNK.into()])?;
        Ok(Self {
            recorder,
            _listeners: listeners,
        })
    }

    /// What the file is, as a MIME type.
    pub fn format(&self) -> String {
        let format = js::property(&self.recorder, "mimeType");
        format
            .and_then(|format| format.as_string())
            .unwrap_or_default()
    }

    /// Gives out what there is so far.
    pub fn flush(&self) {
        let _ = js::invoke(&self.recorder, "requestData", &[]);
    }

    /// Ends it; the last chunk is still to come.
    pub fn stop(&self) {
        let _ = js::invoke(&self.recorder, "stop", &[]);
    }
}

/// The best format that can be recorded: the one that plays everywhere, else one that is free. `None` leaves it to the
/// browser.
fn best_format(cores: f64, can: impl Fn(&str) -> bool) -> Option<&'static str> {
    let order = if cores < CORES_FOR_VP9 {
        [MP4, VP8, VP9]
    } else {
        [MP4, VP9, VP8]
    };
    order.into_iter().find(|format| can(format))
}

fn cores() -> f64 {
    js::property(&window().navigator(), "hardwareConcurrency")
        .and_then(|cores| cores.as_f64())
        .unwrap_or_default()
}

/// Bytes of a blob.
pub fn size(blob: &JsValue) -> f64 {
    js::property(blob, "size")
        .and_then(|size| size.as_f64())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_the_best_that_the_machine_can_bear() {
        assert_eq!(best_format(2.0, |_| true), Some(MP4));
        let webm = |format: &str| format.contains("webm");
        assert_eq!(best_format(4.0, webm), Some(VP8));
        assert_eq!(best_format(8.0, webm), Some(VP9));
        assert_eq!(best_format(8.0, |format| format == VP8), Some(VP8));
        assert_eq!(best_format(8.0, |_| false), None);
    }
}
