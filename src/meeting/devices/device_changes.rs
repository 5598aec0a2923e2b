//! What happens to devices without the person's doing here: they are plugged in and out, allowed and forbidden
//! elsewhere, and taken away while the page is in the background. What is to be done then is decided by
//! [`DeviceSnapshot`].

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Window;

use super::{SwitchReason, id_of};
use crate::{
    call::{CaptureSource, DeviceDecision, DeviceSnapshot, Intent},
    meeting::{
        handle::Meeting,
        state::{CaptureState, DeviceList},
    },
    platform::{
        capture::{self, Device, DeviceConstraint},
        js::Listener,
        permissions,
        storage::{self, Key},
    },
    protocol::TrackSource,
};

/// Milliseconds after which a track of a page that is seen again is to give something.
const WAKE_DELAY: u32 = 1_500;

impl Meeting {
    /// Listens to everything that may tell of a change.
    pub(in crate::meeting) fn watch_devices(&self, window: &Window) -> Vec<Listener> {
        let meeting = *self;
        let mut listeners = vec![
            Listener::new(window, "focus", move |_| meeting.check_devices()),
            Listener::new(window, "online", move |_| {
                meeting.send_intent(Intent::Hurry)
            }),
            Listener::new(window, "pageshow", move |event| {
                meeting.handle_pageshow(&event);
                meeting.handle_visible();
            }),
            // Page Lifecycle: thawed without having been hidden.
            Listener::new(&document(), "resume", move |_| meeting.handle_visible()),
            Listener::new(&document(), "visibilitychange", move |_| {
                if !document().hidden() {
                    meeting.handle_visible();
                }
            }),
        ];
        if let Some(devices) = capture::devices() {
            let changed = move |_| meeting.check_devices();
            listeners.push(Listener::new(&devices, "devicechange", changed));
        }
        spawn_local(async move {
            let listeners = permissions::watch(move || meeting.check_devices()).await;
            meeting.with_runtime(|runtime| runtime.permissions.replace(listeners));
        });
        listeners
    }

    /// Something may be there now that was not, or the other way round. Nobody is asked anything.
    fn check_devices(&self) {
        let meeting = *self;
        match self.capture.try_get_untracked() {
            Some(CaptureState::Ready) => self.list_devices(),
            Some(CaptureState::Failed(_)) => spawn_local(async move {
                if permissions::any_granted().await {
                    meeting.open_devices();
                }
            }),
            _ => {}
        }
    }

    /// Back from the background: the server may be reached, and tracks may have ended or fallen silent for good.
    fn handle_visible(&self) {
        self.send_intent(Intent::Hurry);
        self.check_devices();
        let meeting = *self;
        let later = Timeout::new(WAKE_DELAY, move || meeting.reopen_dead_tracks());
        self.with_runtime(|runtime| runtime.wake_timer.replace(Some(later)));
    }

    fn reopen_dead_tracks(&self) {
        if self.capture.try_get_untracked() != Some(CaptureState::Ready) || document().hidden() {
            return;
        }
        for slot in TrackSource::FIRST {
            let track = self
                .with_runtime(|runtime| runtime.media.track(slot))
                .flatten();
            if let Some(track) = track.filter(|track| track.muted()) {
                self.request(
                    slot,
                    DeviceConstraint::Any(id_of(&track)),
                    SwitchReason::Revived,
                );
            }
        }
    }

    /// Lists the devices, and does what follows from it; a list that is asked for meanwhile is made then.
    pub(in crate::meeting) fn list_devices(&self) {
        if self.with_runtime(|runtime| {
            runtime
                .pending_listings
                .replace(runtime.pending_listings.get() + 1)
        }) != Some(0)
        {
            return;
        }
        let meeting = *self;
        spawn_local(async move {
            loop {
                let listed = capture::list().await;
                if meeting.is_late([]) {
                    return;
                }
                meeting.handle_device_list(listed);
                let again = meeting.with_runtime(|runtime| runtime.pending_listings.replace(1) > 1);
                if again != Some(true) {
                    break;
                }
            }
            meeting.with_runtime(|runtime| runtime.pending_listings.set(0));
        });
    }

    fn handle_device_list(&self, listed: [Vec<Device>; 3]) {
        let [cameras, microphones, speakers] = listed;
        let before = self.devices.get_untracked();
        self.devices.set(DeviceList {
            cameras: cameras.clone(),
            microphones: microphones.clone(),
            audio_outputs: speakers,
            ..before.clone()
        });
        self.update_audio_output(&before.audio_outputs);
        if self.capture.get_untracked() == CaptureState::Ready {
            self.decide(TrackSource::Microphone, &microphones, &before.microphones);
            self.decide(TrackSource::Camera, &cameras, &before.cameras);
        }
    }

    fn decide(&self, slot: TrackSource, listed: &[Device], before: &[Device]) {
        let is_camera = slot == TrackSource::Camera;
        if is_camera && !self.camera.get_untracked() {
            // There is one to be switched on, or none any more.
            if listed.is_empty() != before.is_empty() {
                self.has_camera.set(!listed.is_empty());
            }
            return;
        }
        let chosen = storage::read(Key::device(slot.kind()));
        let (live, ended) = self
            .with_runtime(|runtime| (runtime.media.track(slot), runtime.media.ended(slot)))
            .unwrap_or_default();
        let live = live.as_ref().map(|track| id_of(track).unwrap_or_default());
        let ended = ended.as_ref().map(|track| id_of(track).unwrap_or_default());
        let source = match (&live, &ended) {
            (Some(id), _) => CaptureSource::Live(id),
            (None, Some(id)) => CaptureSource::Ended(id),
            (None, None) => CaptureSource::Nothing,
        };
        let sight = DeviceSnapshot {
            listed: &ids(listed),
            before: &ids(before),
            chosen: chosen.as_deref(),
            source,
        };
        let (id, why) = match sight.decide() {
            DeviceDecision::Stay => return,
            DeviceDecision::Replace(id) => (id, SwitchReason::Replaces),
            DeviceDecision::Revive(id) => (id, SwitchReason::Revived),
            DeviceDecision::Take(id) => (id, SwitchReason::PluggedIn),
            DeviceDecision::Lose => return self.handle_device_lost(slot),
        };
        self.request(slot, DeviceConstraint::Any(Some(id.to_owned())), why);
    }

    /// Takes the camera that looks the other way.
    pub fn flip_camera(&self) {
        let devices = self.devices.get_untracked();
        let used = |device: &&Device| Some(&device.id) == devices.camera.as_ref();
        let away = devices
            .cameras
            .iter()
            .find(used)
            .and_then(|device| device.away);
        let other = Some(!away.unwrap_or(false));
        if let Some(device) = devices.cameras.iter().find(|device| device.away == other) {
            self.choose_camera(device.id.clone());
        }
    }
}

fn ids(devices: &[Device]) -> Vec<&str> {
    devices.iter().map(|device| device.id.as_str()).collect()
}
