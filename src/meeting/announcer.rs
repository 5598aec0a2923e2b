//! What the live region says, so that screen readers hear all of it and nobody else is bothered for long.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;

use super::local_state::LocalState;
use crate::platform::task::Timeout;

/// Milliseconds of silence before a sentence: a region that changes from text to text may not be read.
const GAP: u32 = 150;
/// Milliseconds in which sentences gather that have time: where many come and go, they are said together.
const BATCH_PERIOD: u32 = 2_000;
/// Most sentences that are said together; of more, those that came last.
const SENTENCES: usize = 8;
/// Milliseconds that a sentence stays.
const SHOWN_FOR: u32 = 6_000;

/// Says sentences in a live region: cleared first, then said, and gone after a while. What comes in the
/// same breath is said together. A handle.
#[derive(Debug, Clone, Copy)]
pub struct Announcer {
    /// What the live region says.
    pub text: RwSignal<String>,
    state: LocalState<AnnouncerState>,
}

#[derive(Default)]
struct AnnouncerState {
    waiting: RefCell<Vec<String>>,
    /// Whether what waits is about to be said, rather than gathering.
    is_due: Cell<bool>,
    timer: Cell<Option<Timeout>>,
}

impl Announcer {
    /// Nothing said yet.
    #[inline(never)]
    pub(in crate::meeting) fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            state: LocalState::default(),
        }
    }

    /// Says a sentence, and what has gathered before it.
    pub fn announce(&self, sentence: impl Into<String>) {
        self.announce_next(sentence.into());
    }

    fn announce_next(&self, sentence: String) {
        let is_first = self.state.with(|state| {
            state.push(sentence);
            !state.is_due.replace(true)
        });
        if is_first == Some(true) {
            self.clear_then_show();
        }
    }

    /// Says a sentence together with those that come soon.
    pub(in crate::meeting) fn announce_batched(&self, sentence: String) {
        let is_first = self
            .state
            .with(|state| state.push(sentence) == 1 && !state.is_due.get());
        if is_first == Some(true) {
            self.after(BATCH_PERIOD, |announcer| {
                announcer.state.with(|state| state.is_due.set(true));
                announcer.clear_then_show();
            });
        }
    }

    /// Says no more of what was to be said, and takes away what is shown.
    pub(in crate::meeting) fn clear(&self) {
        self.state.with(|state| {
            state.waiting.take();
            state.is_due.set(false);
            state.timer.take();
        });
        self.text.try_set(String::new());
    }

    fn clear_then_show(&self) {
        self.text.try_set(String::new());
        self.after(GAP, Self::show_waiting);
    }

    fn show_waiting(&self) {
        let sentences = self.state.with(|state| {
            state.is_due.set(false);
            state.waiting.take().join(". ")
        });
        self.text.try_set(sentences.unwrap_or_default());
        self.after(SHOWN_FOR, |announcer| {
            announcer.text.try_set(String::new());
        });
    }

    fn after(&self, milliseconds: u32, action: fn(&Self)) {
        let announcer = *self;
        let timer = Timeout::new(milliseconds, move || action(&announcer));
        self.state.with(|state| state.timer.set(Some(timer)));
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
