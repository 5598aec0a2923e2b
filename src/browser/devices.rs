//! The person's camera and microphone: asked for, switched on and off, exchanged.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

use super::{
    capture::{self, Capture, Devices, Wish},
    choices::word_for,
    js,
    meeting::{Meeting, Stage},
    slot::Slot,
    storage::{self, Key},
};
use crate::protocol::Kind;

impl Meeting {
    /// "Use camera and microphone": asks the browser, which asks the person.
    pub fn use_devices(&self) {
        if self.capture.get_untracked() == Capture::Asking {
            return;
        }
        self.capture.set(Capture::Asking);
        let meeting = *self;
        let wish = |key| Wish::Any(storage::read(key));
        spawn_local(async move {
            let opened = capture::open_both(wish(Key::Microphone), wish(Key::Camera)).await;
            if meeting.is_late(opened.iter().flatten()) {
                return;
            }
            match opened {
                Ok(tracks) => {
                    tracks.iter().for_each(|track| meeting.take_track(track));
                    meeting.note_what_is_there();
                    meeting.capture.set(Capture::Ready);
                    meeting.list_devices();
                    if meeting.work(|works| works.joining.take()).unwrap_or(false) {
                        meeting.join();
                    }
                }
                Err(trouble) => {
                    meeting.work(|works| works.joining.set(false));
                    meeting.capture.set(Capture::Failed(trouble));
                }
            }
        });
    }

    /// "Continue without": nobody is asked.
    pub fn continue_without(&self) {
        self.stop_capture();
        self.capture.set(Capture::Without);
    }

    /// Turns the camera on or off; off, the device is stopped and its lamp goes out.
    pub fn toggle_camera(&self) {
        self.camera.update(|on| *on = !*on);
        storage::write(Key::CameraOn, word_for(self.camera.get_untracked()));
        self.settle_camera();
        self.show_to_system();
        self.present();
    }

    /// Takes another camera, without a word to the other side.
    pub fn choose_camera(&self, device_id: String) {
        self.choose(Kind::Video, Key::Camera, device_id);
    }

    /// Takes another microphone, without a word to the other side.
    pub fn choose_microphone(&self, device_id: String) {
        self.choose(Kind::Audio, Key::Microphone, device_id);
    }

    /// Lets go of the devices.
    pub(super) fn stop_capture(&self) {
        self.work(|works| works.media.stop_all());
        self.own_stream.set(None);
        self.own_screen.set(None);
        self.sharing.set(None);
        self.note_what_is_there();
    }

    fn take_track(&self, track: &MediaStreamTrack) {
        let is_picture = track.kind() == Kind::Video.as_str();
        if is_picture && !self.camera.get_untracked() {
            track.stop();
            self.has_camera.set(true);
            return;
        }
        let slot = match is_picture {
            true => Slot::Camera,
            false => Slot::Microphone,
        };
        self.work(|works| works.media.put(slot, track));
    }

    /// Whether devices come after the end; they are stopped then. The signals may be gone by then.
    pub(super) fn is_late<'a>(
        &self,
        tracks: impl IntoIterator<Item = &'a MediaStreamTrack>,
    ) -> bool {
        let goes_on = |stage| matches!(stage, Stage::Lobby | Stage::Joining | Stage::InRoom);
        let late = !self.stage.try_get_untracked().is_some_and(goes_on);
        if late {
            tracks.into_iter().for_each(MediaStreamTrack::stop);
        }
        late
    }

    /// Brings the signals and the peers to what is there.
    fn note_what_is_there(&self) {
        let there = |slot| {
            self.work(|works| works.media.track(slot).is_some())
                .unwrap_or(false)
        };
        let (microphone, camera) = (there(Slot::Microphone), there(Slot::Camera));
        self.has_microphone.set(microphone);
        // A camera that is off is stopped, and still there to be switched on.
        if camera || self.camera.get_untracked() {
            self.has_camera.set(camera);
        }
        let stream = self
            .work(|works| works.media.stream(Slot::Camera))
            .filter(|_| microphone || camera);
        self.own_stream.set(stream);
        self.work(|works| {
            Slot::FIRST
                .into_iter()
                .for_each(|slot| works.engine.send_track(slot))
        });
    }

    /// Switches until the camera is as it was last wished.
    fn settle_camera(&self) {
        if self
            .work(|works| works.switching.replace(true))
            .unwrap_or(true)
        {
            return;
        }
        let meeting = *self;
        spawn_local(async move {
            loop {
                let wanted = meeting.camera.get_untracked();
                let there = meeting
                    .work(|works| works.media.track(Slot::Camera).is_some())
                    .unwrap_or(wanted);
                if wanted == there {
                    break;
                }
                if !wanted {
                    meeting.work(|works| works.media.stop(Slot::Camera));
                } else {
                    let wish = Wish::Any(storage::read(Key::Camera));
                    let opened = capture::open_one(Kind::Video, wish).await;
                    if meeting.is_late(&opened) {
                        break;
                    }
                    match opened {
                        Ok(track) => meeting.take_track(&track),
                        Err(trouble) => {
                            meeting.camera.set(false);
                            meeting.say(trouble.spoken(Kind::Video));
                            meeting.present();
                        }
                    }
                }
                meeting.note_what_is_there();
            }
            meeting.work(|works| works.switching.set(false));
        });
    }

    fn choose(&self, kind: Kind, key: Key, id: String) {
        storage::write(key, &id);
        let meeting = *self;
        spawn_local(async move {
            let opened = capture::open_one(kind, Wish::Exactly(id)).await;
            if meeting.is_late(&opened) {
                return;
            }
            match opened {
                Ok(track) => {
                    meeting.take_track(&track);
                    meeting.note_what_is_there();
                    meeting.present();
                    meeting.list_devices();
                }
                Err(trouble) => meeting.say(trouble.spoken(kind)),
            }
        });
    }

    pub(super) fn list_devices(&self) {
        let meeting = *self;
        spawn_local(async move {
            let (cameras, microphones) = capture::list().await;
            let in_use = |slot| {
                let track = meeting.work(|works| works.media.track(slot)).flatten()?;
                js::property(&track.get_settings(), "deviceId")?.as_string()
            };
            let (camera, microphone) = (in_use(Slot::Camera), in_use(Slot::Microphone));
            meeting.devices.try_set(Devices {
                cameras,
                microphones,
                camera,
                microphone,
            });
        });
    }
}
