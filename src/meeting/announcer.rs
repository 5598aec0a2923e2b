//! What the live region says, so that screen readers hear all of it and nobody else is bothered for long.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// Milliseconds of silence before a sentence: a region that changes from text to text may not be read.
const BREATH: u32 = 150;
/// Milliseconds in which sentences gather that have time: where many come and go, they are said together.
const GATHERING: u32 = 2_000;
/// Most sentences that are said together; of more, those that came last.
const SENTENCES: usize = 8;
/// Milliseconds that a sentence stays.
const STAY: u32 = 6_000;

/// Says sentences in a live region: cleared first, then said, and gone after a while. What comes in the
/// same breath is said together.
#[derive(Clone)]
pub struct Announcer(Rc<State>);

struct State {
    said: RwSignal<String>,
    waiting: RefCell<Vec<String>>,
    /// Whether what waits is about to be said, rather than gathering.
    hurries: Cell<bool>,
    timer: Cell<Option<Timeout>>,
}

impl Announcer {
    /// Speaks by this signal.
    pub fn new(said: RwSignal<String>) -> Self {
        Self(Rc::new(State {
            said,
            waiting: RefCell::default(),
            hurries: Cell::default(),
            timer: Cell::default(),
        }))
    }

    /// Says a sentence, and what has gathered before it.
    pub fn say(&self, sentence: String) {
        self.0.keep(sentence);
        if !self.0.hurries.replace(true) {
            self.take_breath();
        }
    }

    /// Says a sentence together with those that come soon.
    pub fn gather(&self, sentence: String) {
        if self.0.keep(sentence) == 1 && !self.0.hurries.get() {
            self.after(GATHERING, |announcer| {
                announcer.0.hurries.set(true);
                announcer.take_breath();
            });
        }
    }

    /// Says no more of what was to be said, and takes away what is shown.
    pub fn hush(&self) {
        self.0.waiting.take();
        self.0.hurries.set(false);
        self.0.timer.take();
        self.0.said.try_set(String::new());
    }

    fn take_breath(&self) {
        self.0.said.try_set(String::new());
        self.after(BREATH, Self::speak);
    }

    fn speak(&self) {
        self.0.hurries.set(false);
        let sentences = self.0.waiting.take().join(". ");
        self.0.said.try_set(sentences);
        self.after(STAY, |announcer| {
            announcer.0.said.try_set(String::new());
        });
    }

    fn after(&self, milliseconds: u32, action: fn(&Self)) {
        let state = Rc::downgrade(&self.0);
        let timer = Timeout::new(milliseconds, move || {
            if let Some(state) = state.upgrade() {
                action(&Self(state));
            }
        });
        self.0.timer.set(Some(timer));
    }
}

impl State {
    /// Keeps a sentence until it is said. How many there are.
    fn keep(&self, sentence: String) -> usize {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.len() >= SENTENCES {
            waiting.remove(0);
        }
        waiting.push(sentence);
        waiting.len()
    }
}
