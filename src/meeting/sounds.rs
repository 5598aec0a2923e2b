//! What the program itself lets the person hear, and from which audio output everything comes.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;

use super::{local_state::LocalState, people::person::Person, settings::choices::Chosen};
use crate::{
    platform::{chime::Chime, clock, js, page_audio::PageAudio},
    protocol::{Rate, RateLimiter},
};

/// Above so many people, coming and going is not heard any more.
const QUIET_ABOVE: usize = 8;
/// So many sounds are heard at once, and one a second after them, whatever others do.
const CHIME_RATE: Rate = Rate::per_second(1, 3);

/// Chimes, and the audio output. A handle.
#[derive(Debug, Clone, Copy)]
pub struct Sounds {
    /// Whether the browser holds back the others' sound until the person asks for it.
    pub blocked: RwSignal<bool>,
    /// The audio output that everything is played to, by its id; empty, it is the system's default.
    pub output: RwSignal<String>,
    /// Whether coming and going is heard.
    wanted: Chosen<bool>,
    /// Who is here.
    people: RwSignal<Vec<Person>>,
    runtime: LocalState<SoundRuntime>,
}

#[derive(Default)]
struct SoundRuntime {
    audio: RefCell<Option<Rc<PageAudio>>>,
    /// Chimes that were heard.
    limiter: Cell<RateLimiter>,
}

impl Sounds {
    /// Silence; chimes are heard while they are wanted, and few are here.
    #[inline(never)]
    pub(in crate::meeting) fn new(people: RwSignal<Vec<Person>>, wanted: Chosen<bool>) -> Self {
        Self {
            blocked: RwSignal::new(false),
            output: RwSignal::new(String::new()),
            wanted,
            people,
            runtime: LocalState::default(),
        }
    }

    /// Lets the sound begin that the browser holds back; from a click.
    pub fn unblock(&self) {
        js::play_all();
        self.blocked.set(false);
    }

    /// Plays something to hear whether one hears.
    pub fn test(&self) {
        self.play(Chime::Test);
    }

    /// Sounds, unless the person does not want it or too many are here.
    pub(in crate::meeting) fn chime(&self, chime: Chime) {
        let few = self.people.with_untracked(Vec::len) < QUIET_ABOVE;
        if few && self.wanted.get_untracked() && self.may_chime() == Some(true) {
            self.play(chime);
        }
    }

    fn may_chime(&self) -> Option<bool> {
        self.runtime.with(|runtime| {
            let mut limiter = runtime.limiter.get();
            let fits = limiter.take(clock::now(), &CHIME_RATE);
            runtime.limiter.set(limiter);
            fits
        })
    }

    fn play(&self, chime: Chime) {
        if let Some(audio) = self.audio() {
            audio.play(chime, &self.output.get_untracked());
        }
    }

    /// The audio of the page, made when it is first needed.
    pub(in crate::meeting) fn audio(&self) -> Option<Rc<PageAudio>> {
        let audio = self.runtime.with(|runtime| {
            let mut audio = runtime.audio.borrow_mut();
            if audio.is_none() {
                *audio = PageAudio::new().map(Rc::new);
            }
            audio.clone()
        });
        audio.flatten()
    }
}
