//! The person's camera and microphone: asked for, switched on and off, exchanged.

mod audio_output;
mod device_changes;
pub(super) mod remembered;

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

use self::remembered::{constraints, is_high_definition, remembered};
use super::{
    capture_error_text::capture_error_text,
    handle::Meeting,
    settings::choices::word_for,
    state::{CaptureState, MeetingStage},
};
use crate::{
    platform::{
        capture::{self, DeviceConstraint},
        capture_error::CaptureError,
        js::{self, Listener},
        storage::{self, Key},
    },
    protocol::{MediaKind, TrackSource},
    words::{Phrase, Word, say, t},
};

/// What goes on at the camera or the microphone. One thing is done after the other: what the person wishes
/// meanwhile is done then, the last request only.
#[derive(Default)]
pub struct Switching {
    busy: Cell<bool>,
    request: RefCell<Option<Request>>,
    /// Hears the end of the track.
    ended: RefCell<Option<Listener>>,
}

/// A device to be opened.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which.
    pub device: DeviceConstraint,
    /// What is said of it.
    pub reason: SwitchReason,
}

/// Why a device is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchReason {
    /// The person has chosen it, or switched it on.
    Chosen,
    /// The one in use is gone.
    Replaces,
    /// It was plugged in.
    PluggedIn,
    /// The one in use gives nothing any more.
    Revived,
}

impl Meeting {
    /// "Use camera and microphone": asks the browser, which asks the person.
    pub fn use_devices(&self) {
        if self.capture.get_untracked() != CaptureState::Asking {
            self.capture.set(CaptureState::Asking);
            self.open_devices();
        }
    }

    /// Opens both, and shows nothing of it until it is done.
    pub(in crate::meeting) fn open_devices(&self) {
        if self.with_runtime(|runtime| runtime.opening.replace(true)) != Some(false) {
            return;
        }
        let meeting = *self;
        spawn_local(async move {
            let opened = capture::open_both(&constraints()).await;
            meeting.with_runtime(|runtime| runtime.opening.set(false));
            if meeting.is_late(opened.iter().flat_map(|opened| &opened.tracks)) {
                return;
            }
            match opened {
                Ok(opened) => {
                    let tracks = &opened.tracks;
                    tracks.iter().for_each(|track| meeting.take_track(track));
                    meeting.missing.set(opened.missing);
                    meeting.publish_tracks();
                    meeting.capture.set(CaptureState::Ready);
                    meeting.list_devices();
                    meeting.send_presence();
                    if meeting
                        .with_runtime(|runtime| runtime.joining.take())
                        .unwrap_or(false)
                    {
                        meeting.join();
                    }
                }
                Err(trouble) => {
                    meeting.with_runtime(|runtime| runtime.joining.set(false));
                    // In the lobby it is on the page.
                    if meeting.stage.get_untracked() == MeetingStage::InRoom {
                        for kind in [MediaKind::Audio, MediaKind::Video] {
                            meeting.announce_text(capture_error_text(&trouble, kind));
                        }
                    }
                    let failed = CaptureState::Failed(trouble);
                    // What is shown anew loses the focus.
                    if meeting.capture.get_untracked() != failed {
                        meeting.capture.set(failed);
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
    pub(in crate::meeting) fn try_device(&self, slot: TrackSource) -> bool {
        let kind = slot.kind();
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
        self.with_runtime(|runtime| runtime.media.set_audible(audible));
        self.request(slot, remembered(kind), SwitchReason::Chosen);
        true
    }

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
        self.show_to_system();
        self.send_presence();
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
        self.choices.fine.set(fine);
        let used = self.in_use(TrackSource::Camera);
        if used.is_some() {
            // One that runs gives no more than it was opened for.
            self.with_runtime(|runtime| runtime.media.stop(TrackSource::Camera));
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

    /// Lets go of the devices.
    pub(in crate::meeting) fn stop_capture(&self) {
        self.with_runtime(|runtime| runtime.media.stop_all());
        self.own_stream.set(None);
        self.own_screen.set(None);
        self.sharing.set(None);
        self.publish_tracks();
    }

    fn take_track(&self, track: &MediaStreamTrack) {
        let is_picture = track.kind() == MediaKind::Video.as_str();
        if is_picture && !self.camera.get_untracked() {
            track.stop();
            self.has_camera.set(true);
            return;
        }
        let slot = match is_picture {
            true => TrackSource::Camera,
            false => TrackSource::Microphone,
        };
        let meeting = *self;
        let ended = Listener::new(track, "ended", move |_| {
            meeting.publish_tracks();
            meeting.list_devices();
        });
        self.with_runtime(|runtime| {
            runtime.media.put(slot, track);
            runtime.switching(slot).ended.replace(Some(ended));
        });
    }

    /// Whether devices come after the end; they are stopped then. The signals may be gone by then.
    pub(in crate::meeting) fn is_late<'a>(
        &self,
        tracks: impl IntoIterator<Item = &'a MediaStreamTrack>,
    ) -> bool {
        let goes_on = |stage| {
            matches!(
                stage,
                MeetingStage::Lobby | MeetingStage::Joining | MeetingStage::InRoom
            )
        };
        let late = !self.stage.try_get_untracked().is_some_and(goes_on);
        if late {
            tracks.into_iter().for_each(MediaStreamTrack::stop);
        }
        late
    }

    /// Brings the signals and the peers to what is there.
    pub(in crate::meeting) fn publish_tracks(&self) {
        let there = |slot| {
            self.with_runtime(|runtime| runtime.media.track(slot).is_some())
                .unwrap_or(false)
        };
        let (microphone, camera) = (there(TrackSource::Microphone), there(TrackSource::Camera));
        self.has_microphone.set(microphone);
        // A camera that is off is stopped, and still there to be switched on.
        if camera || self.camera.get_untracked() {
            self.has_camera.set(camera);
        }
        let stream = self
            .with_runtime(|runtime| runtime.media.stream(TrackSource::Camera))
            .filter(|_| microphone || camera);
        self.own_stream.set(stream);
        let [microphone, camera] = TrackSource::FIRST.map(|slot| self.in_use(slot));
        self.devices.update(|devices| {
            devices.microphone = microphone;
            devices.camera = camera;
        });
        self.with_runtime(|runtime| {
            TrackSource::FIRST
                .into_iter()
                .for_each(|slot| runtime.driver.send_track(slot))
        });
    }

    fn in_use(&self, slot: TrackSource) -> Option<String> {
        id_of(
            &self
                .with_runtime(|runtime| runtime.media.track(slot))
                .flatten()?,
        )
    }

    /// Has a device opened as soon as nothing else goes on there; an earlier request that waits is forgotten.
    pub(in crate::meeting) fn request(
        &self,
        slot: TrackSource,
        wish: DeviceConstraint,
        why: SwitchReason,
    ) {
        let begins = self.with_runtime(|runtime| {
            let switching = runtime.switching(slot);
            switching.request.replace(Some(Request {
                device: wish,
                reason: why,
            }));
            !switching.busy.replace(true)
        });
        if begins == Some(true) {
            let meeting = *self;
            spawn_local(async move {
                while meeting.open_requested(slot).await {
                    meeting.publish_tracks();
                    meeting.send_presence();
                }
                meeting.with_runtime(|runtime| runtime.switching(slot).busy.set(false));
            });
        }
    }

    /// Opens the device of the waiting request; tells whether there was one.
    async fn open_requested(&self, slot: TrackSource) -> bool {
        let request = self.with_runtime(|runtime| runtime.switching(slot).request.take());
        let Some(track) = self.with_runtime(|runtime| runtime.media.track(slot)) else {
            return false;
        };
        if slot == TrackSource::Camera && self.camera.try_get_untracked() != Some(true) {
            self.with_runtime(|runtime| runtime.media.stop(slot));
            return track.is_some();
        }
        let Some(Request {
            device: wish,
            reason: why,
        }) = request.flatten()
        else {
            return false;
        };
        let before = track.as_ref().and_then(id_of);
        let ended = self
            .with_runtime(|runtime| runtime.media.ended(slot))
            .flatten();
        let label = track.or(ended).map(|track| track.label());
        // A phone has one camera at a time.
        if slot == TrackSource::Camera && self.devices.read_untracked().has_front_and_back() {
            self.with_runtime(|runtime| runtime.media.stop(slot));
        }
        let opened = capture::open_one(slot.kind(), wish, is_high_definition()).await;
        if self.is_late(&opened) {
            return false;
        }
        match opened {
            Ok(track) => {
                self.take_track(&track);
                self.set_missing(slot, None);
                let device = &track.label();
                match why {
                    SwitchReason::Revived if label.as_ref() != Some(device) => {
                        self.announce_device(SwitchReason::Replaces, device)
                    }
                    why => self.announce_device(why, device),
                }
                if why == SwitchReason::Chosen {
                    self.list_devices();
                }
            }
            Err(trouble) => self.fall_back(slot, trouble, before),
        }
        true
    }

    pub(in crate::meeting) fn announce_device(&self, why: SwitchReason, device: &str) {
        match why {
            SwitchReason::Replaces => self.announce_text(say(Phrase::DevicesReplaced { device })),
            SwitchReason::PluggedIn => self.announce_text(say(Phrase::DevicesTaken { device })),
            SwitchReason::Chosen | SwitchReason::Revived => {}
        }
    }

    /// Nothing came: back to what was in use, if there was something.
    fn fall_back(&self, slot: TrackSource, trouble: CaptureError, before: Option<String>) {
        self.announce_text(capture_error_text(&trouble, slot.kind()));
        let gone = self
            .with_runtime(|runtime| runtime.media.track(slot).is_none())
            .unwrap_or(false);
        match before {
            Some(before) if gone => {
                self.request(
                    slot,
                    DeviceConstraint::Any(Some(before)),
                    SwitchReason::Revived,
                );
            }
            _ if gone => {
                self.set_missing(slot, Some(trouble));
                if slot == TrackSource::Camera {
                    self.camera.set(false);
                }
            }
            _ => {}
        }
    }

    /// The device of a source was unplugged, and there is no other.
    pub(in crate::meeting) fn handle_device_lost(&self, slot: TrackSource) {
        self.with_runtime(|runtime| runtime.media.stop(slot));
        self.publish_tracks();
        self.send_presence();
        let word = match slot.kind() {
            MediaKind::Audio => Word::MicrophoneUnplugged,
            MediaKind::Video => Word::CameraUnplugged,
        };
        self.announce_text(t(word).to_owned());
    }

    fn set_missing(&self, slot: TrackSource, trouble: Option<CaptureError>) {
        self.missing.update(|[microphone, camera]| {
            match slot.kind() {
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
