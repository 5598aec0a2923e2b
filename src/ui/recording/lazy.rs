//! What of recording is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{elapsed::elapsed as time, saved_recordings::keeping, start::record};
use crate::{
    meeting::Meeting,
    ui::{lazy::Chunk, ui_state::Desk, view::Piece},
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
    let make = move |meeting, desk| make(part, meeting, desk).now_or_never()?.ok();
    Chunk::new(|| Box::pin(load()), make)
}

#[wasm_split(recorder, fallible, preload(load))]
fn make(part: Part, meeting: Meeting, desk: Desk) -> Result<Piece, SplitLoaderError> {
    Ok(match part {
        Part::Start => record(meeting, desk),
        Part::Elapsed => time(meeting),
        Part::Saved => keeping(meeting),
    })
}
