//! What a call takes of the system: the screen that stays on, the keys of headsets.

use std::cell::RefCell;

use leptos::prelude::*;

use super::{call_handle::CallHandle, devices::Devices, effect::effect, local_state::LocalState};
use crate::platform::{
    media_keys::{Key, MediaKeys},
    wake_lock::WakeLock,
};

/// What of the system is taken, until the call is over. A handle.
#[derive(Debug, Clone, Copy)]
pub struct SystemControls(LocalState<RefCell<Option<ShowDevices>>>);

/// Shows the system whether microphone and camera are on. With it goes what is taken; what that is, is not in what everybody
/// loads.
type ShowDevices = Box<dyn Fn(bool, bool)>;

impl SystemControls {
    /// Nothing taken yet.
    pub(in crate::meeting) fn new() -> Self {
        Self(LocalState::default())
    }

    /// Takes it until the call is over.
    pub(in crate::meeting) fn take(&self, call: CallHandle, devices: Devices) {
        if !call.is_inside() {
            return;
        }
        // The keys of before are given back first.
        self.release();
        let actions: [Key; 3] = [
            (
                "togglemicrophone",
                Box::new(move || devices.toggle_microphone()),
            ),
            ("togglecamera", Box::new(move || devices.toggle_camera())),
            ("hangup", Box::new(move || call.leave())),
        ];
        let screen = WakeLock::new();
        let keys = MediaKeys::new(&window().navigator(), actions);
        let show = move |microphone, camera| {
            let _on = &screen;
            if let Some(keys) = &keys {
                keys.show(microphone, camera);
            }
        };
        self.0.with(|held| held.replace(Some(Box::new(show))));
        let controls = *self;
        call.owned(|| effect(move || controls.show(devices)));
    }

    /// Shows the system what is on, which is followed.
    fn show(&self, devices: Devices) {
        let (microphone, camera) = (devices.microphone.get(), devices.camera.get());
        self.0.with(|held| {
            if let Some(show) = &*held.borrow() {
                show(microphone, camera);
            }
        });
    }

    /// Gives it back.
    pub(in crate::meeting) fn release(&self) {
        self.0.with(RefCell::take);
    }
}
