//! One participant on the stage. Order and place are styles: the element stays where it is in the document.

use leptos::prelude::*;

use super::{
    avatar::Avatar,
    icons::{Glyph, Icon},
    layout::{Place, Size},
    video::{Sound, StreamSignal, Video},
};
use crate::browser::{LinkState, Meeting, PeerLink, Person, PersonState};

/// Someone without a name, such as a client of the tutorial protocol.
const GUEST: &str = "Guest";

/// The person's own tile.
#[component]
pub fn OwnTile(
    /// Whose.
    meeting: Meeting,
    /// Where.
    place: Signal<Place>,
) -> impl IntoView {
    let id = Signal::derive(move || meeting.you.get().map(|you| you.to_string()).unwrap_or_default());
    let label = Signal::derive(move || match meeting.name.read().trim() {
        "" => "You".to_owned(),
        name => format!("{name} (you)"),
    });
    let badge = Signal::derive(move || if place.read().corner { "You".to_owned() } else { label.get() });
    let looks = Looks {
        id,
        label,
        badge,
        name: meeting.name.into(),
        microphone: Signal::derive(move || meeting.microphone.get() && meeting.has_microphone.get()),
        camera: Signal::derive(move || meeting.camera.get() && meeting.has_camera.get()),
        waiting: Signal::derive(move || {
            (meeting.link.get() == LinkState::Connecting).then_some("Connecting…")
        }),
    };
    view! { <Tile looks=looks stream=meeting.own_stream place=place own=true /> }
}

/// The tile of someone else, with the sound.
#[component]
pub fn PersonTile(
    /// Who.
    person: Person,
    /// Where.
    place: Signal<Place>,
) -> impl IntoView {
    let state = person.state;
    on_cleanup(move || person.dispose());
    let name = Signal::derive(move || state.read().name.clone().unwrap_or_else(|| GUEST.to_owned()));
    let looks = Looks {
        id: Signal::stored(person.id.to_string()),
        label: name,
        badge: name,
        name,
        microphone: Signal::derive(move || state.read().microphone),
        camera: Signal::derive(move || state.read().camera),
        waiting: Signal::derive(move || waiting(&state.read())),
    };
    view! {
        <Tile looks=looks stream=person.stream place=place>
            <Sound stream=person.stream />
        </Tile>
    }
}

/// What a tile tells of a participant.
#[derive(Clone, Copy)]
struct Looks {
    id: Signal<String>,
    /// The name as the others should read it.
    label: Signal<String>,
    /// The same where it lies over the picture, which may be small.
    badge: Signal<String>,
    /// The name that gives the initials.
    name: Signal<String>,
    microphone: Signal<bool>,
    camera: Signal<bool>,
    /// What is being waited for.
    waiting: Signal<Option<&'static str>>,
}

#[component]
fn Tile(
    looks: Looks,
    stream: StreamSignal,
    place: Signal<Place>,
    #[prop(optional)] own: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let arrived = RwSignal::new(false);
    let seen = Signal::derive(move || looks.camera.get() && arrived.get());
    let video_id = Signal::derive(move || Some(format!("{}-video", looks.id.get())));
    let upright = Signal::derive(move || place.read().size.height > place.read().size.width);
    let px = move |part: fn(&Place) -> f64| move || format!("{}px", part(&place.read()).round() as i32);
    view! {
        <div
            class="tile"
            class:tile-corner=move || place.read().corner
            class:tile-unplaced=move || place.read().size == Size::default()
            class:tile-weak=move || looks.waiting.get().is_some()
            role="group"
            id=looks.id
            aria-label=looks.label
            style=("--x", px(|place| place.x))
            style=("--y", px(|place| place.y))
            style=("--width", px(|place| place.size.width))
            style=("--height", px(|place| place.size.height))
        >
            <Video stream=stream shown=looks.camera own=own id=video_id upright_place=upright arrived=arrived />
            {children.map(|children| children())}
            <Show when=move || !seen.get()>
                <Avatar name=looks.name seed=looks.id />
            </Show>
            <Notes looks=looks />
            <p class="badge">
                <Show when=move || !looks.microphone.get()>
                    <span class="badge-muted">
                        <Icon glyph=Glyph::MicrophoneOff />
                        <span class="visually-hidden">"Muted: "</span>
                    </span>
                </Show>
                <bdi class="badge-name">{looks.badge}</bdi>
            </p>
        </div>
    }
    .into_any()
}

/// The states that need a word: what is waited for, else that the camera is off.
#[component]
fn Notes(looks: Looks) -> impl IntoView {
    let note = move || match (looks.waiting.get(), looks.camera.get()) {
        (Some(text), _) => Some((Glyph::Busy, text)),
        (None, false) => Some((Glyph::CameraOff, "Camera off")),
        (None, true) => None,
    };
    move || {
        {
            note().map(|(glyph, text)| {
                view! {
                    <p class="tile-note">
                        <Icon glyph=glyph />
                        <span>{text}</span>
                    </p>
                }
            })
        }
        .into_any()
    }
}

fn waiting(state: &PersonState) -> Option<&'static str> {
    match state.link {
        PeerLink::Connecting => Some("Connecting…"),
        PeerLink::Repairing => Some("Reconnecting…"),
        PeerLink::Connected => None,
    }
}
