//! What counts for the screen that is being shared, changed while it is.

use wasm_bindgen::JsValue;
use web_sys::MediaStreamTrack;

use crate::{
    meeting::handle::Meeting,
    platform::{js, promise, sender_parameters::Sharpness},
    protocol::TrackSource,
};

impl Meeting {
    /// Has text sharp or motion smooth from now on, and the next time too; nobody is asked for the screen again.
    pub fn choose_sharpness(&self, sharpness: Sharpness) {
        self.choices.sharpness.set(sharpness);
        self.with_runtime(|runtime| {
            runtime.media.sharpness.set(sharpness);
            if let Some(track) = runtime.media.track(TrackSource::Screen) {
                adjust(&track, sharpness);
            }
            runtime.driver.send_track(TrackSource::Screen);
        });
    }

    /// What counts now, which is followed.
    pub fn sharpness(&self) -> Sharpness {
        self.choices.sharpness.get()
    }
}

/// Has a track be captured otherwise (W3C Media Capture section 4.3.3, `applyConstraints`); where the browser can't, it
/// goes on as it was.
fn adjust(track: &MediaStreamTrack, sharpness: Sharpness) {
    js::set(track, "contentHint", sharpness.hint().into());
    let rate = js::object(&[("max", sharpness.frame_rate().into())]);
    let constraints: JsValue = js::object(&[("frameRate", rate)]);
    if let Some(Ok(applying)) = js::call(track, "applyConstraints", &constraints) {
        promise::ignore(applying.into());
    }
}
