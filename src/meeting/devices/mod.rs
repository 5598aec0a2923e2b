//! The person's camera and microphone: asked for, switched on and off, exchanged.

mod audio_output;
mod choosing;
mod device_changes;
pub(super) mod remembered;
mod switching;

use std::cell::{Cell, RefCell};

use leptos::prelude::*;

use self::remembered::{constraints, remembered};
use super::{
    announcer::Announcer,
    call_handle::CallHandle,
    capture_error_text::capture_error_text,
    local_state::LocalState,
    settings::choices::{Chosen, value_of, word_for},
    sounds::Sounds,
    state::{CaptureState, DeviceList},
};
use crate::{
    call::{DeviceSwitch, SwitchReason},
    platform::{
        capture::{self, Missing},
        capture_error::CaptureError,
        js::{self, Listener},
        media::{MediaStream, MediaStreamTrack},
        storage::{self, Key},
        task::{Timeout, spawn_local},
    },
    protocol::{MediaKind, TrackSource},
    words::{Phrase, Word, say, t},
};

/// The person's devices. A handle.
#[derive(Debug, Clone, Copy)]
pub struct Devices {
    /// How far the person has come with them.
    pub capture: RwSignal<CaptureState>,
    /// Whether the microphone is to be on.
    pub microphone: RwSignal<bool>,
    /// Whether the camera is to be on.
    pub camera: RwSignal<bool>,
    /// Whether there is a microphone to switch.
    pub has_microphone: RwSignal<bool>,
    /// Whether there is a camera to switch.
    pub has_camera: RwSignal<bool>,
    /// The own picture.
    pub own_stream: RwSignal<Option<MediaStream>, LocalStorage>,
    /// The devices to choose from.
    pub list: RwSignal<DeviceList>,
    /// Why there is no microphone, and why no camera, where one of them could be had.
    pub missing: RwSignal<Missing>,
    /// Whether the camera is sent in high definition.
    fine: Chosen<bool>,
    call: CallHandle,
    announcer: Announcer,
    sounds: Sounds,
    runtime: LocalState<DeviceRuntime>,
}

#[derive(Default)]
struct DeviceRuntime {
    /// Both devices are being opened.
    opening: Cell<bool>,
    microphone: Switching,
    camera: Switching,
    /// Lists of devices that were asked for and not made yet.
    pending_listings: Cell<u32>,
    /// Looks after the tracks, a while after the page is seen again.
    wake_timer: RefCell<Option<Timeout>>,
    /// Hear of what may have changed.
    listeners: RefCell<Vec<Listener>>,
    /// Hear of what is allowed.
    permissions: RefCell<Vec<Listener>>,
    /// Whether the microphone is on for a key that is held only.
    push_to_talk: Cell<bool>,
}

impl DeviceRuntime {
    /// What goes on at the device of a source.
    fn switching(&self, source: TrackSource) -> &Switching {
        match source.kind() {
            MediaKind::Audio => &self.microphone,
            MediaKind::Video => &self.camera,
        }
    }
}

/// What goes on at the camera or the microphone.
#[derive(Default)]
struct Switching {
    switch: RefCell<DeviceSwitch>,
    /// Hears the end of the track.
    ended: RefCell<Option<Listener>>,
}

impl Devices {
    /// Nothing was asked for.
    #[inline(never)]
    pub(in crate::meeting) fn new(
        call: CallHandle,
        announcer: Announcer,
        sounds: Sounds,
        fine: Chosen<bool>,
    ) -> Self {
        Self {
            capture: RwSignal::new(CaptureState::NotAsked),
            microphone: RwSignal::new(true),
            camera: RwSignal::new(true),
            has_microphone: RwSignal::new(false),
            has_camera: RwSignal::new(false),
            own_stream: RwSignal::new_local(None),
            list: RwSignal::new(DeviceList::default()),
            missing: RwSignal::new([None, None]),
            fine,
            call,
            announcer,
            sounds,
            runtime: LocalState::default(),
        }
    }

    /// Takes what was last switched on or off here.
    pub(in crate::meeting) fn remember(&self) {
        for (key, switch) in [
            (Key::MicrophoneOn, self.microphone),
            (Key::CameraOn, self.camera),
        ] {
            if let Some(on) = storage::read(key).and_then(|word| value_of(&word)) {
                switch.set(on);
            }
        }
    }

    /// Whether a device is there and on, which is followed.
    pub fn is_on(&self, kind: MediaKind) -> bool {
        match kind {
            MediaKind::Audio => self.microphone.get() && self.has_microphone.get(),
            MediaKind::Video => self.camera.get() && self.has_camera.get(),
        }
    }

    /// "Use camera and microphone": asks the browser, which asks the person.
    pub fn use_devices(&self) {
        if self.capture.get_untracked() != CaptureState::Asking {
            self.capture.set(CaptureState::Asking);
            self.open_devices();
        }
    }

    /// Opens both, and shows nothing of it until it is done.
    pub(in crate::meeting) fn open_devices(&self) {
        if self.runtime.with(|runtime| runtime.opening.replace(true)) != Some(false) {
            return;
        }
        let devices = *self;
        spawn_local(async move {
            let opened = capture::open_both(&constraints()).await;
            devices.runtime.with(|runtime| runtime.opening.set(false));
            if devices
                .call
                .is_late(opened.iter().flat_map(|opened| &opened.tracks))
            {
                return;
            }
            match opened {
                Ok(opened) => {
                    let tracks = &opened.tracks;
                    tracks.iter().for_each(|track| devices.take_track(track));
                    devices.missing.set(opened.missing);
                    devices.publish_tracks();
                    devices.capture.set(CaptureState::Ready);
                    devices.list_devices();
                }
                Err(trouble) => {
                    // In the lobby it is on the page.
                    if devices.call.is_inside() {
                        for kind in [MediaKind::Audio, MediaKind::Video] {
                            devices
                                .announcer
                                .announce(capture_error_text(&trouble, kind));
                        }
                    }
                    let failed = CaptureState::Failed(trouble);
                    // What is shown anew loses the focus.
                    if devices.capture.get_untracked() != failed {
                        devices.capture.set(failed);
                    }
                }
            }
        });
    }

    /// "Continue without": nobody is asked.
    pub fn continue_without(&self) {
        self.stop_capture();
        self.capture.set(CaptureState::Without);
    }

    /// Whether a device that is not there may be had by asking, which is followed.
    pub fn can_try(&self, kind: MediaKind) -> bool {
        let [microphone, camera] = self.missing.get().map(|missing| missing.is_some());
        match self.capture.get() {
            CaptureState::NotAsked | CaptureState::Asking => false,
            CaptureState::Without | CaptureState::Failed(_) => true,
            CaptureState::Ready if kind == MediaKind::Audio => microphone,
            CaptureState::Ready => camera,
        }
    }

    /// Asks for a device that is not there; `false` if it is, or asking does not help.
    pub(in crate::meeting) fn try_device(&self, source: TrackSource) -> bool {
        let kind = source.kind();
        let (there, wish, wish_key) = match kind {
            MediaKind::Audio => (self.has_microphone, self.microphone, Key::MicrophoneOn),
            MediaKind::Video => (self.has_camera, self.camera, Key::CameraOn),
        };
        if there.get_untracked() || !untrack(|| self.can_try(kind)) {
            return false;
        }
        if self.capture.get_untracked() != CaptureState::Ready {
            // Whoever went without wants this one only.
            self.microphone.set(false);
            self.camera.set(false);
            self.capture.set(CaptureState::Ready);
        }
        wish.set(true);
        storage::write(wish_key, word_for(true));
        let audible = self.microphone.get_untracked();
        self.call.media(|media| media.set_audible(audible));
        self.request(source, remembered(kind), SwitchReason::Chosen);
        true
    }

    /// Lets go of the devices.
    pub(in crate::meeting) fn stop_capture(&self) {
        self.call.media(|media| media.stop_all());
        self.own_stream.set(None);
        self.publish_tracks();
    }

    fn take_track(&self, track: &MediaStreamTrack) {
        let is_picture = track.kind() == MediaKind::Video.as_str();
        if is_picture && !self.camera.get_untracked() {
            track.stop();
            self.has_camera.set(true);
            return;
        }
        let source = match is_picture {
            true => TrackSource::Camera,
            false => TrackSource::Microphone,
        };
        let devices = *self;
        let ended = Listener::new(track, "ended", move |_| {
            devices.publish_tracks();
            devices.list_devices();
        });
        self.call.media(|media| media.put(source, track));
        self.runtime
            .with(|runtime| runtime.switching(source).ended.replace(Some(ended)));
    }

    /// Brings the signals and the peers to what is there.
    pub(in crate::meeting) fn publish_tracks(&self) {
        let there = |source| {
            self.call
                .media(|media| media.track(source).is_some())
                .unwrap_or(false)
        };
        let (microphone, camera) = (there(TrackSource::Microphone), there(TrackSource::Camera));
        self.has_microphone.set(microphone);
        // A camera that is off is stopped, and still there to be switched on.
        if camera || self.camera.get_untracked() {
            self.has_camera.set(camera);
        }
        let stream = self
            .call
            .media(|media| media.stream(TrackSource::Camera))
            .filter(|_| microphone || camera);
        self.own_stream.set(stream);
        let [microphone, camera] = TrackSource::FIRST.map(|source| self.in_use(source));
        self.list.update(|devices| {
            devices.microphone = microphone;
            devices.camera = camera;
        });
        self.call.driver(|driver| {
            TrackSource::FIRST
                .into_iter()
                .for_each(|source| driver.send_track(source))
        });
    }

    fn in_use(&self, source: TrackSource) -> Option<String> {
        id_of(&self.call.track(source)?)
    }

    pub(in crate::meeting) fn announce_device(&self, why: SwitchReason, device: &str) {
        match why {
            SwitchReason::Replaces => self
                .announcer
                .announce(say(Phrase::DevicesReplaced { device })),
            SwitchReason::PluggedIn => self
                .announcer
                .announce(say(Phrase::DevicesTaken { device })),
            SwitchReason::Chosen | SwitchReason::Revived => {}
        }
    }

    /// The device of a source was unplugged, and there is no other.
    pub(in crate::meeting) fn handle_device_lost(&self, source: TrackSource) {
        self.call.media(|media| media.stop(source));
        self.publish_tracks();
        let word = match source.kind() {
            MediaKind::Audio => Word::MicrophoneUnplugged,
            MediaKind::Video => Word::CameraUnplugged,
        };
        self.announcer.announce(t(word));
    }

    fn set_missing(&self, source: TrackSource, trouble: Option<CaptureError>) {
        self.missing.update(|[microphone, camera]| {
            match source.kind() {
                MediaKind::Audio => *microphone = trouble,
                MediaKind::Video => *camera = trouble,
            };
        });
    }
}

/// The id of the device that a track comes from.
pub fn id_of(track: &MediaStreamTrack) -> Option<String> {
    js::property(&track.get_settings(), "deviceId")?.as_string()
}
