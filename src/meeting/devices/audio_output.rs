//! The audio output that everything is heard from: chosen, unplugged, plugged in again.

use leptos::prelude::*;

use super::SwitchReason;
use crate::{
    meeting::handle::Meeting,
    platform::{
        audio_output::destination,
        capture::Device,
        chime::Chime,
        promise,
        storage::{self, Key},
    },
};

impl Meeting {
    /// Plays everybody to another audio output.
    pub fn choose_audio_output(&self, device_id: String) {
        storage::write(Key::Speaker, &device_id);
        self.update_audio_output(&[]);
    }

    /// The chosen audio output where it is plugged in, else the system's default. Where there were others `before`, it is said
    /// that it goes or comes.
    pub(in crate::meeting) fn update_audio_output(&self, before: &[Device]) {
        let chosen = storage::read(Key::Speaker);
        let speakers = self
            .devices
            .with_untracked(|devices| devices.audio_outputs.clone());
        let here = speakers
            .iter()
            .find(|device| Some(&device.id) == chosen.as_ref());
        let speaker = here.map(|device| device.id.clone()).unwrap_or_default();
        if self.audio_output.get_untracked() == speaker {
            return;
        }
        self.audio_output.set(speaker);
        if let Some(device) = here.or(speakers.first()).filter(|_| !before.is_empty()) {
            let why = if here.is_some() {
                SwitchReason::PluggedIn
            } else {
                SwitchReason::Replaces
            };
            self.announce_device(why, &device.label);
        }
    }

    /// Plays something to hear whether one hears.
    pub fn test_audio_output(&self) {
        self.play(Chime::Test);
    }

    pub(in crate::meeting) fn play(&self, chime: Chime) {
        let speaker = self.audio_output.get_untracked();
        self.with_runtime(|runtime| {
            if let Some(context) = runtime.voice.context() {
                if let Ok(resuming) = context.resume() {
                    promise::ignore(resuming);
                }
                chime.play(&context, &destination(&context, &speaker));
            }
        });
    }
}
