//! One participant on the stage. Order and place are styles: the element stays where it is in the document.

use leptos::prelude::*;

use super::{
    actions::{silence_button, tile_actions},
    video::{StreamSignal, audio, video},
};
use crate::{
    call::{Grade, PeerLink},
    meeting::{
        LinkState, Meeting,
        people::{Person, PersonState},
    },
    protocol::{MediaKind, Side},
    ui::{
        components::{Glyph, avatar, icon, mark, raised_hand},
        layout::{Fit, Place, Size, Tile},
        lazy::lazy,
        stats,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, classes, dynamic, text, when},
    },
    words::{Word, t},
};

/// The person's own tile.
pub fn own_tile(
    meeting: Meeting,
    ui_state: UiState,
    place: impl Fn() -> Place + Send + Sync + 'static,
) -> ErasedView {
    let model = move || {
        let place = place();
        let (name, label) = (meeting.people.own_name(), meeting.people.own_label());
        TileModel {
            id: meeting.call.own_id(),
            badge: if place.corner {
                t(Word::TileYou).to_owned()
            } else {
                label.clone()
            },
            label,
            name,
            microphone: meeting.devices.is_on(MediaKind::Audio),
            camera: meeting.devices.is_on(MediaKind::Video),
            waiting: (meeting.call.link.get() == LinkState::Connecting)
                .then_some(Word::TileConnecting),
            unsupported: None,
            speaks: meeting.voice.speaking.get(),
            hand: meeting.people.hand_place(None),
            silenced: false,
            records: meeting.recording.seconds.read().is_some(),
            place,
        }
    };
    let mirror = Box::new(move || meeting.choices.mirror.get());
    let extras = tile_actions(
        meeting,
        ui_state,
        Tile::Own,
        move || meeting.people.own_name(),
        None,
    );
    let bars = bars(meeting, ui_state, None);
    tile(
        Tile::Own,
        Box::new(model),
        meeting.devices.own_stream,
        mirror,
        extras,
        bars,
    )
}

/// The tile of someone else, with the sound. The page may be rendered anew while the person stays.
pub fn person_tile(
    meeting: Meeting,
    ui_state: UiState,
    person: Person,
    place: impl Fn() -> Place + Send + Sync + 'static,
) -> ErasedView {
    on_cleanup(move || {
        if !meeting.people.has(person) {
            person.dispose();
        }
    });
    let model = move || {
        let state = person.state.read();
        let name = state.shown_name();
        TileModel {
            id: person.id.to_string(),
            label: name.clone(),
            badge: name.clone(),
            name,
            microphone: state.microphone,
            camera: meeting.shows(person),
            waiting: waiting_text(&state),
            unsupported: state.unsupported.map(unsupported_text),
            speaks: state.microphone && person.speaking.get(),
            records: state.recording,
            hand: state
                .hand
                .and_then(|_| meeting.people.hand_place(Some(person.id))),
            silenced: person.silenced.get(),
            place: place(),
        }
    };
    let seat = Tile::Person(person.id);
    let extras = view! {
        {audio(meeting, person.stream, person)}
        {tile_actions(meeting, ui_state, seat, move || person.shown_name(), Some(silence_button(person)))}
    };
    tile(
        seat,
        Box::new(model),
        person.stream,
        Box::new(|| false),
        extras.erase(),
        bars(meeting, ui_state, Some(person)),
    )
}

/// What a tile tells of a participant, and where it is.
#[derive(Clone, PartialEq)]
struct TileModel {
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
    /// Why no picture can be waited for.
    unsupported: Option<Word>,
    /// Whether it is heard speaking.
    speaks: bool,
    /// Whether it records.
    records: bool,
    /// The place of the raised hand among all that are.
    hand: Option<usize>,
    /// Whether the person here does not want to hear it.
    silenced: bool,
    place: Place,
}

fn tile(
    tile_key: Tile,
    make_model: Box<dyn Fn() -> TileModel + Send + Sync>,
    stream: StreamSignal,
    mirror: Box<dyn Fn() -> bool + Send>,
    extras: ErasedView,
    bars: ErasedView,
) -> ErasedView {
    let model = Memo::new(move |_| make_model());
    let arrived = RwSignal::new(false);
    let shown = move || model.read().camera;
    let contained =
        move |aspect| model.read().place.fit(tile_key.is_screen(), aspect) == Fit::Contain;
    view! {
        <div
            class=text(move || tile_classes(&model.read()))
            role="group"
            id=text(move || model.read().id.clone())
            aria-label=text(move || model.read().label.clone())
            prop:style=text(move || model.read().place.style())
        >
            {video(stream, mirror, arrived, Some(text(move || model.read().id.clone() + "-video")), shown, contained)}
            {extras}
            {when(
                move || !(model.read().camera && arrived.get()),
                move || avatar(move || model.read().name.clone(), move || model.read().id.clone()),
            )}
            {note(model, arrived)}
            <p class="badge">
                {dynamic(move || model.read().hand.map(raised_hand))}
                {when(move || !model.read().microphone, || mark("badge-muted", Glyph::MicrophoneOff, Word::TileMuted))}
                {when(move || model.read().silenced, || mark("badge-muted", Glyph::SpeakerOff, Word::TileSilenced))}
                {when(move || model.read().records, || mark("badge-recording", Glyph::Record, Word::TileRecording))}
                <bdi class="badge-name">{text(move || model.read().badge.clone())}</bdi>
                {bars}
            </p>
        </div>
    }
    .erase()
}

fn tile_classes(model: &TileModel) -> String {
    let states = [
        (model.place.size == Size::default(), "tile-unplaced"),
        (model.place.corner, "tile-corner"),
        (model.waiting.is_some(), "tile-connecting"),
        (model.speaks, "tile-speaking"),
    ];
    classes("tile", &states)
}

/// How good the connection is, unless all is well.
fn bars(meeting: Meeting, ui_state: UiState, person: Option<Person>) -> ErasedView {
    let who = person.map(|person| person.id);
    when(
        move || meeting.stats.bars(who) != Grade::Three,
        move || lazy(stats::lazy::bars(person), meeting, ui_state),
    )
}

/// The states that need a word: why no picture can come, else what is waited for, else that the camera is off.
fn note(model: Memo<TileModel>, arrived: RwSignal<bool>) -> ErasedView {
    let note = Memo::new(move |_| {
        let model = model.read();
        let off = (!model.camera).then_some(Word::TileCameraOff);
        let starts = || (!arrived.get()).then_some(Word::TileWaiting);
        let unfit = model.unsupported.filter(|_| model.camera && !arrived.get());
        unfit.or(model.waiting).or(off).or_else(starts)
    });
    dynamic(move || {
        let word = note.get()?;
        let glyph = match word {
            Word::TileCameraOff => Glyph::CameraOff,
            Word::TileUnsupportedSender | Word::TileUnsupportedReceiver => Glyph::Warning,
            _ => Glyph::Busy,
        };
        let note = view! {
            <p class="tile-note">
                {icon(glyph)}
                <span>{t(word)}</span>
            </p>
        };
        Some(note.erase())
    })
}

/// Says which end knows no format in which pictures could come by the server.
pub(super) fn unsupported_text(side: Side) -> Word {
    match side {
        Side::Sender => Word::TileUnsupportedSender,
        Side::Receiver => Word::TileUnsupportedReceiver,
    }
}

fn waiting_text(state: &PersonState) -> Option<Word> {
    match state.link {
        PeerLink::Connecting => Some(Word::TileConnecting),
        PeerLink::Restarting => Some(Word::TileReconnecting),
        PeerLink::Connected => None,
    }
}
