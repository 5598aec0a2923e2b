//! What of sharing is loaded on demand.

use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::ScreenShare;
use crate::platform::sender_parameters::Sharpness;

/// Asks for a screen to share. It is there before it is first wanted, since browsers ask soon after a click only.
#[wasm_split(settled, fallible, preload(load_sharing))]
pub(in crate::meeting) fn ask_for_screen(
    share: ScreenShare,
    sharpness: Sharpness,
) -> Result<(), SplitLoaderError> {
    share.ask_for_screen(sharpness);
    Ok(())
}
