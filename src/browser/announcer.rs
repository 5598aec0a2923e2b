//! What the live region says, so that screen readers hear all of it and nobody else is bothered for long.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// Milliseconds of silence before a sentence: a region that changes from text to text may not be read.
const BREATH: u32 = 150;
/// Milliseconds that a sentence stays.
const STAY: u32 = 6_000;

/// Says sentences in a live region: cleared first, then said, and gone after a while. What comes in the
/// same breath is said together.
#[derive(Clone)]
pub struct Announcer(Rc<State>);

struct State {
    said: RwSignal<String>,
    waiting: RefCell<Vec<String>>,
    timer: Cell<Option<Timeout>>,
}

impl Announcer {
    /// Speaks by this signal.
    pub fn new(said: RwSignal<String>) -> Self {
        Self(Rc::new(State {
            said,
            waiting: RefCell::default(),
            timer: Cell::default(),
        }))
    }

    /// Says a sentence.
    pub fn say(&self, sentence: String) {
        let mut waiting = self.0.waiting.borrow_mut();
        waiting.push(sentence);
        if waiting.len() == 1 {
            self.0.said.try_set(String::new());
            self.after(BREATH, Self::speak);
        }
    }

    fn speak(&self) {
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
