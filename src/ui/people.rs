//! Who is here, with what each shows, and how loud the person wants each.

use leptos::prelude::*;
use web_sys::HtmlInputElement;

use super::{
    avatar::avatar,
    dynamic::{dynamic, on, text, when},
    icons::{Glyph, icon},
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::{Meeting, Person},
    words::{Phrase, Word, say, t},
};

/// The list, the person itself first; those with a raised hand in their order before the others.
pub fn people(meeting: Meeting) -> Piece {
    let others = move || {
        let mut people = meeting.people.get();
        people.sort_by_key(|person| meeting.hand_place(Some(person.id)).unwrap_or(usize::MAX));
        people
    };
    view! {
        <ul class="people">
            {own(meeting)}
            <For each=others key=|person| person.id let:person>
                {row(meeting, person)}
            </For>
        </ul>
    }
    .piece()
}

fn own(meeting: Meeting) -> Piece {
    let name = move || {
        say(Phrase::TileOwn {
            name: &meeting.name.get(),
        })
    };
    let seed = move || {
        meeting
            .you
            .get()
            .map(|you| you.to_string())
            .unwrap_or_default()
    };
    let microphone = move || meeting.microphone.get() && meeting.has_microphone.get();
    let camera = move || meeting.camera.get() && meeting.has_camera.get();
    view! {
        <li class="people-row">
            {avatar(move || meeting.name.get(), seed)}
            <bdi class="people-name">{text(name)}</bdi>
            {marks(move || meeting.hand_place(None), microphone, camera)}
        </li>
    }
    .piece()
}

fn row(meeting: Meeting, person: Person) -> Piece {
    let seed = person.id.to_string();
    let hand = move || meeting.hand_place(Some(person.id));
    view! {
        <li class="people-row">
            {avatar(move || person.shown_name(), move || seed.clone())}
            <bdi class="people-name">{text(move || person.shown_name())}</bdi>
            {marks(hand, move || person.state.read().microphone, move || person.state.read().camera)}
            {volume(person)}
        </li>
    }
    .piece()
}

/// How loud the person wants someone: to be heard by nobody else.
fn volume(person: Person) -> Piece {
    let label = move || {
        say(Phrase::PeopleVolume {
            name: &person.shown_name(),
        })
    };
    let set = move |event: web_sys::Event| {
        let slider: HtmlInputElement = event_target(&event);
        person
            .volume
            .set((slider.value_as_number() / 100.0).clamp(0.0, 1.0));
    };
    view! {
        <input
            class="volume"
            type="range"
            min="0"
            max="100"
            step="5"
            aria-label=text(label)
            prop:value=text(move || ((person.volume.get() * 100.0) as u32).to_string())
            on:input=on(set)
        />
    }
    .piece()
}

fn marks(
    hand: impl Fn() -> Option<usize> + Send + 'static,
    microphone: impl Fn() -> bool + Send + Sync + 'static,
    camera: impl Fn() -> bool + Send + Sync + 'static,
) -> Piece {
    let raised = move || {
        let place = hand()?.to_string();
        let mark = view! {
            <span class="badge-hand">
                {icon(Glyph::Hand)}
                <span aria-hidden="true">{place.clone()}</span>
                <span class="visually-hidden">{say(Phrase::TileHand { place: &place })}</span>
            </span>
        };
        Some(mark.piece())
    };
    view! {
        <span class="people-marks">
            {dynamic(raised)}
            {when(move || !microphone(), || mark("mark-muted", Glyph::MicrophoneOff, Word::PeopleMuted))}
            {when(move || !camera(), || mark("", Glyph::CameraOff, Word::TileCameraOff))}
        </span>
    }
    .piece()
}

fn mark(class: &'static str, glyph: Glyph, label: Word) -> Piece {
    view! {
        <span class=class>
            {icon(glyph)}
            <span class="visually-hidden">{t(label)} " "</span>
        </span>
    }
    .piece()
}
