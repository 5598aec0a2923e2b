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
pub struct SystemControls(LocalState<RefCell<Option<HeldControls>>>);

struct HeldControls {
    _screen: WakeLock,
    keys: Option<MediaKeys>,
}

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
        let taken = HeldControls {
            _screen: WakeLock::new(),
            keys: MediaKeys::new(&window().navigator(), actions),
        };
        self.0.with(|held| held.replace(Some(taken)));
        let controls = *self;
        call.owned(|| effect(move || controls.show(devices)));
    }

    /// Shows the system whether microphone and camera are on, which is followed.
    fn show(&self, devices: Devices) {
        let (microphone, camera) = (devices.microphone.get(), devices.camera.get());
        self.0.with(|held| {
            if let Some(HeldControls {
                keys: Some(keys), ..
            }) = &*held.borrow()
            {
                keys.show(microphone, camera);
            }
        });
    }

    /// Gives it back.
    pub(in crate::meeting) fn release(&self) {
        self.0.with(RefCell::take);
    }
}
