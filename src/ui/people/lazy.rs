//! What of people and invitations is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    confirm::confirmation,
    invite::{invite_people, invite_when_alone},
    panel::people,
};
use crate::{
    meeting::Meeting,
    ui::{
        components::bottom_sheet,
        lazy::Chunk,
        ui_state::{Confirmation, UiState},
        view::ErasedView,
    },
};

/// Who is here.
pub fn panel() -> Chunk {
    chunk(Part::Panel)
}

/// How to bring others in, for who is alone.
pub fn invite_alone() -> Chunk {
    chunk(Part::Alone)
}

/// The same for a dialog.
pub fn invite() -> Chunk {
    chunk(Part::Invite)
}

/// Whether the host means it.
pub fn confirm(question: Confirmation) -> Chunk {
    chunk(Part::Confirm(question))
}

#[derive(Clone, Copy)]
enum Part {
    Panel,
    Alone,
    Invite,
    Confirm(Confirmation),
}

fn chunk(part: Part) -> Chunk {
    let make = move |meeting, ui_state| make(part, meeting, ui_state).now_or_never()?.ok();
    Chunk::new(|| Box::pin(load()), make)
}

#[wasm_split(parts, fallible, preload(load))]
fn make(part: Part, meeting: Meeting, ui_state: UiState) -> Result<ErasedView, SplitLoaderError> {
    Ok(match part {
        Part::Panel => bottom_sheet(ui_state, people(meeting, ui_state)),
        Part::Alone => invite_when_alone(meeting),
        Part::Invite => invite_people(meeting),
        Part::Confirm(question) => confirmation(meeting, question),
    })
}
