//! What of the devices is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{device_panel as panel, permission_help as help};
use crate::{
    meeting::Meeting,
    ui::{lazy::Chunk, ui_state::UiState, view::ErasedView},
};

/// Devices to choose and to try.
pub fn device_panel() -> Chunk {
    chunk(Part::Devices)
}

/// How to allow camera and microphone.
pub fn permission_help() -> Chunk {
    chunk(Part::Permission)
}

#[derive(Clone, Copy)]
enum Part {
    Devices,
    Permission,
}

fn chunk(part: Part) -> Chunk {
    let make = move |meeting, ui_state| make(part, meeting, ui_state).now_or_never()?.ok();
    Chunk::new(|| Box::pin(load()), make)
}

#[wasm_split(parts, fallible, preload(load))]
fn make(part: Part, meeting: Meeting, _: UiState) -> Result<ErasedView, SplitLoaderError> {
    Ok(match part {
        Part::Devices => panel::device_panel(meeting),
        Part::Permission => help::permission_help(meeting),
    })
}
