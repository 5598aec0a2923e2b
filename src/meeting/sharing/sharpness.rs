//! What counts for the screen that is being shared, changed while it is.

use super::ScreenShare;
use crate::{
    platform::{screen_capture, sender_parameters::Sharpness},
    protocol::TrackSource,
};

impl ScreenShare {
    /// Has text sharp or motion smooth from now on, and the next time too; nobody is asked for the screen again.
    pub fn choose_sharpness(&self, sharpness: Sharpness) {
        self.chosen.set(sharpness);
        self.call.media(|media| {
            media.sharpness.set(sharpness);
            if let Some(track) = media.track(TrackSource::Screen) {
                screen_capture::adjust(&track, sharpness);
            }
        });
        self.call
            .driver(|driver| driver.send_track(TrackSource::Screen));
    }

    /// What counts now, which is followed.
    pub fn sharpness(&self) -> Sharpness {
        self.chosen.get()
    }
}
