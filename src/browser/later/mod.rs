//! What of the edges nobody needs to enter a room. It is split off the program, as `ui/later` is.

mod amount;
mod channel;
mod checking;
mod counting;
mod download;
mod fetching;
mod files;
mod guard;
mod inviting;
mod save;
mod saving;
mod serving;
mod sharpness;
mod upload;
mod watching;

use wasm_split_helpers::{SplitLoaderError, wasm_split};

pub use amount::amount;
pub use checking::Checkup;
pub use files::{Coming, Files, Going, NotOffered};
pub use guard::MoveGuard;
pub use inviting::{can_hand_on, room_link};
pub use saving::{save_report, save_text};
pub use watching::begin as begin_watching;

use super::meeting::Meeting;

/// Measures the connections from now on, until the call is over.
#[wasm_split(quality, fallible)]
pub fn watch(meeting: Meeting) -> Result<(), SplitLoaderError> {
    watching::begin(meeting);
    Ok(())
}
