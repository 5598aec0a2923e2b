//! What goes on from joining to leaving besides the call itself: who speaks, sounds, a raised hand, a key that is held
//! to talk.

use leptos::prelude::*;
use web_sys::MediaStreamTrack;

use super::{
    handle::{Meeting, Runtime},
    people::person::Person,
    sharing::is_paused,
};
use crate::sorted_map::SortedMap;
use crate::{
    platform::{chime::Chime, clock, js},
    protocol::{ParticipantId, Rate, TrackSource},
};

/// Above so many people, coming and going is not heard any more.
const QUIET_ABOVE: usize = 8;
/// So many sounds are heard at once, and one a second after them, whatever others do.
const CHIME_RATE: Rate = Rate::per_second(1, 3);

/// Tells the system whether microphone and camera are on. With it goes what a call has taken of the system.
pub type SystemHold = Box<dyn Fn(bool, bool)>;

impl Meeting {
    /// Gives back what a call takes.
    pub(in crate::meeting) fn end_call(&self) {
        self.with_runtime(|runtime| runtime.system.take());
        self.hand.set(None);
    }

    /// Tells the system whether microphone and camera are on.
    pub(in crate::meeting) fn show_to_system(&self) {
        let (microphone, camera) = (self.microphone.get_untracked(), self.camera.get_untracked());
        self.with_runtime(|runtime| {
            if let Some(show) = &*runtime.system.borrow() {
                show(microphone, camera);
            }
        });
    }

    /// Raises or lowers the own hand.
    pub fn toggle_hand(&self) {
        let raised = self.hand.get_untracked().is_some();
        let last = self.people.with_untracked(|people| {
            let hands = people
                .iter()
                .filter_map(|person| person.state.read_untracked().hand);
            hands.max().unwrap_or_default()
        });
        self.hand.set((!raised).then_some(last));
        self.send_presence();
    }

    /// Whose hands are raised, the first first; `None` is the person itself.
    pub fn hands(&self) -> Vec<Option<ParticipantId>> {
        let people = self.people.read();
        // Of a number and its successor's own, the other's comes first.
        let mut hands = SortedMap::new();
        for person in people.iter() {
            if let Some(number) = person.state.read().hand {
                hands.insert((number, false), Some(person.id));
            }
        }
        if let Some(last) = self.hand.get() {
            hands.insert((last, true), None);
        }
        hands.iter().map(|(_, who)| *who).collect()
    }

    /// The place of a raised hand among all that are, from 1.
    pub fn hand_place(&self, who: Option<ParticipantId>) -> Option<usize> {
        let place = self.hands().iter().position(|other| *other == who);
        place.map(|place| place + 1)
    }

    /// Begins to share the screen, or ends it.
    pub fn toggle_sharing(&self) {
        match self.sharing.get_untracked() {
            Some(_) => self.stop_sharing(),
            None => self.share_screen(self.choices.sharpness.get_untracked()),
        }
    }

    /// Turns the microphone on until [`stop_talking`](Self::stop_talking).
    pub fn begin_push_to_talk(&self) {
        if !self.microphone.get_untracked() && self.has_microphone.get_untracked() {
            self.with_runtime(|runtime| runtime.push_to_talk.set(true));
            self.set_microphone(true);
        }
    }

    /// The key is let go.
    pub fn end_push_to_talk(&self) {
        if self.with_runtime(|runtime| runtime.push_to_talk.take()) == Some(true) {
            self.set_microphone(false);
        }
    }

    /// Lets the sound begin that the browser holds back; from a click.
    pub fn unblock_sound(&self) {
        js::play_all();
        self.sound_blocked.set(false);
    }

    /// Sounds, unless the person does not want it or too many are here.
    pub(in crate::meeting) fn chime(&self, chime: Chime) {
        let few = self
            .people
            .with_untracked(|people| people.len() < QUIET_ABOVE);
        if few && self.choices.sounds.get_untracked() && self.may_chime() == Some(true) {
            self.play(chime);
        }
    }

    fn may_chime(&self) -> Option<bool> {
        self.with_runtime(|runtime| {
            let mut sounds = runtime.sounds.get();
            let fits = sounds.take(clock::now(), &CHIME_RATE);
            runtime.sounds.set(sounds);
            fits
        })
    }

    /// Hears once who speaks.
    pub(in crate::meeting) fn poll_levels(&self) {
        let Some(muted) = self.microphone.try_get_untracked().map(|on| !on) else {
            return;
        };
        let people = self.people.get_untracked();
        self.note_pause();
        self.with_runtime(|runtime| {
            let microphone: Option<MediaStreamTrack> = runtime.media.track(TrackSource::Microphone);
            runtime.voice.set_microphone(microphone.as_ref());
            runtime.voice.poll_microphone(self.microphone_level, muted);
            for person in people {
                poll_level_of(runtime, person);
            }
        });
    }
}

fn poll_level_of(runtime: &Runtime, person: Person) {
    let speaks = runtime
        .voice
        .take_level(person.id, runtime.driver.level(person.id));
    if person.speaking.try_get_untracked() == Some(!speaks) {
        person.speaking.set(speaks);
    }
    let paused = (person.screen)
        .try_with_untracked(|screen| screen.as_ref().is_some_and(is_paused))
        .unwrap_or(false);
    if person.screen_paused.try_get_untracked() == Some(!paused) {
        person.screen_paused.set(paused);
    }
}
