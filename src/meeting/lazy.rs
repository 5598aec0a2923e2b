//! What a call has time for when everybody is seen.

use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{handle::Meeting, sharing::lazy::load_sharing, state::LinkState};
use crate::{
    call::{DeferredStart, StartStep},
    platform::task::{sleep, spawn_local},
};

/// Does the rest, a while after joining.
pub(in crate::meeting) fn settle_later(meeting: Meeting) {
    spawn_local(async move {
        let mut start = DeferredStart::new();
        loop {
            sleep(DeferredStart::WAIT.as_millis() as u32).await;
            let connected = match meeting.call.link.try_get_untracked() {
                Some(LinkState::Idle) | None => None,
                Some(link) => Some(link == LinkState::Connected),
            };
            match start.handle_timeout(connected) {
                StartStep::Wait => {}
                StartStep::Stop => return,
                StartStep::Load => {
                    if load_sharing().await.is_ok() && settle(meeting).await.is_ok() {
                        return;
                    }
                }
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
