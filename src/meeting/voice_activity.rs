//! Listens, ten times a second, to who speaks: to the own microphone, and to how loud the others arrive.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use web_sys::{AudioContext, MediaStreamTrack};

use crate::sorted_map::SortedMap;
use crate::{
    call::{DeadMicrophone, MutedTalk, Voice},
    platform::{clock, level_meter::LevelMeter, promise},
    protocol::ParticipantId,
};

/// Milliseconds from one look to the next.
pub const PERIOD: u32 = 100;
/// Steps of the meter.
const STEPS: f64 = 10.0;

/// What the own microphone hears, as the pages see it.
#[derive(Debug, Clone, Copy)]
pub struct MicrophoneLevel {
    /// How loud it is, from 0 to 10, muted or not.
    pub level: RwSignal<u8>,
    /// Whether the person is heard speaking by the others.
    pub speaking: RwSignal<bool>,
    /// Whether the person talks though the microphone is off.
    pub talks_muted: RwSignal<bool>,
    /// Whether the microphone is on and gives nothing.
    pub silent: RwSignal<bool>,
}

/// Everything that listens. Dropping it lets go of the microphone.
#[derive(Default)]
pub struct VoiceRuntime {
    context: RefCell<Option<AudioContext>>,
    meter: RefCell<Option<(String, LevelMeter)>>,
    own: Cell<Voice>,
    muted: RefCell<MutedTalk>,
    silent_microphone: RefCell<DeadMicrophone>,
    others: RefCell<SortedMap<ParticipantId, Voice>>,
}

impl MicrophoneLevel {
    /// Nothing heard yet.
    pub(in crate::meeting) fn new() -> Self {
        Self {
            level: RwSignal::new(0),
            speaking: RwSignal::new(false),
            talks_muted: RwSignal::new(false),
            silent: RwSignal::new(false),
        }
    }
}

impl VoiceRuntime {
    /// The audio of the page, made when it is first needed: after a click, since browsers start none before.
    pub fn context(&self) -> Option<AudioContext> {
        let mut context = self.context.borrow_mut();
        if context.is_none() {
            *context = AudioContext::new().ok();
        }
        context.clone()
    }

    /// Listens to this microphone from now on.
    pub fn set_microphone(&self, microphone: Option<&MediaStreamTrack>) {
        let id = microphone.map(MediaStreamTrack::id);
        let same = self.meter.borrow().as_ref().map(|(id, _)| id) == id.as_ref();
        if same {
            return;
        }
        let meter = microphone
            .and_then(|track| Some((track.id(), LevelMeter::new(&self.context()?, track)?)));
        self.meter.replace(meter);
    }

    /// Takes the level of the own microphone, which the others hear unless it is `muted`.
    pub fn poll_microphone(&self, shown: MicrophoneLevel, muted: bool) {
        let now = clock::now();
        let level = self
            .meter
            .borrow()
            .as_ref()
            .and_then(|(_, ears)| ears.level());
        let heard = level.unwrap_or(0.0);
        set(shown.level, loudness(heard));
        let mut voice = self.own.get();
        let speaks = voice.hear(now, if muted { 0.0 } else { heard });
        self.own.set(voice);
        set(shown.speaking, speaks);
        set(
            shown.talks_muted,
            self.muted.borrow_mut().hear(now, muted, heard),
        );
        let hidden = document().hidden();
        let tells = level.filter(|_| !muted && !hidden);
        set(
            shown.silent,
            self.silent_microphone.borrow_mut().hear(now, tells),
        );
    }

    /// Takes the level at which someone arrives, and tells whether they speak.
    pub fn take_level(&self, who: ParticipantId, level: f64) -> bool {
        let mut others = self.others.borrow_mut();
        let mut voice = others.get(&who).copied().unwrap_or_default();
        let speaks = voice.hear(clock::now(), level);
        others.insert(who, voice);
        speaks
    }

    /// Forgets someone who has left.
    pub fn forget(&self, who: ParticipantId) {
        self.others.borrow_mut().remove(&who);
    }
}

impl Drop for VoiceRuntime {
    fn drop(&mut self) {
        if let Some(context) = self.context.take()
            && let Ok(closing) = context.close()
        {
            promise::ignore(closing);
        }
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
