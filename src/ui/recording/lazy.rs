//! What of recording is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{elapsed::elapsed as time, saved_recordings as saved, start::record_dialog};
use crate::{
    meeting::Meeting,
    ui::{lazy::Chunk, ui_state::UiState, view::ErasedView},
};

/// What recording does, before it begins.
pub fn start() -> Chunk {
    chunk(Part::Start)
}

/// How long the person has recorded.
pub fn elapsed() -> Chunk {
    chunk(Part::Elapsed)
}

/// What is kept of recordings.
pub fn saved_recordings() -> Chunk {
    chunk(Part::Saved)
}

#[derive(Clone, Copy)]
enum Part {
    Start,
    Elapsed,
    Saved,
}

fn chunk(part: Part) -> Chunk {
    let make = move |meeting, ui_state| make(part, meeting, ui_state).now_or_never()?.ok();
    Chunk::new(|| Box::pin(load()), make)
}

#[wasm_split(parts, fallible, preload(load))]
fn make(part: Part, meeting: Meeting, ui_state: UiState) -> Result<ErasedView, SplitLoaderError> {
    Ok(match part {
        Part::Start => record_dialog(meeting, ui_state),
        Part::Elapsed => time(meeting),
        Part::Saved => saved::saved_recordings(meeting),
    })
}
