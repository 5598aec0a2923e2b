//! What can be done with a tile: seen on hover, on focus and on a touch of the tile.

use leptos::prelude::*;

use super::{
    desk::Desk,
    dynamic::{memo, press, text},
    icons::{Glyph, icon},
    layout::Tile,
    piece::{IntoPiece, Piece},
};
use crate::words::{Phrase, say};

/// The button that pins a tile, or lets it go.
pub fn tile_actions(
    desk: Desk,
    tile: Tile,
    name: impl Fn() -> String + Copy + Send + 'static,
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
            <button
                class=text(move || if pinned.get() { "control control-small control-on" } else { "control control-small" }.to_owned())
                type="button"
                aria-label=text(label)
                title=text(label)
                on:click=press(move || desk.toggle_pin(tile))
            >
                {icon(Glyph::Pin)}
            </button>
        </div>
    }
    .piece()
}
