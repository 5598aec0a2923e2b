//! What a call has time for when everybody is seen.

use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{handle::Meeting, sharing::lazy::load_sharing, state::LinkState};
use crate::platform::task::{sleep, spawn_local};

/// Milliseconds in a call after which the rest is loaded: those before belong to whoever waits for a picture.
const START_DELAY: u32 = 3_000;
/// How often the program for that is asked for, should the server be away.
const ATTEMPTS: u32 = 40;

/// Does the rest, a while after joining.
pub(in crate::meeting) fn settle_later(meeting: Meeting) {
    spawn_local(async move {
        for _ in 0..ATTEMPTS {
            sleep(START_DELAY).await;
            match meeting.call.link.try_get_untracked() {
                Some(LinkState::Connected) => {}
                Some(LinkState::Connecting | LinkState::Reconnecting) => continue,
                Some(LinkState::Idle) | None => return,
            }
            if load_sharing().await.is_ok() && settle(meeting).await.is_ok() {
                return;
            }
        }
    });
}

/// Measures the connections until the call is over, keeps the screen on, takes the keys of headsets.
#[wasm_split(settled, fallible)]
fn settle(meeting: Meeting) -> Result<(), SplitLoaderError> {
    meeting.system.take(meeting.call, meeting.devices);
    meeting.stats.start_polling();
    Ok(())
}
