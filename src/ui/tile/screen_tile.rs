//! A screen that someone shares: all of it is seen, never a part.

use leptos::prelude::*;

use super::{
    actions::tile_actions,
    camera_tile::unfit,
    video::{sound, video},
};
use crate::{
    meeting::{Meeting, people::Person},
    ui::{
        components::{Glyph, icon},
        layout::{Place, Size, Tile},
        ui_state::Desk,
        view::{IntoPiece, Piece, dynamic, text, when},
    },
    words::{Phrase, Word, say, t},
};

/// The screen of someone else, with its sound.
pub fn screen_tile(
    meeting: Meeting,
    desk: Desk,
    person: Person,
    place: impl Fn() -> Place + Send + Sync + Copy + 'static,
) -> Piece {
    let arrived = RwSignal::new(false);
    let label = move || {
        say(Phrase::TileScreen {
            name: &person.shown_name(),
        })
    };
    let classes = move || match place().size == Size::default() {
        true => "tile tile-screen tile-unplaced",
        false => "tile tile-screen",
    };
    view! {
        <div
            class=text(move || classes().to_owned())
            role="group"
            aria-label=text(label)
            prop:style=text(move || place().style())
        >
            {video(person.screen, || false, arrived, None, || true, |_| true)}
            {sound(meeting, person.screen, person)}
            {when(move || !arrived.get(), move || waiting(person))}
            {when(move || arrived.get() && person.screen_paused.get(), paused)}
            {tile_actions(meeting, desk, Tile::Screen(person.id), label, None)}
            <p class="badge">
                {icon(Glyph::Screen)}
                <bdi class="badge-name">{text(label)}</bdi>
            </p>
        </div>
    }
    .piece()
}

fn paused() -> Piece {
    view! {
        <p class="tile-note">
            {icon(Glyph::Warning)}
            <span>{t(Word::TilePaused)}</span>
        </p>
    }
    .piece()
}

fn waiting(person: Person) -> Piece {
    let word = move || {
        person
            .state
            .read()
            .unfit
            .map_or(Word::TileConnecting, unfit)
    };
    view! {
        <p class="tile-note">
            {dynamic(move || {
                let glyph = match word() {
                    Word::TileConnecting => Glyph::Busy,
                    _ => Glyph::Warning,
                };
                Some(icon(glyph))
            })}
            <span>{text(move || t(word()).to_owned())}</span>
        </p>
    }
    .piece()
}
