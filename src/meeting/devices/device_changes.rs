//! What happens to devices without the person's doing here: they are plugged in and out, allowed and forbidden
//! elsewhere, and taken away while the page is in the background. What is to be done then is decided by
//! [`DeviceSnapshot`].

use leptos::prelude::*;

use super::{Devices, id_of};
use crate::{
    call::{CaptureSource, DeviceConstraint, DeviceDecision, DeviceSnapshot, Intent, SwitchReason},
    meeting::state::{CaptureState, DeviceList},
    platform::{
        capture::{self, Device},
        js::Listener,
        page, permissions,
        storage::{self, Key},
        task::{Timeout, spawn_local},
    },
    protocol::TrackSource,
};

/// Milliseconds after which a track of a page that is seen again is to give something.
const WAKE_DELAY: u32 = 1_500;

impl Devices {
    /// Listens to everything that may tell of a change.
    pub(in crate::meeting) fn watch(&self) {
        let (devices, window) = (*self, &window());
        let mut listeners = vec![
            Listener::new(window, "focus", move |_| devices.check_devices()),
            Listener::new(window, "online", move |_| {
                devices.call.send_intent(Intent::Hurry)
            }),
            Listener::new(window, "pageshow", move |event| {
                // One from the cache has left, and its devices are stopped: it begins anew.
                if page::is_restored(&event) {
                    page::reload();
                }
                devices.handle_visible();
            }),
            // Page Lifecycle: thawed without having been hidden.
            Listener::new(&document(), "resume", move |_| devices.handle_visible()),
            Listener::new(&document(), "visibilitychange", move |_| {
                if !document().hidden() {
                    devices.handle_visible();
                }
            }),
        ];
        if let Some(media_devices) = capture::devices() {
            let changed = move |_| devices.check_devices();
            listeners.push(Listener::new(&media_devices, "devicechange", changed));
        }
        self.runtime
            .with(|runtime| runtime.listeners.replace(listeners));
        spawn_local(async move {
            let listeners = permissions::watch(move || devices.check_devices()).await;
            devices
                .runtime
                .with(|runtime| runtime.permissions.replace(listeners));
        });
    }

    /// Something may be there now that was not, or the other way round. Nobody is asked anything.
    fn check_devices(&self) {
        let devices = *self;
        match self.capture.try_get_untracked() {
            Some(CaptureState::Ready) => self.list_devices(),
            Some(CaptureState::Failed(_)) => spawn_local(async move {
                if permissions::any_granted().await {
                    devices.open_devices();
                }
            }),
            _ => {}
        }
    }

    /// Back from the background: the server may be reached, and tracks may have ended or fallen silent for good.
    fn handle_visible(&self) {
        self.call.send_intent(Intent::Hurry);
        self.check_devices();
        let devices = *self;
        let later = Timeout::new(WAKE_DELAY, move || devices.reopen_dead_tracks());
        self.runtime
            .with(|runtime| runtime.wake_timer.replace(Some(later)));
    }

    fn reopen_dead_tracks(&self) {
        if self.capture.try_get_untracked() != Some(CaptureState::Ready) || document().hidden() {
            return;
        }
        for source in TrackSource::FIRST {
            let track = self.call.track(source);
            if let Some(track) = track.filter(|track| track.muted()) {
                self.request(
                    source,
                    DeviceConstraint::Any(id_of(&track)),
                    SwitchReason::Revived,
                );
            }
        }
    }

    /// Lists the devices, and does what follows from it; a list that is asked for meanwhile is made then.
    pub(in crate::meeting) fn list_devices(&self) {
        if self.runtime.with(|runtime| {
            runtime
                .pending_listings
                .replace(runtime.pending_listings.get() + 1)
        }) != Some(0)
        {
            return;
        }
        let devices = *self;
        spawn_local(async move {
            loop {
                let listed = capture::list().await;
                if devices.call.is_late([]) {
                    return;
                }
                devices.handle_device_list(listed);
                let again = devices
                    .runtime
                    .with(|runtime| runtime.pending_listings.replace(1) > 1);
                if again != Some(true) {
                    break;
                }
            }
            devices
                .runtime
                .with(|runtime| runtime.pending_listings.set(0));
        });
    }

    fn handle_device_list(&self, listed: [Vec<Device>; 3]) {
        let [cameras, microphones, speakers] = listed;
        let before = self.list.get_untracked();
        self.list.set(DeviceList {
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

    fn decide(&self, source: TrackSource, listed: &[Device], before: &[Device]) {
        let is_camera = source == TrackSource::Camera;
        if is_camera && !self.camera.get_untracked() {
            // There is one to be switched on, or none any more.
            if listed.is_empty() != before.is_empty() {
                self.has_camera.set(!listed.is_empty());
            }
            return;
        }
        let chosen = storage::read(Key::device(source.kind()));
        let (live, ended) = self
            .call
            .media(|media| (media.track(source), media.ended(source)))
            .unwrap_or_default();
        let live = live.as_ref().map(|track| id_of(track).unwrap_or_default());
        let ended = ended.as_ref().map(|track| id_of(track).unwrap_or_default());
        let captured = match (&live, &ended) {
            (Some(id), _) => CaptureSource::Live(id),
            (None, Some(id)) => CaptureSource::Ended(id),
            (None, None) => CaptureSource::Nothing,
        };
        let snapshot = DeviceSnapshot {
            listed: &ids(listed),
            before: &ids(before),
            chosen: chosen.as_deref(),
            source: captured,
        };
        let (id, why) = match snapshot.decide() {
            DeviceDecision::Stay => return,
            DeviceDecision::Replace(id) => (id, SwitchReason::Replaces),
            DeviceDecision::Revive(id) => (id, SwitchReason::Revived),
            DeviceDecision::Take(id) => (id, SwitchReason::PluggedIn),
            DeviceDecision::Lose => return self.handle_device_lost(source),
        };
        self.request(source, DeviceConstraint::Any(Some(id.to_owned())), why);
    }

    /// Takes the camera that looks the other way.
    pub fn flip_camera(&self) {
        let devices = self.list.get_untracked();
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
