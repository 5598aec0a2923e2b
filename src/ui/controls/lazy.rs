//! What of the controls is loaded on demand.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    keys_help::keys_help as keys,
    menu::menu as whole_menu,
    reactions::{floating_reactions as floating, reaction_picker as picker},
};
use crate::{
    meeting::Meeting,
    ui::{lazy::Chunk, ui_state::UiState, view::ErasedView},
};

/// The list of keys.
pub fn keys_help() -> Chunk {
    chunk(Part::Keys)
}

/// The menu of the bar.
pub fn menu() -> Chunk {
    chunk(Part::Menu)
}

/// The reactions to choose from.
pub fn reaction_picker() -> Chunk {
    chunk(Part::Reactions)
}

/// The reactions that float by.
pub fn floating_reactions() -> Chunk {
    chunk(Part::Floating)
}

#[derive(Clone, Copy)]
enum Part {
    Keys,
    Menu,
    Reactions,
    Floating,
}

fn chunk(part: Part) -> Chunk {
    let make = move |meeting, ui_state| make(part, meeting, ui_state).now_or_never()?.ok();
    Chunk::new(|| Box::pin(load()), make)
}

#[wasm_split(parts, fallible, preload(load))]
fn make(part: Part, meeting: Meeting, ui_state: UiState) -> Result<ErasedView, SplitLoaderError> {
    Ok(match part {
        Part::Keys => keys(meeting),
        Part::Menu => whole_menu(meeting, ui_state),
        Part::Reactions => picker(meeting),
        Part::Floating => floating(meeting),
    })
}
