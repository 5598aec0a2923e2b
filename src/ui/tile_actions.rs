//! What can be done with a tile: seen on hover, on focus and on a touch of the tile.

use leptos::prelude::*;

use super::{
    desk::Desk,
    dynamic::{memo, press, text},
    icons::{Glyph, icon},
    layout::Tile,
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::Person,
    words::{Phrase, say},
};

/// The button that pins a tile, or lets it go, and others.
pub fn tile_actions(
    desk: Desk,
    tile: Tile,
    name: impl Fn() -> String + Copy + Send + 'static,
    others: Option<Piece>,
) -> Piece {
    let pinned = memo(move || desk.pinned.read().contains(&tile));
    let label = move || {
        let name = &name();
        match pinned.get() {
            true => say(Phrase::TileUnpin { name }),
            false => say(Phrase::TilePin { name }),
        }
    };
    view! {
        <div class="tile-actions">
            {others}
            {button(pinned, Glyph::Pin, label, move || desk.toggle_pin(tile))}
        </div>
    }
    .piece()
}

/// The button that lets someone be heard no more, or again.
pub fn silence_button(person: Person) -> Piece {
    let silenced = memo(move || person.silenced.get());
    let label = move || {
        let name = &person.shown_name();
        match silenced.get() {
            true => say(Phrase::TileUnsilence { name }),
            false => say(Phrase::TileSilence { name }),
        }
    };
    button(silenced, Glyph::SpeakerOff, label, move || {
        person.toggle_silence()
    })
}

fn button(
    on: Memo<bool>,
    glyph: Glyph,
    label: impl Fn() -> String + Copy + Send + 'static,
    action: impl Fn() + 'static,
) -> Piece {
    let classes = move || {
        match on.get() {
            true => "control control-small control-on",
            false => "control control-small",
        }
        .to_owned()
    };
    view! {
        <button
            class=text(classes)
            type="button"
            aria-label=text(label)
            title=text(label)
            on:click=press(action)
        >
            {icon(glyph)}
        </button>
    }
    .piece()
}
