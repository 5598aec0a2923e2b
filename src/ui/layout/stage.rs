//! The stage's tiles: measures the stage, asks for the [`TilePlaces`], and hands them out.

use leptos::prelude::*;

use super::{Place, Tile, pager::pager, tile_places::TilePlaces};
use crate::{
    meeting::{Meeting, people::Person},
    ui::{
        people::invite_card,
        tile::{own_tile, person_tile, screen_tile},
        ui_state::UiState,
        view::{ElementRef, ErasedView, IntoErasedView, memo, size_of, text, when},
    },
};

/// All participants, the person itself first, and the screens that they share. Alone, the invitation takes the
/// second place.
pub fn stage(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let stage = ElementRef::new();
    let places = TilePlaces::new(meeting, ui_state, size_of(stage));
    // Who comes takes the place at once, and the connection gets what gliding would take of the machine.
    let connecting = memo(move || {
        let people = meeting.people.list.read();
        people.iter().any(Person::is_connecting)
    });
    let classes = move || {
        if connecting.get() {
            "tile-area"
        } else {
            "tile-area animated"
        }
    };
    let shows = |person: &Person| person.state.read().shares && person.screen.read().is_some();
    let screens = move || {
        let people = meeting.people.list.get();
        people.into_iter().filter(shows).collect::<Vec<_>>()
    };
    let invitation = move || -> Place { places.layout.read().invitation.unwrap_or_default() };
    view! {
        <div class=text(move || classes().to_owned()) node_ref=stage>
            <div id="videos_container">
                {own_tile(meeting, ui_state, move || places.place(Tile::Own))}
                <For each=move || meeting.people.list.get() key=|person| person.id let:person>
                    {person_tile(meeting, ui_state, person, move || places.place(Tile::Person(person.id)))}
                </For>
                <For each=screens key=|person| person.id let:person>
                    {screen_tile(meeting, ui_state, person, move || places.place(Tile::Screen(person.id)))}
                </For>
            </div>
            {when(move || places.layout.read().invitation.is_some(), move || invite_card(meeting, ui_state, invitation))}
        </div>
        {pager(meeting, ui_state, places)}
    }
    .erase()
}
