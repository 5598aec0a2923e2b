//! What of the connections' figures is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{quality_bars::bars_button, quality_pages::quality as pages};
use crate::{
    meeting::{Meeting, people::Person},
    protocol::ParticipantId,
    ui::{lazy::Chunk, ui_state::UiState, view::ErasedView},
};

/// How good a connection is, on its tile; without a person, the own one.
pub fn bars(person: Option<Person>) -> Chunk {
    let make = move |meeting, ui_state| make_bars(meeting, ui_state, person).now_or_never()?.ok();
    Chunk::new(|| Box::pin(load_bars()), make)
}

/// The figures of the connection with a participant, or of all of them.
pub fn quality(who: Option<ParticipantId>) -> Chunk {
    let make = move |meeting, _| make_quality(meeting, who).now_or_never()?.ok();
    Chunk::new(|| Box::pin(load_quality()), make)
}

/// In the file that every call loads after a while, since it shows what is measured from then on.
#[wasm_split(settled, fallible, preload(load_bars))]
fn make_bars(
    meeting: Meeting,
    ui_state: UiState,
    person: Option<Person>,
) -> Result<ErasedView, SplitLoaderError> {
    Ok(bars_button(meeting, ui_state, person))
}

#[wasm_split(parts, fallible, preload(load_quality))]
fn make_quality(
    meeting: Meeting,
    who: Option<ParticipantId>,
) -> Result<ErasedView, SplitLoaderError> {
    Ok(pages(meeting, who))
}
