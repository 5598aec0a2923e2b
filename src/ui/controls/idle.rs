//! Whether the person leaves the page alone, by which a flat screen takes the bar away (`style/room.css`).

use std::time::Duration;

use gloo_timers::callback::Interval;
use leptos::prelude::*;

use crate::{
    platform::{clock::now, js::Listener},
    ui::view::effect,
};

/// How long nothing is done until the person counts as idle.
const IDLE_AFTER: Duration = Duration::from_secs(4);
/// Milliseconds between two looks at the clock.
const POLL_PERIOD: u32 = 500;

/// Follows touch, mouse, keys and focus for as long as the component is there.
pub fn idle() -> RwSignal<bool> {
    let idle = RwSignal::new(false);
    let last = StoredValue::new(Duration::ZERO);
    let watch = StoredValue::new_local(None);
    effect(move || {
        last.set_value(now());
        let note_activity = move || {
            last.try_set_value(now());
            if idle.try_get_untracked() == Some(true) {
                idle.set(false);
            }
        };
        let listeners = ["pointerdown", "pointermove", "keydown", "focusin"]
            .map(|kind| Listener::new(&window(), kind, move |_| note_activity()));
        let look = Interval::new(POLL_PERIOD, move || {
            let since = last.try_get_value().map(|last| now().saturating_sub(last));
            if since.is_some_and(|since| since >= IDLE_AFTER)
                && idle.try_get_untracked() == Some(false)
            {
                idle.set(true);
            }
        });
        watch.set_value(Some((listeners, look)));
    });
    idle
}
