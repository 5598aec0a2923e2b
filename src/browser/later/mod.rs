//! What of the edges nobody needs to enter a room. It is split off the program, as `ui/later` is.
//!
//! Recording and small windows call the browser by name ([`js`](super::js)): a binding of web-sys's would be in the
//! program that everybody loads.

mod amount;
mod canvas;
mod channel;
mod checking;
mod counting;
mod download;
mod fetching;
mod files;
mod guard;
mod inviting;
mod kept;
mod media_keys;
mod mix;
mod recording;
mod save;
mod saving;
mod serving;
mod sharpness;
mod store;
mod system;
mod tape;
mod ticker;
mod upload;
mod wake_lock;
mod watching;
mod webm;
mod windows;

use wasm_split_helpers::{SplitLoaderError, wasm_split};

pub use amount::amount;
pub use canvas::{Pen, Rect};
pub use checking::Checkup;
pub use files::{Coming, Files, Going, NotOffered};
pub use guard::MoveGuard;
pub use inviting::{can_hand_on, room_link};
pub use kept::{Saved, delete, kept, save};
pub use recording::{Draws, Recording, is_possible as can_record, just_ended};
pub use saving::{save_report, save_text};
pub use store::Kept;
pub use watching::begin as begin_watching;
pub use windows::{
    SmallWindow, can_float, float_document, float_video, match_looks, stop_floating,
};

use super::{meeting::Meeting, quality::Sharpness};

/// Asks for a screen to share. It is there before it is first wanted, since browsers ask soon after a click only.
#[wasm_split(sharing, fallible, preload(load_sharing))]
pub(super) fn ask_for_screen(
    meeting: Meeting,
    sharpness: Sharpness,
) -> Result<(), SplitLoaderError> {
    meeting.ask_for_screen(sharpness);
    Ok(())
}

/// What a call has time for when everybody is seen: measures the connections until it is over, keeps the screen on,
/// takes the keys of headsets.
#[wasm_split(settled, fallible)]
pub fn settle(meeting: Meeting) -> Result<(), SplitLoaderError> {
    system::take(meeting);
    watching::begin(meeting);
    Ok(())
}
