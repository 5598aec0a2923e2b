//! What a call takes of the system: the screen that stays on, the keys of headsets.

use std::cell::RefCell;

use leptos::prelude::*;

use super::{call_handle::CallHandle, devices::Devices, local_state::LocalState};
use crate::platform::{
    media_keys::{Key, MediaKeys},
    wake_lock::WakeLock,
};

/// What of the system is taken, until the call is over. A handle.
#[derive(Debug, Clone, Copy)]
pub struct SystemControls {
    call: CallHandle,
    devices: Devices,
    held: LocalState<RefCell<Option<HeldControls>>>,
}

struct HeldControls {
    _screen: WakeLock,
    keys: Option<MediaKeys>,
}

impl SystemControls {
    /// Nothing taken yet.
    pub(in crate::meeting) fn new(call: CallHandle, devices: Devices) -> Self {
        Self {
            call,
            devices,
            held: LocalState::default(),
        }
    }

    /// Takes it until the call is over.
    pub(in crate::meeting) fn take(&self) {
        if !self.call.is_inside() {
            return;
        }
        // The keys of before are given back first.
        self.release();
        let (call, devices) = (self.call, self.devices);
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
        self.held.with(|held| held.replace(Some(taken)));
        let controls = *self;
        self.call
            .owned(|| Effect::new(move |_| controls.show_devices()));
    }

    /// Shows the system whether microphone and camera are on, which is followed.
    fn show_devices(&self) {
        let (microphone, camera) = (self.devices.microphone.get(), self.devices.camera.get());
        self.held.with(|held| {
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
        self.held.with(RefCell::take);
    }
}
