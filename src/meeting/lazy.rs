//! What a call has time for when everybody is seen.

use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{handle::Meeting, stats, system_controls};

/// Measures the connections until the call is over, keeps the screen on, takes the keys of headsets.
#[wasm_split(settled, fallible)]
pub fn settle(meeting: Meeting) -> Result<(), SplitLoaderError> {
    system_controls::take(meeting);
    stats::start_polling(meeting);
    Ok(())
}
