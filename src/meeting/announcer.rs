//! What the live region says, so that screen readers hear all of it and nobody else is bothered for long.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// Milliseconds of silence before a sentence: a region that changes from text to text may not be read.
const GAP: u32 = 150;
/// Milliseconds in which sentences gather that have time: where many come and go, they are said together.
const BATCH_PERIOD: u32 = 2_000;
/// Most sentences that are said together; of more, those that came last.
const SENTENCES: usize = 8;
/// Milliseconds that a sentence stays.
const SHOWN_FOR: u32 = 6_000;

/// Says sentences in a live region: cleared first, then said, and gone after a while. What comes in the
/// same breath is said together.
#[derive(Clone)]
pub struct Announcer(Rc<AnnouncerState>);

struct AnnouncerState {
    text: RwSignal<String>,
    waiting: RefCell<Vec<String>>,
    /// Whether what waits is about to be said, rather than gathering.
    is_due: Cell<bool>,
    timer: Cell<Option<Timeout>>,
}

impl Announcer {
    /// Speaks by this signal.
    pub fn new(said: RwSignal<String>) -> Self {
        Self(Rc::new(AnnouncerState {
            text: said,
            waiting: RefCell::default(),
            is_due: Cell::default(),
            timer: Cell::default(),
        }))
    }

    /// Says a sentence, and what has gathered before it.
    pub fn announce(&self, sentence: String) {
        self.0.push(sentence);
        if !self.0.is_due.replace(true) {
            self.clear_then_show();
        }
    }

    /// Says a sentence together with those that come soon.
    pub fn announce_batched(&self, sentence: String) {
        if self.0.push(sentence) == 1 && !self.0.is_due.get() {
            self.after(BATCH_PERIOD, |announcer| {
                announcer.0.is_due.set(true);
                announcer.clear_then_show();
            });
        }
    }

    /// Says no more of what was to be said, and takes away what is shown.
    pub fn clear(&self) {
        self.0.waiting.take();
        self.0.is_due.set(false);
        self.0.timer.take();
        self.0.text.try_set(String::new());
    }

    fn clear_then_show(&self) {
        self.0.text.try_set(String::new());
        self.after(GAP, Self::show_waiting);
    }

    fn show_waiting(&self) {
        self.0.is_due.set(false);
        let sentences = self.0.waiting.take().join(". ");
        self.0.text.try_set(sentences);
        self.after(SHOWN_FOR, |announcer| {
            announcer.0.text.try_set(String::new());
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

impl AnnouncerState {
    /// Keeps a sentence until it is said. How many there are.
    fn push(&self, sentence: String) -> usize {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.len() >= SENTENCES {
            waiting.remove(0);
        }
        waiting.push(sentence);
        waiting.len()
    }
}
