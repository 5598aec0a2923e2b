//! The meeting, as the pages hold it.

use leptos::prelude::*;

use super::{
    announcer::Announcer,
    call_handle::CallHandle,
    chat::room_talk::RoomTalk,
    devices::Devices,
    files::file_events::FileEvents,
    other_pages::OtherPages,
    page_handover::PageHandover,
    people::{People, person::Person},
    recording::Recording,
    rejoin_state::RejoinState,
    settings::choices::Choices,
    sharing::ScreenShare,
    sounds::Sounds,
    state::CaptureState,
    stats::Stats,
    system_controls::SystemControls,
    voice_activity::VoiceActivity,
};
use crate::{
    call::{Intent, VideoQuality},
    protocol::{DisplayName, MediaKind, Presence, RoomName},
    words::{self, Language},
};

/// A meeting in one room, from the lobby to the end; who comes back gets a new one. A handle, of one handle for each
/// feature: copies are the same meeting.
///
/// The handles are copied wherever a closure needs them, so they hold signals, and other handles only where they call them.
/// What makes one is not inlined: the compiler would write each field of each copy by an instruction of its own.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    /// The call itself.
    pub call: CallHandle,
    /// What the live region says.
    pub announcer: Announcer,
    /// Who is in the room.
    pub people: People,
    /// Camera and microphone.
    pub devices: Devices,
    /// The screen that the person shares.
    pub sharing: ScreenShare,
    /// Who speaks.
    pub voice: VoiceActivity,
    /// What the program lets the person hear.
    pub sounds: Sounds,
    /// What is said beside the voices, and what the host decides.
    pub talk: RoomTalk,
    /// Files that are offered in the chat.
    pub files: FileEvents,
    /// How well the others are received.
    pub stats: Stats,
    /// Recording here.
    pub recording: Recording,
    /// Other pages of this browser in the room.
    pub other_pages: OtherPages,
    /// The page that takes this one's place.
    pub handover: PageHandover,
    /// What the person has chosen for all meetings.
    pub choices: Choices,
    /// The language of the page: when it changes, all that is shown is rendered anew, and the meeting goes on.
    pub language: RwSignal<Language>,
    pub(in crate::meeting) system: SystemControls,
    /// The person joins as soon as the devices are there.
    joins_when_ready: RwSignal<bool>,
    /// Outlives the meeting: set, it asks for the next one.
    rejoin_state: RwSignal<RejoinState>,
}

impl Meeting {
    /// A meeting in the lobby of a room. It does nothing before it is mounted. When `rejoin_state` is set anew, the
    /// person wants the next meeting.
    pub fn new(room: RoomName, rejoin_state: RwSignal<RejoinState>) -> Self {
        let earlier = rejoin_state.get_untracked();
        let choices = Choices::new();
        let call = CallHandle::new(room);
        let announcer = Announcer::new();
        let people = People::new(call, earlier.name);
        let sounds = Sounds::new(people.list, choices.sounds);
        let devices = Devices::new(call, announcer, sounds, choices.fine);
        devices.microphone.set(earlier.microphone);
        devices.camera.set(earlier.camera);
        let handover = PageHandover::new(call);
        let talk = RoomTalk::new(call, announcer, people, sounds);
        Self {
            call,
            announcer,
            people,
            devices,
            sharing: ScreenShare::new(call, announcer, handover, choices.sharpness),
            voice: VoiceActivity::new(call, sounds),
            sounds,
            talk,
            files: FileEvents::new(call, announcer, people.list, talk.lines),
            stats: Stats::new(call, announcer, people.list),
            recording: Recording::new(call, announcer, people.list),
            other_pages: OtherPages::new(call),
            handover,
            choices,
            language: RwSignal::new(words::in_use()),
            system: SystemControls::new(),
            joins_when_ready: RwSignal::new(false),
            rejoin_state,
        }
    }

    /// Enters the room; before the choice of devices, asks for them first. Where none could be had, it goes without.
    pub fn join(&self) {
        let Ok(name) = DisplayName::parse(&self.people.name.get_untracked()) else {
            return;
        };
        match self.devices.capture.get_untracked() {
            CaptureState::NotAsked => {
                self.joins_when_ready.set(true);
                self.devices.use_devices();
            }
            CaptureState::Asking => self.joins_when_ready.set(true),
            CaptureState::Failed(_) => {
                self.devices.continue_without();
                self.enter(&name);
            }
            CaptureState::Ready | CaptureState::Without => self.enter(&name),
        }
    }

    fn enter(&self, name: &DisplayName) {
        self.people.remember_name(name);
        let Some(room) = self.call.room() else { return };
        let presence = untrack(|| self.presence());
        self.call
            .send_intent(match self.handover.take_resume_point() {
                Some(from) => Intent::Return {
                    room,
                    presence,
                    from,
                },
                None => Intent::Join { room, presence },
            });
    }

    /// Joins once the devices are there, where the person has asked for that; what is asked is followed.
    pub(in crate::meeting) fn join_when_ready(&self) {
        let capture = self.devices.capture.get();
        if !self.joins_when_ready.get() || capture == CaptureState::Asking {
            return;
        }
        self.joins_when_ready.set(false);
        if capture == CaptureState::Ready {
            untrack(|| self.join());
        }
    }

    /// Back to the lobby, with the devices that were there before: asks for the next meeting, which ends this
    /// one.
    pub fn rejoin(&self) {
        self.rejoin_state.set(RejoinState {
            name: self.people.name.get_untracked(),
            microphone: self.devices.microphone.get_untracked(),
            camera: self.devices.camera.get_untracked(),
            devices: self.devices.capture.get_untracked() == CaptureState::Ready,
        });
    }

    /// Whether the meeting before had devices, which are asked for again.
    pub(in crate::meeting) fn had_devices(&self) -> bool {
        self.rejoin_state.with_untracked(|earlier| earlier.devices)
    }

    /// Whether someone is to be seen: their camera is on, and the person wants pictures; both are followed.
    pub fn shows(&self, person: Person) -> bool {
        self.choices.receive.get() != VideoQuality::Nothing
            && person.state.try_read().is_some_and(|state| state.camera)
    }

    /// What the others see, which is followed: a device that is not there is off.
    pub(in crate::meeting) fn presence(&self) -> Presence {
        Presence {
            name: DisplayName::parse(&self.people.name.get()).ok(),
            microphone: self.devices.is_on(MediaKind::Audio),
            camera: self.devices.is_on(MediaKind::Video)
                && self.choices.send.get() != VideoQuality::Nothing,
            hand: self.people.hand.get().is_some(),
            screen: self.sharing.current.get().is_some(),
            recording: self.recording.seconds.get().is_some(),
        }
    }
}
