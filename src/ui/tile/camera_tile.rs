//! One participant on the stage. Order and place are styles: the element stays where it is in the document.

use leptos::prelude::*;

use super::{
    actions::{silence_button, tile_actions},
    video::{StreamSignal, sound, video},
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
    let looks = move || {
        let place = place();
        let (name, label) = (meeting.own_name(), meeting.own_label());
        TileModel {
            id: meeting.own_id(),
            badge: if place.corner {
                t(Word::TileYou).to_owned()
            } else {
                label.clone()
            },
            label,
            name,
            microphone: meeting.is_on(MediaKind::Audio),
            camera: meeting.is_on(MediaKind::Video),
            waiting: (meeting.link.get() == LinkState::Connecting).then_some(Word::TileConnecting),
            unfit: None,
            speaks: meeting.microphone_level.speaking.get(),
            hand: meeting.hand_place(None),
            silenced: false,
            records: meeting.recording.read().is_some(),
            place,
        }
    };
    let mirror = Box::new(move || meeting.choices.mirror.get());
    let extras = tile_actions(
        meeting,
        ui_state,
        Tile::Own,
        move || meeting.own_name(),
        None,
    );
    let bars = bars(meeting, ui_state, None);
    tile(
        Tile::Own,
        Box::new(looks),
        meeting.own_stream,
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
        if !meeting.has(person) {
            person.dispose();
        }
    });
    let looks = move || {
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
            unfit: state.unfit.map(unsupported_text),
            speaks: state.microphone && person.speaking.get(),
            records: state.records,
            hand: state.hand.and_then(|_| meeting.hand_place(Some(person.id))),
            silenced: person.silenced.get(),
            place: place(),
        }
    };
    let seat = Tile::Person(person.id);
    let extras = view! {
        {sound(meeting, person.stream, person)}
        {tile_actions(meeting, ui_state, seat, move || person.shown_name(), Some(silence_button(person)))}
    };
    tile(
        seat,
        Box::new(looks),
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
    unfit: Option<Word>,
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
    seat: Tile,
    looks: Box<dyn Fn() -> TileModel + Send + Sync>,
    stream: StreamSignal,
    mirror: Box<dyn Fn() -> bool + Send>,
    extras: ErasedView,
    bars: ErasedView,
) -> ErasedView {
    let looks = Memo::new(move |_| looks());
    let arrived = RwSignal::new(false);
    let shown = move || looks.read().camera;
    let contained = move |aspect| looks.read().place.fit(seat, aspect) == Fit::Contain;
    view! {
        <div
            class=text(move || style_of(&looks.read()))
            role="group"
            id=text(move || looks.read().id.clone())
            aria-label=text(move || looks.read().label.clone())
            prop:style=text(move || looks.read().place.style())
        >
            {video(stream, mirror, arrived, Some(text(move || looks.read().id.clone() + "-video")), shown, contained)}
            {extras}
            {when(
                move || !(looks.read().camera && arrived.get()),
                move || avatar(move || looks.read().name.clone(), move || looks.read().id.clone()),
            )}
            {note(looks, arrived)}
            <p class="badge">
                {dynamic(move || looks.read().hand.map(raised_hand))}
                {when(move || !looks.read().microphone, || mark("badge-muted", Glyph::MicrophoneOff, Word::TileMuted))}
                {when(move || looks.read().silenced, || mark("badge-muted", Glyph::SpeakerOff, Word::TileSilenced))}
                {when(move || looks.read().records, || mark("badge-records", Glyph::Record, Word::TileRecords))}
                <bdi class="badge-name">{text(move || looks.read().badge.clone())}</bdi>
                {bars}
            </p>
        </div>
    }
    .erase()
}

fn style_of(looks: &TileModel) -> String {
    let states = [
        (looks.place.size == Size::default(), "tile-unplaced"),
        (looks.place.corner, "tile-corner"),
        (looks.waiting.is_some(), "tile-weak"),
        (looks.speaks, "tile-speaks"),
    ];
    classes("tile", &states)
}

/// How good the connection is, unless all is well.
fn bars(meeting: Meeting, ui_state: UiState, person: Option<Person>) -> ErasedView {
    let who = person.map(|person| person.id);
    when(
        move || meeting.bars(who) != Grade::Three,
        move || lazy(stats::lazy::bars(person), meeting, ui_state),
    )
}

/// The states that need a word: why no picture can come, else what is waited for, else that the camera is off.
fn note(looks: Memo<TileModel>, arrived: RwSignal<bool>) -> ErasedView {
    let note = Memo::new(move |_| {
        let looks = looks.read();
        let off = (!looks.camera).then_some(Word::TileCameraOff);
        let starts = || (!arrived.get()).then_some(Word::TileWaiting);
        let unfit = looks.unfit.filter(|_| looks.camera && !arrived.get());
        unfit.or(looks.waiting).or(off).or_else(starts)
    });
    dynamic(move || {
        let word = note.get()?;
        let glyph = match word {
            Word::TileCameraOff => Glyph::CameraOff,
            Word::TileUnfitSender | Word::TileUnfitReceiver => Glyph::Warning,
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
        Side::Sender => Word::TileUnfitSender,
        Side::Receiver => Word::TileUnfitReceiver,
    }
}

fn waiting_text(state: &PersonState) -> Option<Word> {
    match state.link {
        PeerLink::Connecting => Some(Word::TileConnecting),
        PeerLink::Restarting => Some(Word::TileReconnecting),
        PeerLink::Connected => None,
    }
}
