//! What the pages see of a meeting: signals to read, and what the person can do.

use std::{cell::Cell, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MediaStream, MediaStreamTrack};

use super::{
    announcer::Announcer,
    capture::{self, Capture, CaptureTrouble, Devices, Wish},
    engine::Engine,
    js::{self, Listener},
    media::Media,
    outcome,
    person::Person,
    storage::{self, Key},
    view,
    wishes::Wishes,
};
use crate::{
    call::Intent,
    protocol::{DisplayName, Kind, ParticipantId, Presence, RoomName},
};

/// A meeting in one room, from the lobby to the end; who comes back gets a new one. A handle: copies are the
/// same meeting.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    /// Which page the room shows.
    pub stage: RwSignal<Stage>,
    /// How far the person has come with the devices.
    pub capture: RwSignal<Capture>,
    /// The own id, inside.
    pub you: RwSignal<Option<ParticipantId>>,
    /// What the person wants to be called, as typed.
    pub name: RwSignal<String>,
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
    /// The others, in the order of their coming.
    pub people: RwSignal<Vec<Person>>,
    /// The link to the server.
    pub link: RwSignal<LinkState>,
    /// What the live region says.
    pub said: RwSignal<String>,
    /// The devices to choose from.
    pub devices: RwSignal<Devices>,
    pub(super) owner: StoredValue<Owner>,
    /// Outlives the meeting: set, it asks for the next one.
    wishes: RwSignal<Wishes>,
    room: StoredValue<RoomName>,
    works: StoredValue<Option<Rc<Works>>, LocalStorage>,
}

/// What runs in the browser only, from mounting on.
struct Works {
    media: Rc<Media>,
    engine: Engine,
    announcer: Announcer,
    /// Joins when the devices are there.
    joining: Cell<bool>,
    /// The camera is being switched; the wish may change meanwhile.
    switching: Cell<bool>,
    _listeners: Vec<Listener>,
}

/// Which page a room shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Before joining.
    Lobby,
    /// On the way in.
    Joining,
    /// Inside.
    InRoom,
    /// Left.
    Left,
    /// It can't go on.
    Trouble(Trouble),
}

/// Why a meeting can't go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Plain http on another host: browsers give no camera there.
    InsecureContext,
    /// The browser has no WebRTC.
    Unsupported,
    /// The server does not let the person in.
    Refused {
        /// As in the protocol.
        code: String,
        /// The sentence.
        message: String,
    },
    /// The server can't be reached; it is being tried.
    ServerAway,
}

/// The link to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// None is wanted.
    Idle,
    /// On the way.
    Connecting,
    /// There.
    Up,
    /// Gone, and tried again.
    Reconnecting,
}

impl Meeting {
    /// A meeting in the lobby of a room. It does nothing before it is mounted. When `wishes` are set anew, the
    /// person wants the next meeting.
    pub fn new(room: RoomName, wishes: RwSignal<Wishes>) -> Self {
        let Wishes {
            name,
            microphone,
            camera,
            ..
        } = wishes.get_untracked();
        Self {
            stage: RwSignal::new(Stage::Lobby),
            capture: RwSignal::new(Capture::NotAsked),
            you: RwSignal::new(None),
            name: RwSignal::new(name),
            microphone: RwSignal::new(microphone),
            camera: RwSignal::new(camera),
            has_microphone: RwSignal::new(false),
            has_camera: RwSignal::new(false),
            own_stream: RwSignal::new_local(None),
            people: RwSignal::new(Vec::new()),
            link: RwSignal::new(LinkState::Idle),
            said: RwSignal::new(String::new()),
            devices: RwSignal::new(Devices::default()),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            wishes,
            room: StoredValue::new(room),
            works: StoredValue::new_local(None),
        }
    }

    /// Looks at what the browser can do and remembers; to be called once, in the browser.
    pub fn mount(&self) {
        let Some(window) = web_sys::window() else {
            return;
        };
        if !window.is_secure_context() {
            return self.stage.set(Stage::Trouble(Trouble::InsecureContext));
        }
        let supported =
            js::property(&window, "RTCPeerConnection").is_some() && capture::devices().is_some();
        let Some(media) = Media::new().filter(|_| supported) else {
            return self.stage.set(Stage::Trouble(Trouble::Unsupported));
        };
        if let Some(name) =
            storage::read(Key::Name).filter(|_| self.name.read_untracked().is_empty())
        {
            self.name.set(name);
        }
        media.set_audible(self.microphone.get_untracked());
        let (meeting, media) = (*self, Rc::new(media));
        let engine = Engine::new(media.clone(), move |shown| view::show(meeting, shown));
        let mut listeners = vec![Listener::new(&window, "pagehide", move |_| meeting.quit())];
        if let Some(devices) = capture::devices() {
            listeners.push(Listener::new(&devices, "devicechange", move |_| {
                meeting.list_devices()
            }));
        }
        let (joining, switching) = Default::default();
        let works = Works {
            media,
            engine,
            announcer: Announcer::new(self.said),
            joining,
            switching,
            _listeners: listeners,
        };
        self.works.set_value(Some(Rc::new(works)));
        on_cleanup_in(self.owner, move || meeting.quit());
        self.want(Intent::Approach);
        if self.wishes.with_untracked(|wishes| wishes.devices) {
            self.use_devices();
        }
    }

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

    /// Enters the room; before the choice of devices, asks for them first.
    pub fn join(&self) {
        let Ok(name) = DisplayName::parse(&self.name.get_untracked()) else {
            return;
        };
        match self.capture.get_untracked() {
            Capture::NotAsked | Capture::Failed(_) => {
                self.work(|works| works.joining.set(true));
                self.use_devices();
            }
            Capture::Asking => {
                self.work(|works| works.joining.set(true));
            }
            Capture::Ready | Capture::Without => {
                storage::write(Key::Name, name.as_str());
                let (room, presence) = (self.room.get_value(), self.presence());
                self.want(Intent::Join { room, presence });
            }
        }
    }

    /// Leaves for good.
    pub fn leave(&self) {
        self.want(Intent::Leave);
    }

    /// Back to the lobby, with the devices that were there before: asks for the next meeting, which ends this
    /// one.
    pub fn rejoin(&self) {
        self.wishes.set(Wishes {
            name: self.name.get_untracked(),
            microphone: self.microphone.get_untracked(),
            camera: self.camera.get_untracked(),
            devices: self.capture.get_untracked() == Capture::Ready,
        });
    }

    /// Turns the microphone on or off; at once, both ways.
    pub fn toggle_microphone(&self) {
        self.microphone.update(|on| *on = !*on);
        let on = self.microphone.get_untracked();
        self.work(|works| works.media.set_audible(on));
        self.present();
    }

    /// Turns the camera on or off; off, the device is stopped and its lamp goes out.
    pub fn toggle_camera(&self) {
        self.camera.update(|on| *on = !*on);
        self.settle_camera();
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

    /// Copies the room's address.
    pub fn copy_link(&self) {
        let meeting = *self;
        spawn_local(async move {
            let Some(window) = web_sys::window() else {
                return;
            };
            let Ok(address) = window.location().href() else {
                return;
            };
            let copied = outcome::wait(window.navigator().clipboard().write_text(&address)).await;
            meeting.say(if copied.is_ok() {
                "Link copied".to_owned()
            } else {
                "The browser does not let this page copy; take the address from its bar".to_owned()
            });
        });
    }

    /// Says something in the live region.
    pub(super) fn say(&self, sentence: String) {
        self.work(|works| works.announcer.say(sentence));
    }

    /// Lets go of the devices.
    pub(super) fn stop_capture(&self) {
        self.work(|works| {
            Kind::ALL
                .into_iter()
                .for_each(|kind| works.media.stop(kind))
        });
        self.own_stream.set(None);
        self.note_what_is_there();
    }

    fn quit(&self) {
        self.want(Intent::Leave);
        self.work(|works| {
            Kind::ALL
                .into_iter()
                .for_each(|kind| works.media.stop(kind))
        });
    }

    fn want(&self, intent: Intent) {
        self.work(|works| works.engine.want(intent));
    }

    /// Nothing is borrowed meanwhile: what is done may lead back here.
    fn work<T>(&self, action: impl FnOnce(&Works) -> T) -> Option<T> {
        let works = self.works.try_with_value(Clone::clone).flatten()?;
        Some(action(&works))
    }

    /// What the others see: a device that is not there is off.
    fn presence(&self) -> Presence {
        Presence {
            name: DisplayName::parse(&self.name.get_untracked()).ok(),
            microphone: self.microphone.get_untracked() && self.has_microphone.get_untracked(),
            camera: self.camera.get_untracked() && self.has_camera.get_untracked(),
            ..Presence::unnamed()
        }
    }

    fn present(&self) {
        self.want(Intent::Present(self.presence()));
    }

    fn take_track(&self, track: &MediaStreamTrack) {
        let on = self.camera.get_untracked();
        if track.kind() == Kind::Video.as_str() && !on {
            track.stop();
            self.has_camera.set(true);
            return;
        }
        self.work(|works| works.media.put(track));
    }

    /// Whether devices come after the end; they are stopped then. The signals may be gone by then.
    fn is_late<'a>(&self, tracks: impl IntoIterator<Item = &'a MediaStreamTrack>) -> bool {
        let goes_on = |stage| matches!(stage, Stage::Lobby | Stage::Joining | Stage::InRoom);
        let late = !self.stage.try_get_untracked().is_some_and(goes_on);
        if late {
            tracks.into_iter().for_each(MediaStreamTrack::stop);
        }
        late
    }

    /// Brings the signals and the peers to what is there.
    fn note_what_is_there(&self) {
        let there = |kind| {
            self.work(|works| works.media.track(kind).is_some())
                .unwrap_or(false)
        };
        let (microphone, camera) = (there(Kind::Audio), there(Kind::Video));
        self.has_microphone.set(microphone);
        // A camera that is off is stopped, and still there to be switched on.
        if camera || self.camera.get_untracked() {
            self.has_camera.set(camera);
        }
        let stream = self
            .work(|works| works.media.stream().clone())
            .filter(|_| microphone || camera);
        self.own_stream.set(stream);
        self.work(|works| {
            Kind::ALL
                .into_iter()
                .for_each(|kind| works.engine.send_track(kind))
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
                    .work(|works| works.media.track(Kind::Video).is_some())
                    .unwrap_or(wanted);
                if wanted == there {
                    break;
                }
                if !wanted {
                    meeting.work(|works| works.media.stop(Kind::Video));
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
                            meeting.say(sentence("camera", &trouble));
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
                Err(trouble) => {
                    let what = if kind == Kind::Video {
                        "camera"
                    } else {
                        "microphone"
                    };
                    meeting.say(sentence(what, &trouble));
                }
            }
        });
    }

    fn list_devices(&self) {
        let meeting = *self;
        spawn_local(async move {
            let (cameras, microphones) = capture::list().await;
            let in_use = |kind| {
                let track = meeting.work(|works| works.media.track(kind)).flatten()?;
                js::property(&track.get_settings(), "deviceId")?.as_string()
            };
            let (camera, microphone) = (in_use(Kind::Video), in_use(Kind::Audio));
            meeting.devices.try_set(Devices {
                cameras,
                microphones,
                camera,
                microphone,
            });
        });
    }
}

fn on_cleanup_in(owner: StoredValue<Owner>, action: impl FnOnce() + Send + Sync + 'static) {
    owner.with_value(|owner| owner.with(|| on_cleanup(action)));
}

fn sentence(what: &str, trouble: &CaptureTrouble) -> String {
    match trouble {
        CaptureTrouble::Denied => format!("The browser does not allow the {what}"),
        CaptureTrouble::NotFound => format!("No {what} was found"),
        CaptureTrouble::InUse => format!("Another program is using the {what}"),
        CaptureTrouble::Constraint => format!("The {what} is not there any more"),
        CaptureTrouble::Other(words) => format!("The {what} did not start: {words}"),
    }
}
