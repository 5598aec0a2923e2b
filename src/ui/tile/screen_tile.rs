//! A screen that someone shares: all of it is seen, never a part.

use leptos::prelude::*;

use super::{
    actions::tile_actions,
    camera_tile::unsupported_text,
    video::{audio, video},
};
use crate::{
    meeting::{Meeting, people::Person},
    ui::{
        components::{Glyph, icon},
        layout::{Place, Size, Tile},
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, dynamic, text, when},
    },
    words::{Phrase, Word, say, t},
};

/// The screen of someone else, with its sound.
pub fn screen_tile(
    meeting: Meeting,
    ui_state: UiState,
    person: Person,
    place: impl Fn() -> Place + Send + Sync + Copy + 'static,
) -> ErasedView {
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
            {audio(meeting, person.screen, person)}
            {when(move || !arrived.get(), move || waiting_note(person))}
            {when(move || arrived.get() && person.screen_paused.get(), paused)}
            {tile_actions(meeting, ui_state, Tile::Screen(person.id), label, None)}
            <p class="badge">
                {icon(Glyph::Screen)}
                <bdi class="badge-name">{text(label)}</bdi>
            </p>
        </div>
    }
    .erase()
}

fn paused() -> ErasedView {
    view! {
        <p class="tile-note">
            {icon(Glyph::Warning)}
            <span>{t(Word::TilePaused)}</span>
        </p>
    }
    .erase()
}

fn waiting_note(person: Person) -> ErasedView {
    let word = move || {
        person
            .state
            .read()
            .unsupported
            .map_or(Word::TileConnecting, unsupported_text)
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
    .erase()
}
