//! What can be done with a tile: seen on hover, on focus and on a touch of the tile.

use leptos::prelude::*;

use crate::{
    meeting::{Meeting, people::Person},
    ui::{
        components::{Glyph, toggle},
        layout::Tile,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, memo},
    },
    words::{Phrase, Word, say, t},
};

/// The button that pins a tile, or lets it go, and others.
pub fn tile_actions(
    meeting: Meeting,
    ui_state: UiState,
    tile: Tile,
    name: impl Fn() -> String + Copy + Send + 'static,
    others: Option<ErasedView>,
) -> ErasedView {
    let pinned = memo(move || ui_state.pinned.read().contains(&tile));
    let label = move || {
        let name = &name();
        match pinned.get() {
            true => say(Phrase::TileUnpin { name }),
            false => say(Phrase::TilePin { name }),
        }
    };
    let pin = move || {
        let word = match ui_state.toggle_pin(tile) {
            true => Word::StagePinned,
            false => Word::StageUnpinned,
        };
        meeting.announcer.announce(t(word));
    };
    view! {
        <div class="tile-actions">
            {others}
            {toggle("control-small", None, pinned, Glyph::Pin, label, pin)}
        </div>
    }
    .erase()
}

/// The button that lets someone be heard no more, or again.
pub fn silence_button(person: Person) -> ErasedView {
    let silenced = memo(move || person.silenced.get());
    let label = move || {
        let name = &person.shown_name();
        match silenced.get() {
            true => say(Phrase::TileUnsilence { name }),
            false => say(Phrase::TileSilence { name }),
        }
    };
    toggle(
        "control-small",
        None,
        silenced,
        Glyph::SpeakerOff,
        label,
        move || person.toggle_silence(),
    )
}
