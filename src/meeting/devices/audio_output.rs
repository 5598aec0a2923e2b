//! The audio output that everything is heard from: chosen, unplugged, plugged in again.

use leptos::prelude::*;

use super::Why;
use crate::{
    meeting::handle::Meeting,
    platform::{
        audio_output::outlet,
        capture::Device,
        chime::Chime,
        promise,
        storage::{self, Key},
    },
};

impl Meeting {
    /// Has everybody be heard from another speaker.
    pub fn choose_speaker(&self, device_id: String) {
        storage::write(Key::Speaker, &device_id);
        self.settle_speaker(&[]);
    }

    /// The chosen speaker where it is plugged in, else the system's default. Where there were others `before`, it is said
    /// that it goes or comes.
    pub(in crate::meeting) fn settle_speaker(&self, before: &[Device]) {
        let chosen = storage::read(Key::Speaker);
        let speakers = self
            .devices
            .with_untracked(|devices| devices.speakers.clone());
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

    pub(in crate::meeting) fn play(&self, chime: Chime) {
        let speaker = self.audio_output.get_untracked();
        self.with_runtime(|runtime| {
            if let Some(context) = runtime.listening.context() {
                if let Ok(resuming) = context.resume() {
                    promise::ignore(resuming);
                }
                chime.play(&context, &outlet(&context, &speaker));
            }
        });
    }
}
