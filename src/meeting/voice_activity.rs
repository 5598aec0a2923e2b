//! Listens, ten times a second, to who speaks: to the own microphone, and to how loud the others arrive.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;

use super::{
    call_handle::CallHandle, local_state::LocalState, people::person::Person, sounds::Sounds,
};
use crate::{
    call::{DeadMicrophone, MutedTalk, Voice},
    platform::{clock, level_meter::LevelMeter, media::MediaStreamTrack},
    protocol::{ParticipantId, TrackSource},
    sorted_map::SortedMap,
};

/// Milliseconds from one look to the next.
pub const PERIOD: u32 = 100;
/// Steps of the meter.
const STEPS: f64 = 10.0;

/// Who speaks. A handle.
#[derive(Debug, Clone, Copy)]
pub struct VoiceActivity {
    /// How loud the own microphone is, from 0 to 10, muted or not.
    pub level: RwSignal<u8>,
    /// Whether the person is heard speaking by the others.
    pub speaking: RwSignal<bool>,
    /// Whether the person talks though the microphone is off.
    pub talks_muted: RwSignal<bool>,
    /// Whether the microphone is on and gives nothing.
    pub silent: RwSignal<bool>,
    call: CallHandle,
    sounds: Sounds,
    runtime: LocalState<VoiceRuntime>,
}

/// Everything that listens. Dropping it lets go of the microphone.
#[derive(Default)]
struct VoiceRuntime {
    meter: RefCell<Option<(String, LevelMeter)>>,
    own: Cell<Voice>,
    muted: RefCell<MutedTalk>,
    silent_microphone: RefCell<DeadMicrophone>,
    others: RefCell<SortedMap<ParticipantId, Voice>>,
}

impl VoiceActivity {
    /// Nothing heard yet.
    #[inline(never)]
    pub(in crate::meeting) fn new(call: CallHandle, sounds: Sounds) -> Self {
        Self {
            level: RwSignal::new(0),
            speaking: RwSignal::new(false),
            talks_muted: RwSignal::new(false),
            silent: RwSignal::new(false),
            call,
            sounds,
            runtime: LocalState::default(),
        }
    }

    /// Hears once who speaks.
    pub(in crate::meeting) fn poll(&self, microphone_is_on: bool, people: &[Person]) {
        self.runtime.with(|runtime| {
            self.follow(runtime);
            self.poll_microphone(runtime, !microphone_is_on);
            for person in people {
                self.poll_other(runtime, *person);
            }
        });
    }

    /// Listens to the microphone that is in use now.
    fn follow(&self, runtime: &VoiceRuntime) {
        let microphone = self.call.track(TrackSource::Microphone);
        let id = microphone.as_ref().map(MediaStreamTrack::id);
        let same = runtime.meter.borrow().as_ref().map(|(id, _)| id) == id.as_ref();
        if same {
            return;
        }
        let meter = microphone.and_then(|track| {
            let meter = self.sounds.audio()?.meter(&track)?;
            Some((track.id(), meter))
        });
        runtime.meter.replace(meter);
    }

    /// Takes the level of the own microphone, which the others hear unless it is `muted`.
    fn poll_microphone(&self, runtime: &VoiceRuntime, muted: bool) {
        let now = clock::now();
        let meter = runtime.meter.borrow();
        let level = meter.as_ref().and_then(|(_, meter)| meter.level());
        let heard = level.unwrap_or(0.0);
        set(self.level, loudness(heard));
        let mut voice = runtime.own.get();
        let speaks = voice.hear(now, if muted { 0.0 } else { heard });
        runtime.own.set(voice);
        set(self.speaking, speaks);
        let talks_muted = runtime.muted.borrow_mut().hear(now, muted, heard);
        set(self.talks_muted, talks_muted);
        let hidden = document().hidden();
        let tells = level.filter(|_| !muted && !hidden);
        let silent = runtime.silent_microphone.borrow_mut().hear(now, tells);
        set(self.silent, silent);
    }

    /// Takes the level at which someone arrives.
    fn poll_other(&self, runtime: &VoiceRuntime, person: Person) {
        let level = self.call.driver(|driver| driver.level(person.id));
        let mut others = runtime.others.borrow_mut();
        let mut voice = others.get(&person.id).copied().unwrap_or_default();
        let speaks = voice.hear(clock::now(), level.unwrap_or_default());
        others.insert(person.id, voice);
        set(person.speaking, speaks);
    }

    /// Forgets someone who has left.
    pub(in crate::meeting) fn forget(&self, who: ParticipantId) {
        self.runtime
            .with(|runtime| runtime.others.borrow_mut().remove(&who));
    }
}

/// A level as it is perceived: each step as much louder as the one before.
fn loudness(level: f64) -> u8 {
    let decibels = 20.0 * level.max(1e-5).log10();
    (((decibels + 60.0) / 50.0).clamp(0.0, 1.0) * STEPS) as u8
}

/// Only what changes is told.
fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|now| *now != value) == Some(true) {
        signal.set(value);
    }
}

#[cfg(test)]
mod tests {
    use super::loudness;

    #[test]
    fn the_meter_goes_from_silence_to_shouting() {
        assert_eq!(loudness(0.0), 0);
        assert_eq!(loudness(0.001), 0);
        assert!((3..=6).contains(&loudness(0.02)));
        assert_eq!(loudness(0.5), 10);
        assert_eq!(loudness(2.0), 10);
    }
}
