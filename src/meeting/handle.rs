//! What the pages see of a meeting: signals to read, and what the person can do.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;
use web_sys::MediaStream;

use super::{
    announcer::Announcer,
    chat::room_talk::RoomTalk,
    devices::Switching,
    files::file_events::FileHandler,
    in_call::SystemHold,
    notices,
    other_pages::OtherPages,
    people::person::Person,
    rejoin_state::RejoinState,
    settings::choices::{Choices, value_of, word_for},
    sharing::Sharing,
    state::{CaptureState, DeviceList, LinkState, MeetingStage, Trouble},
    stats::deferred_start::Stats,
    voice_activity::{self, MicrophoneLevel, VoiceRuntime},
};
use crate::{
    call::{Intent, Names, ResumePoint, stats::Records},
    platform::{
        capture::{self, Missing},
        driver::Driver,
        js::{self, Listener},
        media::Media,
        sender_parameters::VideoQuality,
        storage::{self, Key},
    },
    protocol::{
        DisplayName, MediaKind, ParticipantId, Presence, RateLimiter, RoomName, TrackSource,
    },
    words::{self, Language},
};

/// So many others are many.
const LARGE_MEETING: usize = 8;

/// A meeting in one room, from the lobby to the end; who comes back gets a new one. A handle: copies are the
/// same meeting.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    /// Which page the room shows.
    pub stage: RwSignal<MeetingStage>,
    /// How far the person has come with the devices.
    pub capture: RwSignal<CaptureState>,
    /// The own id, inside.
    pub you: RwSignal<Option<ParticipantId>>,
    /// What the person wants to be called, as typed.
    pub name: RwSignal<String>,
    /// Which of those of that name the person is, from 1.
    pub(in crate::meeting) own_number: RwSignal<u32>,
    /// What everybody is called.
    pub(in crate::meeting) names: StoredValue<Names>,
    /// Counts the changes of that.
    pub(in crate::meeting) renamed: RwSignal<u32>,
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
    /// What the person shares.
    pub sharing: RwSignal<Option<Sharing>>,
    /// The screen that the person shares.
    pub own_screen: RwSignal<Option<MediaStream>, LocalStorage>,
    /// The others, in the order of their coming.
    pub people: RwSignal<Vec<Person>>,
    /// The link to the server.
    pub link: RwSignal<LinkState>,
    /// What the live region says.
    pub announcement: RwSignal<String>,
    /// The devices to choose from.
    pub devices: RwSignal<DeviceList>,
    /// Why there is no microphone, and why no camera, where one of them could be had.
    pub missing: RwSignal<Missing>,
    /// The audio output that everything is played to, by its id; empty, it is the system's default.
    pub audio_output: RwSignal<String>,
    /// The language of the page: when it changes, all that is shown is rendered anew, and the meeting goes on.
    pub language: RwSignal<Language>,
    /// What the own microphone hears.
    pub microphone_level: MicrophoneLevel,
    /// What the person has chosen for all meetings.
    pub choices: Choices,
    /// What is said beside the voices, and what the host decides.
    pub talk: RoomTalk,
    /// The person's own hand, while it is raised: behind the others' up to this number.
    pub hand: RwSignal<Option<u32>>,
    /// How well the others are received.
    pub stats: Stats,
    /// Seconds that the person has recorded, while it does; without them, a recording that runs comes to its end.
    pub recording: RwSignal<Option<u32>>,
    /// While it is not 0, recordings may be kept that are not saved; it counts what is new.
    pub saved_recordings: RwSignal<usize>,
    /// Whether the browser holds back the others' sound until the person asks for it.
    pub sound_blocked: RwSignal<bool>,
    /// Whether the person is in the room in another page of this browser.
    pub in_other_page: RwSignal<bool>,
    /// Whether the meeting is on its way from there.
    pub moving_here: RwSignal<bool>,
    pub(in crate::meeting) owner: StoredValue<Owner>,
    /// Outlives the meeting: set, it asks for the next one.
    rejoin_state: RwSignal<RejoinState>,
    pub(in crate::meeting) room: StoredValue<RoomName>,
    runtime: StoredValue<Option<Rc<Runtime>>, LocalStorage>,
}

/// What runs in the browser only, from mounting on.
pub(in crate::meeting) struct Runtime {
    pub media: Rc<Media>,
    pub driver: Driver,
    pub voice: VoiceRuntime,
    /// Whether the microphone is on for a key that is held only.
    pub push_to_talk: Cell<bool>,
    /// What is measured of the connections.
    pub records: RefCell<Records>,
    /// Whether they are being measured.
    pub polling_stats: Cell<bool>,
    /// What a call has taken of the system.
    pub system: RefCell<Option<SystemHold>>,
    /// Who takes the files in hand, once there is somebody.
    pub files: RefCell<Option<Rc<dyn FileHandler>>>,
    announcer: Announcer,
    /// Sounds that were heard.
    pub sounds: Cell<RateLimiter>,
    /// Other pages of this browser in the same room.
    pub other_pages: RefCell<Option<OtherPages>>,
    /// Joins when the devices are there.
    pub joining: Cell<bool>,
    /// By what it comes back as the participant that an earlier page was.
    pub resume_point: RefCell<Option<ResumePoint>>,
    /// While another page takes the place of this one when it goes.
    pub handover_timer: RefCell<Option<Timeout>>,
    /// Both devices are being opened.
    pub opening: Cell<bool>,
    switching: [Switching; 2],
    /// Lists of devices that were asked for and not made yet.
    pub pending_listings: Cell<u32>,
    /// Looks after the tracks, a while after the page is seen again.
    pub wake_timer: RefCell<Option<Timeout>>,
    /// Hear of what is allowed.
    pub permissions: RefCell<Vec<Listener>>,
    /// The person is choosing what to share.
    pub choosing_screen: Cell<bool>,
    /// Wait for what becomes of what is shared.
    pub screen_listeners: RefCell<Option<[Listener; 2]>>,
    _tick: Interval,
    _listeners: Vec<Listener>,
}

impl Runtime {
    /// What goes on at the device of a source.
    pub fn switching(&self, slot: TrackSource) -> &Switching {
        let [microphone, camera] = &self.switching;
        match slot {
            TrackSource::Camera | TrackSource::Screen => camera,
            TrackSource::Microphone | TrackSource::ScreenSound => microphone,
        }
    }
}

impl Meeting {
    /// A meeting in the lobby of a room. It does nothing before it is mounted. When `rejoin_state` is set anew, the
    /// person wants the next meeting.
    pub fn new(room: RoomName, rejoin_state: RwSignal<RejoinState>) -> Self {
        let RejoinState {
            name,
            microphone,
            camera,
            ..
        } = rejoin_state.get_untracked();
        Self {
            stage: RwSignal::new(MeetingStage::Lobby),
            capture: RwSignal::new(CaptureState::NotAsked),
            you: RwSignal::new(None),
            name: RwSignal::new(name),
            own_number: RwSignal::new(1),
            names: StoredValue::new(Names::default()),
            renamed: RwSignal::new(0),
            microphone: RwSignal::new(microphone),
            camera: RwSignal::new(camera),
            has_microphone: RwSignal::new(false),
            has_camera: RwSignal::new(false),
            own_stream: RwSignal::new_local(None),
            sharing: RwSignal::new(None),
            own_screen: RwSignal::new_local(None),
            people: RwSignal::new(Vec::new()),
            link: RwSignal::new(LinkState::Idle),
            announcement: RwSignal::new(String::new()),
            devices: RwSignal::new(DeviceList::default()),
            missing: RwSignal::new([None, None]),
            audio_output: RwSignal::new(String::new()),
            language: RwSignal::new(words::in_use()),
            microphone_level: MicrophoneLevel::new(),
            choices: Choices::new(),
            talk: RoomTalk::new(),
            hand: RwSignal::new(None),
            stats: Stats::new(),
            recording: RwSignal::new(None),
            saved_recordings: RwSignal::new(0),
            sound_blocked: RwSignal::new(false),
            in_other_page: RwSignal::new(false),
            moving_here: RwSignal::new(false),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            rejoin_state,
            room: StoredValue::new(room),
            runtime: StoredValue::new_local(None),
        }
    }

    /// Looks at what the browser can do and remembers; to be called once, in the browser.
    pub fn mount(&self) {
        let Some(window) = web_sys::window() else {
            return;
        };
        if !window.is_secure_context() {
            return self
                .stage
                .set(MeetingStage::Trouble(Trouble::InsecureContext));
        }
        let supported =
            js::property(&window, "RTCPeerConnection").is_some() && capture::devices().is_some();
        let Some(media) = Media::new().filter(|_| supported) else {
            return self.stage.set(MeetingStage::Trouble(Trouble::Unsupported));
        };
        // Whoever comes back brings all that along.
        if self.name.read_untracked().is_empty() {
            self.remember();
        }
        let earlier = self.restore_session();
        media.set_audible(self.microphone.get_untracked());
        let (meeting, media) = (*self, Rc::new(media));
        let driver = Driver::new(media.clone(), move |shown| notices::show(meeting, shown));
        let mut listeners = vec![Listener::new(&window, "pagehide", move |_| {
            meeting.on_pagehide()
        })];
        listeners.extend(self.watch_devices(&window));
        self.choices.remember();
        let (joining, opening, switching, choosing, screen_listeners) = Default::default();
        let (surveys, waking, permissions, makes_way) = Default::default();
        let (point, had_devices) = earlier.unzip();
        self.saved_recordings
            .set(storage::read(Key::Recordings).is_some().into());
        let runtime = Runtime {
            media,
            driver,
            voice: VoiceRuntime::default(),
            push_to_talk: Cell::default(),
            records: RefCell::default(),
            polling_stats: Cell::default(),
            system: RefCell::default(),
            files: RefCell::default(),
            _tick: Interval::new(voice_activity::PERIOD, move || meeting.poll_levels()),
            announcer: Announcer::new(self.announcement),
            sounds: Cell::default(),
            other_pages: RefCell::default(),
            joining,
            resume_point: RefCell::new(point),
            handover_timer: makes_way,
            opening,
            switching,
            pending_listings: surveys,
            wake_timer: waking,
            permissions,
            choosing_screen: choosing,
            screen_listeners,
            _listeners: listeners,
        };
        self.runtime.set_value(Some(Rc::new(runtime)));
        on_cleanup_in(self.owner, move || meeting.shut_down());
        let room = self.room.get_value();
        self.send_intent(Intent::Approach { room });
        self.find_other_pages();
        match had_devices {
            Some(true) => self.join(),
            Some(false) => {
                self.continue_without();
                self.join();
            }
            None if self.rejoin_state.with_untracked(|wishes| wishes.devices) => self.use_devices(),
            None => {}
        }
    }

    /// Takes what was last typed and switched here.
    fn remember(&self) {
        if let Some(name) = storage::read(Key::Name) {
            self.name.set(name);
        }
        for (key, switch) in [
            (Key::MicrophoneOn, self.microphone),
            (Key::CameraOn, self.camera),
        ] {
            if let Some(on) = storage::read(key).and_then(|word| value_of(&word)) {
                switch.set(on);
            }
        }
    }

    /// Enters the room; before the choice of devices, asks for them first. Where none could be had, it goes without.
    pub fn join(&self) {
        let Ok(name) = DisplayName::parse(&self.name.get_untracked()) else {
            return;
        };
        match self.capture.get_untracked() {
            CaptureState::NotAsked => {
                self.with_runtime(|runtime| runtime.joining.set(true));
                self.use_devices();
            }
            CaptureState::Failed(_) => {
                self.continue_without();
                self.join();
            }
            CaptureState::Asking => {
                self.with_runtime(|runtime| runtime.joining.set(true));
            }
            CaptureState::Ready | CaptureState::Without => {
                storage::write(Key::Name, name.as_str());
                let (room, presence) = (self.room.get_value(), self.presence());
                let from = self
                    .with_runtime(|runtime| runtime.resume_point.take())
                    .flatten();
                self.send_intent(match from {
                    Some(from) => Intent::Return {
                        room,
                        presence,
                        from,
                    },
                    None => Intent::Join { room, presence },
                });
            }
        }
    }

    /// Leaves for good.
    pub fn leave(&self) {
        self.send_intent(Intent::Leave);
    }

    /// Back to the lobby, with the devices that were there before: asks for the next meeting, which ends this
    /// one.
    pub fn rejoin(&self) {
        self.rejoin_state.set(RejoinState {
            name: self.name.get_untracked(),
            microphone: self.microphone.get_untracked(),
            camera: self.camera.get_untracked(),
            devices: self.capture.get_untracked() == CaptureState::Ready,
        });
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
        self.with_runtime(|runtime| runtime.media.set_audible(on));
        self.show_to_system();
        self.send_presence();
    }

    /// Sends at most this much of the camera, to one participant or to all; the lower of the two holds.
    pub fn limit_sending(&self, only: Option<ParticipantId>, level: VideoQuality) {
        self.with_runtime(|runtime| runtime.driver.limit(only, level));
    }

    /// Whether a device of the person's is there and on, which is followed.
    pub fn is_on(&self, kind: MediaKind) -> bool {
        match kind {
            MediaKind::Audio => self.microphone.get() && self.has_microphone.get(),
            MediaKind::Video => self.camera.get() && self.has_camera.get(),
        }
    }

    /// The own id, which is followed; empty outside.
    pub fn own_id(&self) -> String {
        let you = self.you.get();
        you.map(|you| you.to_string()).unwrap_or_default()
    }

    /// Whether someone is to be seen: their camera is on, and the person wants pictures; both are followed.
    pub fn shows(&self, person: Person) -> bool {
        self.choices.receive.get() != VideoQuality::Nothing
            && person.state.try_read().is_some_and(|state| state.camera)
    }

    /// Sends at most this much of the own camera, which the others see to be off where it is nothing.
    pub fn set_sent_quality(&self, level: VideoQuality) {
        self.limit_sending(None, level);
        self.send_presence();
    }

    /// Whether a participant is still here.
    pub fn has(&self, person: Person) -> bool {
        let here = self
            .people
            .try_with_untracked(|people| people.contains(&person));
        here.unwrap_or(false)
    }

    /// A participant who is here.
    pub fn person(&self, id: ParticipantId) -> Option<Person> {
        self.people
            .with_untracked(|people| people.iter().find(|person| person.id == id).copied())
    }

    /// Says something in the live region.
    pub fn announce(&self, sentence: &str) {
        self.announce_text(sentence.to_owned());
    }

    /// Says something in the live region.
    pub(in crate::meeting) fn announce_text(&self, sentence: String) {
        self.with_runtime(|runtime| runtime.announcer.announce(sentence));
    }

    /// Says that someone has come or gone: where many are, together with others who do.
    pub(in crate::meeting) fn announce_batched(&self, sentence: String) {
        let many = self.people.with_untracked(Vec::len) >= LARGE_MEETING;
        self.with_runtime(|runtime| match many {
            true => runtime.announcer.announce_batched(sentence),
            false => runtime.announcer.announce(sentence),
        });
    }

    /// The page goes: the person leaves, unless another page takes its place.
    fn on_pagehide(&self) {
        self.tell_other_pages(false);
        match self.store_session() {
            true => drop(self.with_runtime(|runtime| runtime.media.stop_all())),
            false => self.shut_down(),
        }
    }

    /// What was said of the call goes with it.
    pub(in crate::meeting) fn clear_announcements(&self) {
        self.with_runtime(|runtime| runtime.announcer.clear());
    }

    fn shut_down(&self) {
        self.tell_other_pages(false);
        self.send_intent(Intent::Leave);
        self.with_runtime(|runtime| runtime.media.stop_all());
    }

    pub(in crate::meeting) fn send_intent(&self, intent: Intent) {
        self.with_runtime(|runtime| runtime.driver.send_intent(intent));
    }

    /// Nothing is borrowed meanwhile: what is done may lead back here.
    pub(in crate::meeting) fn with_runtime<T>(
        &self,
        action: impl FnOnce(&Runtime) -> T,
    ) -> Option<T> {
        let runtime = self.runtime.try_with_value(Clone::clone).flatten()?;
        Some(action(&runtime))
    }

    /// What the others see: a device that is not there is off.
    fn presence(&self) -> Presence {
        Presence {
            name: DisplayName::parse(&self.name.get_untracked()).ok(),
            microphone: untrack(|| self.is_on(MediaKind::Audio)),
            camera: untrack(|| self.is_on(MediaKind::Video))
                && self.choices.send.get_untracked() != VideoQuality::Nothing,
            hand: self.hand.get_untracked().is_some(),
            screen: self.sharing.get_untracked().is_some(),
            recording: self.recording.get_untracked().is_some(),
        }
    }

    pub(in crate::meeting) fn send_presence(&self) {
        self.number_self();
        self.send_intent(Intent::Present(self.presence()));
    }
}

fn on_cleanup_in(owner: StoredValue<Owner>, action: impl FnOnce() + Send + Sync + 'static) {
    owner.with_value(|owner| owner.with(|| on_cleanup(action)));
}
