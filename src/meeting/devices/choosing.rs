//! What the person turns on and off, and which of several devices it is to be.

use leptos::prelude::*;

use super::{Devices, remembered::remembered};
use crate::{
    call::{DeviceConstraint, SwitchReason},
    meeting::settings::choices::word_for,
    platform::storage::{self, Key},
    protocol::{MediaKind, TrackSource},
};

impl Devices {
    /// Turns the camera on or off; off, the device is stopped and its lamp goes out.
    pub fn toggle_camera(&self) {
        if self.try_device(TrackSource::Camera) {
            return;
        }
        self.camera.update(|on| *on = !*on);
        storage::write(Key::CameraOn, word_for(self.camera.get_untracked()));
        self.request(
            TrackSource::Camera,
            remembered(MediaKind::Video),
            SwitchReason::Chosen,
        );
    }

    /// Turns the microphone on or off; at once, both ways.
    pub fn toggle_microphone(&self) {
        if self.try_device(TrackSource::Microphone) {
            return;
        }
        let on = !self.microphone.get_untracked();
        storage::write(Key::MicrophoneOn, word_for(on));
        self.set_microphone(on);
    }

    pub(in crate::meeting) fn set_microphone(&self, on: bool) {
        self.microphone.set(on);
        self.call.media(|media| media.set_audible(on));
    }

    /// Turns the microphone on until [`end_push_to_talk`](Self::end_push_to_talk).
    pub fn begin_push_to_talk(&self) {
        if !self.microphone.get_untracked() && self.has_microphone.get_untracked() {
            self.runtime.with(|runtime| runtime.push_to_talk.set(true));
            self.set_microphone(true);
        }
    }

    /// The key is let go.
    pub fn end_push_to_talk(&self) {
        if self.runtime.with(|runtime| runtime.push_to_talk.take()) == Some(true) {
            self.set_microphone(false);
        }
    }

    /// Takes another camera, without a word to the other side.
    pub fn choose_camera(&self, device_id: String) {
        storage::write(Key::Camera, &device_id);
        self.request(
            TrackSource::Camera,
            DeviceConstraint::Exactly(device_id),
            SwitchReason::Chosen,
        );
    }

    /// Sends the camera in high definition, or as it is sent otherwise, without a word to the other side.
    pub fn choose_high_definition(&self, fine: bool) {
        self.fine.set(fine);
        let used = self.in_use(TrackSource::Camera);
        if used.is_some() {
            // One that runs gives no more than it was opened for.
            self.call.media(|media| media.stop(TrackSource::Camera));
            self.request(
                TrackSource::Camera,
                DeviceConstraint::Any(used),
                SwitchReason::Chosen,
            );
        }
    }

    /// Takes another microphone, without a word to the other side.
    pub fn choose_microphone(&self, device_id: String) {
        storage::write(Key::Microphone, &device_id);
        self.request(
            TrackSource::Microphone,
            DeviceConstraint::Exactly(device_id),
            SwitchReason::Chosen,
        );
    }
}
