//! The audio of the page itself (W3C Web Audio): what it lets the person hear, and what it listens to.

use web_sys::{AudioContext, MediaStreamTrack};

use super::{audio_output::destination, chime::Chime, level_meter::LevelMeter, promise};

/// An audio context. Dropping it closes it.
pub struct PageAudio(AudioContext);

impl PageAudio {
    /// After a click, since browsers start none before.
    pub fn new() -> Option<Self> {
        AudioContext::new().ok().map(Self)
    }

    /// Plays a chime to an audio output; without an id, to the system's default.
    pub fn play(&self, chime: Chime, output: &str) {
        if let Ok(resuming) = self.0.resume() {
            promise::ignore(resuming);
        }
        chime.play(&self.0, &destination(&self.0, output));
    }

    /// Listens to how loud a track is.
    pub fn meter(&self, track: &MediaStreamTrack) -> Option<LevelMeter> {
        LevelMeter::new(&self.0, track)
    }
}

impl Drop for PageAudio {
    fn drop(&mut self) {
        if let Ok(closing) = self.0.close() {
            promise::ignore(closing);
        }
    }
}
