//! The stage's tiles: measures the stage, asks [`layout`](super::layout) for places, and hands them out.

use leptos::prelude::*;

use super::{
    dynamic::{ElementRef, memo, text, when},
    invite::invite,
    layout::{Place, arrange},
    measure::size_of,
    piece::{IntoPiece, Piece},
    tile::{own_tile, person_tile},
};
use crate::browser::{Meeting, Person};

/// All participants, the person itself first. Alone, the invitation takes the second place.
pub fn grid(meeting: Meeting) -> Piece {
    let stage = ElementRef::new();
    let size = size_of(stage);
    let places = Memo::new(move |_| arrange(meeting.people.read().len() + 1, size.get()));
    let place_at = move |index: usize| places.read().get(index).copied().unwrap_or_default();
    let place_of = move |person: &Person| -> Place {
        let index = meeting
            .people
            .read()
            .iter()
            .position(|other| other == person);
        index.map(|index| place_at(index + 1)).unwrap_or_default()
    };
    // Who comes takes the place at once, and the connection gets what gliding would take of the machine.
    let connecting = memo(move || {
        let people = meeting.people.read();
        people.iter().any(Person::is_connecting)
    });
    let classes = move || {
        if connecting.get() {
            "board"
        } else {
            "board gliding"
        }
    };
    view! {
        <div class=text(move || classes().to_owned()) node_ref=stage>
            <div id="videos_container">
                {own_tile(meeting, move || place_at(0))}
                <For each=move || meeting.people.get() key=|person| person.id let:person>
                    {person_tile(meeting, person, move || place_of(&person))}
                </For>
            </div>
            {when(move || meeting.people.read().is_empty(), move || invite(meeting, move || place_at(1)))}
        </div>
    }
    .piece()
}
