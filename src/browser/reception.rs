//! How well the others are received, and how the own link does.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{later, meeting::Meeting};
use crate::call::{Bars, quality::Records};

/// Milliseconds in a call after which it is measured: those before belong to whoever waits for a picture.
const LATER: u32 = 3_000;

/// How the connections do, as the pages see it. A handle.
#[derive(Debug, Clone, Copy)]
pub struct Receptions {
    /// Of the person's own link.
    pub own: RwSignal<Bars>,
    /// What was measured.
    pub records: RwSignal<Records>,
    /// Whether it is being measured.
    pub(super) watched: StoredValue<bool>,
}

impl Receptions {
    /// Nothing measured yet.
    pub(super) fn new() -> Self {
        Self {
            own: RwSignal::new(Bars::Three),
            records: RwSignal::new(Records::default()),
            watched: StoredValue::new(false),
        }
    }
}

impl Meeting {
    /// Measures the connections from a while after joining on.
    pub(super) fn watch_later(&self) {
        let meeting = *self;
        spawn_local(async move {
            TimeoutFuture::new(LATER).await;
            meeting.watch().await;
        });
    }

    /// Measures the connections from now on; where the program for that can't be had, not yet.
    pub async fn watch(self) {
        // Whoever wants to see the figures tries again.
        let _ = later::watch(self).await;
    }
}
