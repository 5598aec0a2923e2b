//! The stage's tiles: measures the stage, asks [`layout`](super::layout) for places, and hands them out.

use leptos::{html, prelude::*};

use super::{
    invite::Invite,
    layout::{Place, arrange},
    measure::size_of,
    tile::{OwnTile, PersonTile},
};
use crate::browser::{Meeting, Person};

/// All participants, the person itself first. Alone, the invitation takes the second place.
#[component]
pub fn Grid(
    /// Who.
    meeting: Meeting,
) -> impl IntoView {
    let stage = NodeRef::<html::Div>::new();
    let size = size_of(stage);
    let places = Memo::new(move |_| arrange(meeting.people.read().len() + 1, size.get()));
    let place_at = move |index: usize| places.read().get(index).copied().unwrap_or_default();
    let place_of = move |person: &Person| {
        let id = person.id;
        let index = move || meeting.people.read().iter().position(|other| other.id == id);
        Memo::new(move |_| index().map(|index| place_at(index + 1)).unwrap_or_default())
    };
    let own: Memo<Place> = Memo::new(move |_| place_at(0));
    let invited: Memo<Place> = Memo::new(move |_| place_at(1));
    let alone = Memo::new(move |_| meeting.people.read().is_empty());
    view! {
        <div class="board" node_ref=stage>
            <div id="videos_container">
                <OwnTile meeting=meeting place=own.into() />
                <For each=move || meeting.people.get() key=|person| person.id let:person>
                    <PersonTile place=place_of(&person).into() person=person />
                </For>
            </div>
            <Show when=move || alone.get()>
                <Invite meeting=meeting place=invited.into() />
            </Show>
        </div>
    }
    .into_any()
}
