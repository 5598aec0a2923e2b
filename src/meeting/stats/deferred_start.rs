//! How well the others are received, and how the own link does: measured by what is loaded [on demand](lazy), with the rest of
//! what a call has time for.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::{
    call::Grade,
    meeting::{handle::Meeting, lazy, sharing::lazy::load_sharing, state::LinkState},
    protocol::ParticipantId,
};

/// Milliseconds in a call after which the rest is loaded: those before belong to whoever waits for a picture.
const START_DELAY: u32 = 3_000;

/// When there is something new about the connections. A handle.
#[derive(Debug, Clone, Copy)]
pub struct Stats {
    /// One of them is better or worse than before.
    pub(in crate::meeting) changes: RwSignal<usize>,
    /// Something was measured.
    pub(in crate::meeting) measurements: RwSignal<usize>,
}

impl Stats {
    /// Nothing measured yet.
    pub(in crate::meeting) fn new() -> Self {
        Self {
            changes: RwSignal::new(0),
            measurements: RwSignal::new(0),
        }
    }
}

/// How often the program for that is asked for, should the server be away.
const ATTEMPTS: u32 = 40;

impl Meeting {
    /// How good the connection with a participant is, else the own link, which is followed.
    pub fn bars(&self, who: Option<ParticipantId>) -> Grade {
        self.stats.changes.track();
        let bars = self.with_runtime(|runtime| runtime.records.borrow().bars(who));
        bars.unwrap_or_default()
    }

    /// Does the rest, a while after joining: measures the connections, keeps the screen on, takes the keys of headsets.
    pub(in crate::meeting) fn start_deferred(&self) {
        let meeting = *self;
        spawn_local(async move {
            for _ in 0..ATTEMPTS {
                TimeoutFuture::new(START_DELAY).await;
                match meeting.link.try_get_untracked() {
                    Some(LinkState::Connected) => {}
                    Some(LinkState::Connecting | LinkState::Reconnecting) => continue,
                    Some(LinkState::Idle) | None => return,
                }
                if load_sharing().await.is_ok() && lazy::settle(meeting).await.is_ok() {
                    return;
                }
            }
        });
    }
}
