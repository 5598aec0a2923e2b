//! What of the chat is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{draft_field::draft_field, panel::chat};
use crate::{
    meeting::Meeting,
    ui::{components::bottom_sheet, lazy::Chunk, ui_state::UiState, view::ErasedView},
};

/// What is written. Its field is there from the start.
pub fn panel() -> Chunk {
    Chunk::new(
        || Box::pin(load()),
        |meeting, ui_state| make(meeting, ui_state).now_or_never()?.ok(),
    )
    .with_placeholder(draft_field)
}

#[wasm_split(parts, fallible, preload(load))]
fn make(meeting: Meeting, ui_state: UiState) -> Result<ErasedView, SplitLoaderError> {
    Ok(bottom_sheet(ui_state, chat(meeting, ui_state)))
}
