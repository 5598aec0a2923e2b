//! What of sharing is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::status::sharing_line;
use crate::{
    meeting::Meeting,
    ui::{lazy::Chunk, ui_state::UiState, view::ErasedView},
};

/// What the person shares.
pub fn status() -> Chunk {
    Chunk::new(
        || Box::pin(load()),
        |meeting, ui_state| make(meeting, ui_state).now_or_never()?.ok(),
    )
}

#[wasm_split(parts, fallible, preload(load))]
fn make(meeting: Meeting, _: UiState) -> Result<ErasedView, SplitLoaderError> {
    Ok(sharing_line(meeting))
}
