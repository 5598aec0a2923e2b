//! One participant on the stage. Order and place are styles: the element stays where it is in the document.

use leptos::prelude::*;

use super::{
    avatar::avatar,
    dynamic::{dynamic, text, when},
    icons::{Glyph, icon},
    layout::{Place, Size},
    piece::{IntoPiece, Piece},
    video::{StreamSignal, sound, video},
};
use crate::{
    browser::{LinkState, Meeting, PeerLink, Person, PersonState},
    words::{Phrase, Word, say, t},
};

/// The person's own tile.
pub fn own_tile(meeting: Meeting, place: impl Fn() -> Place + Send + Sync + 'static) -> Piece {
    let looks = move || {
        let place = place();
        let name = meeting.name.get();
        let label = match name.trim() {
            "" => t(Word::TileYou).to_owned(),
            name => say(Phrase::TileOwn { name }),
        };
        Looks {
            id: meeting
                .you
                .get()
                .map(|you| you.to_string())
                .unwrap_or_default(),
            badge: if place.corner {
                t(Word::TileYou).to_owned()
            } else {
                label.clone()
            },
            label,
            name,
            microphone: meeting.microphone.get() && meeting.has_microphone.get(),
            camera: meeting.camera.get() && meeting.has_camera.get(),
            waiting: (meeting.link.get() == LinkState::Connecting).then_some(Word::TileConnecting),
            place,
        }
    };
    tile(Box::new(looks), meeting.own_stream, None)
}

/// The tile of someone else, with the sound. The page may be rendered anew while the person stays.
pub fn person_tile(
    meeting: Meeting,
    person: Person,
    place: impl Fn() -> Place + Send + Sync + 'static,
) -> Piece {
    on_cleanup(move || {
        if !meeting.has(person) {
            person.dispose();
        }
    });
    let looks = move || {
        let state = person.state.read();
        // A client of the tutorial's has no name.
        let name = state.name.clone();
        let name = name.unwrap_or_else(|| t(Word::TileGuest).to_owned());
        Looks {
            id: person.id.to_string(),
            label: name.clone(),
            badge: name.clone(),
            name,
            microphone: state.microphone,
            camera: state.camera,
            waiting: waiting(&state),
            place: place(),
        }
    };
    tile(Box::new(looks), person.stream, Some(sound(person.stream)))
}

/// What a tile tells of a participant, and where it is.
#[derive(Clone, PartialEq)]
struct Looks {
    id: String,
    /// The name as the others should read it.
    label: String,
    /// The same where it lies over the picture, which may be small.
    badge: String,
    /// The name that gives the initials.
    name: String,
    microphone: bool,
    camera: bool,
    /// What is being waited for.
    waiting: Option<Word>,
    place: Place,
}

/// Others have a sound, the person itself has none.
fn tile(
    looks: Box<dyn Fn() -> Looks + Send + Sync>,
    stream: StreamSignal,
    sound: Option<Piece>,
) -> Piece {
    let looks = Memo::new(move |_| looks());
    let arrived = RwSignal::new(false);
    let own = sound.is_none();
    let shown = move || looks.read().camera;
    let upright = move || looks.read().place.is_upright();
    view! {
        <div
            class=text(move || classes(&looks.read()).to_owned())
            role="group"
            id=text(move || looks.read().id.clone())
            aria-label=text(move || looks.read().label.clone())
            prop:style=text(move || looks.read().place.style())
        >
            {video(stream, own, arrived, Some(text(move || format!("{}-video", looks.read().id))), shown, upright)}
            {sound}
            {when(
                move || !(looks.read().camera && arrived.get()),
                move || avatar(move || looks.read().name.clone(), move || looks.read().id.clone()),
            )}
            {note(looks)}
            <p class="badge">
                {when(move || !looks.read().microphone, muted)}
                <bdi class="badge-name">{text(move || looks.read().badge.clone())}</bdi>
            </p>
        </div>
    }
    .piece()
}

fn classes(looks: &Looks) -> &'static str {
    match (
        looks.place.corner,
        looks.place.size == Size::default(),
        looks.waiting.is_some(),
    ) {
        (_, true, _) => "tile tile-unplaced",
        (false, _, false) => "tile",
        (true, _, false) => "tile tile-corner",
        (false, _, true) => "tile tile-weak",
        (true, _, true) => "tile tile-corner tile-weak",
    }
}

fn muted() -> Piece {
    view! {
        <span class="badge-muted">
            {icon(Glyph::MicrophoneOff)}
            <span class="visually-hidden">{t(Word::TileMuted)} " "</span>
        </span>
    }
    .piece()
}

/// The states that need a word: what is waited for, else that the camera is off.
fn note(looks: Memo<Looks>) -> Piece {
    let note = Memo::new(move |_| {
        let looks = looks.read();
        looks
            .waiting
            .or((!looks.camera).then_some(Word::TileCameraOff))
    });
    dynamic(move || {
        let word = note.get()?;
        let glyph = if word == Word::TileCameraOff {
            Glyph::CameraOff
        } else {
            Glyph::Busy
        };
        let note = view! {
            <p class="tile-note">
                {icon(glyph)}
                <span>{t(word)}</span>
            </p>
        };
        Some(note.piece())
    })
}

fn waiting(state: &PersonState) -> Option<Word> {
    match state.link {
        PeerLink::Connecting => Some(Word::TileConnecting),
        PeerLink::Repairing => Some(Word::TileReconnecting),
        PeerLink::Connected => None,
    }
}
