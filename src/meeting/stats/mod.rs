//! How well the others are received, and how the own link does: measured by what is loaded on demand, with the rest of
//! what a call has time for.

mod report;
mod stats_poller;

use std::cell::{Cell, RefCell};

use leptos::prelude::*;

use super::{
    announcer::Announcer, call_handle::CallHandle, local_state::LocalState, people::person::Person,
};
use crate::{
    call::{Grade, stats::Records},
    protocol::ParticipantId,
};

/// What is measured of the connections. A handle.
#[derive(Debug, Clone, Copy)]
pub struct Stats {
    /// One of them is better or worse than before.
    changes: RwSignal<usize>,
    /// Something was measured.
    measurements: RwSignal<usize>,
    call: CallHandle,
    announcer: Announcer,
    /// Who is here.
    people: RwSignal<Vec<Person>>,
    runtime: LocalState<StatsRuntime>,
}

#[derive(Default)]
struct StatsRuntime {
    records: RefCell<Records>,
    /// Whether they are being measured.
    polling: Cell<bool>,
}

impl Stats {
    /// Nothing measured yet.
    #[inline(never)]
    pub(in crate::meeting) fn new(
        call: CallHandle,
        announcer: Announcer,
        people: RwSignal<Vec<Person>>,
    ) -> Self {
        Self {
            changes: RwSignal::new(0),
            measurements: RwSignal::new(0),
            call,
            announcer,
            people,
            runtime: LocalState::default(),
        }
    }

    /// How good the connection with a participant is, else the own link, which is followed.
    pub fn bars(&self, who: Option<ParticipantId>) -> Grade {
        self.changes.track();
        let bars = self.records(|records| records.bars(who));
        bars.unwrap_or_default()
    }

    fn records<T>(&self, action: impl FnOnce(&mut Records) -> T) -> Option<T> {
        self.runtime
            .with(|runtime| action(&mut runtime.records.borrow_mut()))
    }
}
