//! Before the call: what the others will see, the name, and the button that joins.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{name_field::name_field, preview::preview};
use crate::{
    call::tell_apart,
    meeting::{CaptureState, Meeting, MeetingStage},
    protocol::{BadDisplayName, DISPLAY_NAME_CHARS, DisplayName, Lobby, RoomName},
    ui::{
        components::{Glyph, address, icon, site_header},
        devices,
        lazy::lazy,
        settings::language_picker,
        ui_state::UiState,
        view::{
            ElementRef, ErasedView, IntoErasedView, classes, dynamic, flag, memo, on, press, text,
            when,
        },
    },
    words::{Phrase, Plural, Word, count, say, t},
};

/// The room's page until the person has joined; buttons do something once the program is `ready`.
pub fn lobby(
    meeting: Meeting,
    ui_state: UiState,
    room: &RoomName,
    ready: RwSignal<bool>,
) -> ErasedView {
    view! {
        <div class="lobby">
            {site_header()}
            <main id="main" class="lobby-main">
                {preview(meeting, ui_state, ready)}
                <section class="join" aria-labelledby="room-name">
                    <p class="eyebrow">{t(Word::LobbyRoom)}</p>
                    <h1 id="room-name">
                        <bdi>{room.as_str().to_owned()}</bdi>
                    </h1>
                    <p class="privacy-note">{t(Word::LobbyPrivacy)}</p>
                    <p class="secondary-text">{text(move || meeting.talk.lobby.read().as_ref().map_or_else(not_known, people_inside))}</p>
                    {room.is_guessable().then(guessable_name_warning)}
                    {when(move || meeting.other_pages.inside.get(), move || other_page_notice(meeting))}
                    {join_form(meeting, ready)}
                    {language_picker(meeting, ready)}
                </section>
                <div class="lobby-devices">
                    {when(
                        move || meeting.devices.capture.get() == CaptureState::Ready,
                        move || lazy(devices::lazy::device_panel(), meeting, ui_state),
                    )}
                </div>
            </main>
        </div>
    }
    .erase()
}

/// Whoever types such a name does not know that it is a key.
fn guessable_name_warning() -> ErasedView {
    view! {
        <p class="secondary-text">
            {t(Word::LobbyGuessable)} " "
            <a href=address("/new")>{t(Word::LobbyNewRoom)}</a>
        </p>
    }
    .erase()
}

/// Who is in the room already.
fn people_inside(lobby: &Lobby) -> String {
    let names: Vec<&str> = lobby.people.iter().map(DisplayName::as_str).collect();
    let names = tell_apart(&names);
    match (lobby.count, names.len()) {
        (0, _) => t(Word::LobbyAlone).to_owned(),
        (many, named) if many == named => say(Phrase::LobbyNames {
            names: &names.join(", "),
        }),
        (many, _) => count(Plural::LobbyHere, many),
    }
}

/// Keeps the place of the line until the server has answered.
fn not_known() -> String {
    "\u{a0}".to_owned()
}

/// Whoever is inside in another page most likely wants to go on here.
fn other_page_notice(meeting: Meeting) -> ErasedView {
    meeting.announcer.announce(t(Word::LobbyOtherPage));
    view! {
        <div class="other-page-notice" role="group" aria-label=t(Word::LobbyOtherPage)>
            <p>{t(Word::LobbyOtherPage)}</p>
            <button
                class="button primary full-width"
                type="button"
                disabled=flag(move || meeting.other_pages.moving_here.get())
                on:click=press(move || meeting.other_pages.move_here())
            >
                {dynamic(move || meeting.other_pages.moving_here.get().then(|| icon(Glyph::Busy)))}
                {t(Word::LobbyMove)}
            </button>
        </div>
    }
    .erase()
}

fn join_form(meeting: Meeting, ready: RwSignal<bool>) -> ErasedView {
    let field = ElementRef::new();
    let wrong = RwSignal::new(String::new());
    let joining = memo(move || meeting.call.stage.get() == MeetingStage::Joining);
    let label = move || match (joining.get(), meeting.other_pages.inside.get()) {
        (true, _) => Word::LobbyJoining,
        (false, true) => Word::LobbyJoinToo,
        (false, false) => Word::LobbyJoin,
    };
    let style = move || {
        classes(
            "button full-width",
            &[(!meeting.other_pages.inside.get(), "primary")],
        )
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match DisplayName::parse(&meeting.people.name.get_untracked()) {
            Ok(_) => meeting.join(),
            Err(reason) => {
                wrong.set(describe(&reason));
                if let Some(input) = field.get_untracked() {
                    let _ = input.focus();
                }
            }
        }
    };
    view! {
        <form class="join-form" on:submit=on(submit)>
            {name_field(meeting.people.name, wrong, field)}
            <button class=text(style) type="submit" disabled=flag(move || !ready.get() || joining.get())>
                {dynamic(move || joining.get().then(|| icon(Glyph::Busy)))}
                {text(move || t(label()).to_owned())}
            </button>
            <noscript class="hint">{t(Word::LobbyNeedsJavascript)}</noscript>
        </form>
    }
    .erase()
}

fn describe(reason: &BadDisplayName) -> String {
    match reason {
        BadDisplayName::Empty => t(Word::LobbyNameEmpty).to_owned(),
        BadDisplayName::TooLong => count(Plural::LobbyNameLong, DISPLAY_NAME_CHARS),
        BadDisplayName::Forbidden(_) => t(Word::LobbyNameForbidden).to_owned(),
    }
}
