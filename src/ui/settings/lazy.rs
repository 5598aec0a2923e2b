//! What of the settings is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::panel::settings;
use crate::{
    meeting::Meeting,
    ui::{lazy::Chunk, ui_state::UiState, view::ErasedView},
};

/// Devices and choices.
pub fn panel() -> Chunk {
    Chunk::new(
        || Box::pin(load()),
        |meeting, ui_state| make(meeting, ui_state).now_or_never()?.ok(),
    )
}

#[wasm_split(parts, fallible, preload(load))]
fn make(meeting: Meeting, _: UiState) -> Result<ErasedView, SplitLoaderError> {
    Ok(settings(meeting))
}
