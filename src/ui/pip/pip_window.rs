//! Opens the picture-in-picture window, and what is in it. A video that plays in the page stays there: the window has elements of its
//! own for the same streams.

use std::cell::RefCell;

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, HtmlVideoElement};

use super::tile_choice::{Candidate, choose};
use crate::{
    meeting::{Meeting, MeetingStage, people::Person},
    platform::pip::{PipWindow, close_pip, match_appearance, open_document_pip, open_video_pip},
    protocol::{MediaKind, ParticipantId},
    ui::{
        components::avatar,
        controls::{camera_switch, leave_button, microphone_switch},
        layout::Tile,
        tile::{StreamSignal, video},
        view::{ErasedView, IntoErasedView, dynamic, effect, text, when},
    },
    words::{Phrase, Word, say, t},
};

thread_local! {
    /// Takes away what is in the window, and waits for its end.
    static OPEN: RefCell<Option<Box<dyn std::any::Any>>> = const { RefCell::new(None) };
}

/// Opens the picture-in-picture window, or closes it; from a click.
pub fn toggle_pip(meeting: Meeting) {
    if close_pip() {
        return;
    }
    spawn_local(async move {
        let opened = match open_document_pip().await {
            Ok(Some(small)) => {
                fill(meeting, small);
                Ok(())
            }
            Ok(None) => match speaker_video(meeting) {
                Some(video) => open_video_pip(&video).await,
                None => return meeting.announcer.announce(t(Word::PipNobody)),
            },
            Err(error) => Err(error),
        };
        if opened.is_err() {
            meeting.announcer.announce(t(Word::PipFailed));
        }
    });
}

fn fill(meeting: Meeting, small: PipWindow) {
    let body = small.body.clone();
    let mounted = mount_to(small.body.clone(), move || {
        effect(move || {
            meeting.language.track();
            meeting.choices.theme.get();
            // This page itself is changed by then.
            let body = body.clone();
            request_animation_frame(move || match_appearance(&body));
        });
        content(meeting)
    });
    let closes = small.on_close(|| {
        // It goes when the event is over: what is being called can't be freed.
        request_animation_frame(|| drop(OPEN.take()));
        let _ = window().focus();
        focus_menu();
    });
    OPEN.set(Some(Box::new((mounted, closes))));
}

/// Back to where it was opened.
fn focus_menu() {
    if let Ok(Some(button)) = document().query_selector("[popovertarget=menu]") {
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

/// The picture of who speaks, else of anybody, in the page.
fn speaker_video(meeting: Meeting) -> Option<HtmlVideoElement> {
    let people = meeting.people.list.get_untracked();
    let seen = |person: &&Person| person.state.with_untracked(|state| state.camera);
    let person = people
        .iter()
        .filter(seen)
        .max_by_key(|person| person.speaking.get_untracked())?;
    let video = document().get_element_by_id(&(person.id.to_string() + "-video"))?;
    Some(video.unchecked_into())
}

fn content(meeting: Meeting) -> ErasedView {
    // Of a call that is over nothing is left.
    effect(move || {
        if meeting.call.stage.try_get() != Some(MeetingStage::InRoom) {
            close_pip();
        }
    });
    dynamic(move || {
        meeting.language.track();
        Some(untrack(|| inside(meeting)))
    })
}

fn inside(meeting: Meeting) -> ErasedView {
    let shown = StoredValue::new(Vec::new());
    let tiles = move || {
        let tiles = choose(&candidates(meeting), &shown.get_value());
        shown.set_value(tiles.clone());
        tiles
    };
    view! {
        <main class="pip">
            <div class="pip-tiles">
                <For each=tiles key=key let:tile>
                    {small_tile(meeting, tile)}
                </For>
            </div>
            <div class="bar" role="toolbar" aria-label=t(Word::BarLabel)>
                {microphone_switch(meeting)}
                {camera_switch(meeting)}
                {leave_button(meeting)}
            </div>
        </main>
    }
    .erase()
}

/// The others and their screens, then the person itself.
fn candidates(meeting: Meeting) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for person in meeting.people.list.get() {
        let state = person.state.read();
        if state.shares && person.screen.read().is_some() {
            candidates.push(Candidate {
                tile: Tile::Screen(person.id),
                speaks: false,
                video: true,
            });
        }
        candidates.push(Candidate {
            tile: Tile::Person(person.id),
            speaks: state.microphone && person.speaking.get(),
            video: meeting.shows(person),
        });
    }
    candidates.push(Candidate {
        tile: Tile::Own,
        speaks: false,
        video: false,
    });
    candidates
}

fn key(tile: &Tile) -> (Option<ParticipantId>, bool) {
    (tile.of(), tile.is_screen())
}

fn small_tile(meeting: Meeting, tile: Tile) -> ErasedView {
    let people = meeting.people.list.get_untracked();
    let person = |id| people.iter().find(|person| person.id == id).copied();
    let Some(id) = tile.of() else {
        return own(meeting);
    };
    let Some(person) = person(id) else {
        return view! { <span></span> }.erase();
    };
    let called = move || person.shown_name();
    let seed = move || person.id.to_string();
    if tile.is_screen() {
        let label = move || say(Phrase::TileScreen { name: &called() });
        return face(person.screen, (label, called, seed), || true, || false);
    }
    let shows = move || meeting.shows(person);
    face(person.stream, (called, called, seed), shows, || false)
}

fn own(meeting: Meeting) -> ErasedView {
    let called = move || meeting.people.own_name();
    let label = move || say(Phrase::TileOwn { name: &called() });
    let seed = move || meeting.call.own_id();
    let shows = move || meeting.devices.is_on(MediaKind::Video);
    let mirror = move || meeting.choices.mirror.get();
    face(
        meeting.devices.own_stream,
        (label, called, seed),
        shows,
        mirror,
    )
}

/// A tile by its label, the name that gives the initials, and what gives their colour.
fn face(
    stream: StreamSignal,
    (label, called, seed): (
        impl Fn() -> String + Copy + Send + 'static,
        impl Fn() -> String + Copy + Send + 'static,
        impl Fn() -> String + Copy + Send + 'static,
    ),
    shows: impl Fn() -> bool + Copy + Send + Sync + 'static,
    mirror: impl Fn() -> bool + Send + 'static,
) -> ErasedView {
    let arrived = RwSignal::new(false);
    view! {
        <div class="tile" role="group" aria-label=text(label)>
            {video(stream, mirror, arrived, None, shows, |_| true)}
            {when(move || !(shows() && arrived.get()), move || avatar(called, seed))}
            <p class="badge">
                <bdi class="badge-name">{text(label)}</bdi>
            </p>
        </div>
    }
    .erase()
}
