//! The audio output that everything is heard from: chosen, unplugged, plugged in again.

use leptos::prelude::*;

use super::Devices;
use crate::{
    call::SwitchReason,
    platform::{
        capture::Device,
        storage::{self, Key},
    },
};

impl Devices {
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
            .list
            .with_untracked(|devices| devices.audio_outputs.clone());
        let here = speakers
            .iter()
            .find(|device| Some(&device.id) == chosen.as_ref());
        let speaker = here.map(|device| device.id.clone()).unwrap_or_default();
        if self.sounds.output.get_untracked() == speaker {
            return;
        }
        self.sounds.output.set(speaker);
        if let Some(device) = here.or(speakers.first()).filter(|_| !before.is_empty()) {
            let why = if here.is_some() {
                SwitchReason::PluggedIn
            } else {
                SwitchReason::Replaces
            };
            self.announce_device(why, &device.label);
        }
    }
}
