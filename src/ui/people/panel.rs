//! Who is here, with what each shows, and how loud the person wants each.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::{
    meeting::{Meeting, people::Person},
    protocol::{HostAction, Knocker, MediaKind},
    ui::{
        components::{Glyph, avatar, icon, mark, raised_hand},
        tile::silence_button,
        ui_state::{Confirmation, Dialog, UiState},
        view::{ErasedView, IntoErasedView, dynamic, memo, on, press, text, when},
    },
    words::{Phrase, Word, say, t},
};

/// The list, the person itself first; those with a raised hand in their order before the others.
pub fn people(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let others = move || {
        let mut people = meeting.people.list.get();
        people.sort_by_key(|person| {
            meeting
                .people
                .hand_place(Some(person.id))
                .unwrap_or(usize::MAX)
        });
        people
    };
    view! {
        {when(move || meeting.talk.is_host(), move || host_controls(meeting, ui_state))}
        <ul class="people">
            {own(meeting)}
            <For each=others key=|person| person.id let:person>
                {row(meeting, ui_state, person)}
            </For>
        </ul>
    }
    .erase()
}

fn own(meeting: Meeting) -> ErasedView {
    let name = move || meeting.people.own_label();
    let microphone = move || meeting.devices.is_on(MediaKind::Audio);
    let camera = move || meeting.devices.is_on(MediaKind::Video);
    view! {
        <li class="people-row">
            {avatar(move || meeting.people.own_name(), move || meeting.call.own_id())}
            <bdi class="people-name">{text(name)}</bdi>
            {when(move || meeting.talk.is_host(), host_mark)}
            {marks(move || meeting.recording.seconds.read().is_some(), move || meeting.people.hand_place(None), microphone, camera)}
        </li>
    }
    .erase()
}

fn row(meeting: Meeting, ui_state: UiState, person: Person) -> ErasedView {
    let seed = person.id.to_string();
    let hand = move || meeting.people.hand_place(Some(person.id));
    let records = move || person.state.read().recording;
    view! {
        <li class="people-row">
            {avatar(move || person.shown_name(), move || seed.clone())}
            <bdi class="people-name">{text(move || person.shown_name())}</bdi>
            {when(move || meeting.talk.rule.read().host == Some(person.id), host_mark)}
            {marks(records, hand, move || person.state.read().microphone, move || person.state.read().camera)}
            <div class="people-volume">
                {silence_button(person)}
                {volume(person)}
            </div>
            {when(move || meeting.talk.is_host(), move || host_actions(meeting, ui_state, person))}
        </li>
    }
    .erase()
}

fn host_mark() -> ErasedView {
    view! { <span class="people-host">{t(Word::PeopleHost)}</span> }.erase()
}

/// What the host decides for all, and who is in the waiting room.
fn host_controls(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let locked = memo(move || meeting.talk.rule.read().locked);
    let lock = move || {
        let locked = !locked.get_untracked();
        meeting.talk.host(HostAction::Lock { locked });
    };
    let label = move || {
        t(if locked.get() {
            Word::PeopleUnlock
        } else {
            Word::PeopleLock
        })
        .to_owned()
    };
    view! {
        <div class="host-controls">
            {waiting_list(meeting)}
            <button class="button button-small" type="button" on:click=press(lock)>
                {icon(Glyph::Lock)}
                {text(label)}
            </button>
            {host_button(Word::PeopleMuteAll, move || meeting.talk.host(HostAction::MuteAll))}
            {when(
                move || !meeting.people.hands().is_empty(),
                move || host_button(Word::PeopleLowerHands, move || meeting.talk.host(HostAction::LowerHands)),
            )}
            {host_button(Word::PeopleEnd, move || ui_state.open(Dialog::Confirm(Confirmation::End)))}
        </div>
    }
    .erase()
}

fn host_button(label: Word, action: impl Fn() + 'static) -> ErasedView {
    view! {
        <button class="button button-small" type="button" on:click=press(action)>
            {t(label)}
        </button>
    }
    .erase()
}

fn waiting_list(meeting: Meeting) -> ErasedView {
    let waiting = meeting.talk.waiting;
    let knocker = move |knocker: Knocker| {
        let id = knocker.id;
        let name = &*meeting.people.knocker_name(&knocker);
        let answer = move |admit| move || meeting.talk.host(HostAction::Admit { id, admit });
        view! {
            <li class="people-row waiting-row">
                <bdi class="people-name">{name.to_owned()}</bdi>
                {vanishing_button(Glyph::Check, say(Phrase::PeopleAdmit { name }), answer(true))}
                {vanishing_button(Glyph::Close, say(Phrase::PeopleRefuse { name }), answer(false))}
            </li>
        }
        .erase()
    };
    let list = move || {
        view! {
            <section class="waiting-list" aria-label=t(Word::PeopleWaiting)>
                <h3>{t(Word::PeopleWaiting)}</h3>
                <ul class="people">
                    <For each=move || waiting.get() key=|knocker| knocker.id let:one>
                        {knocker(one)}
                    </For>
                </ul>
            </section>
        }
        .erase()
    };
    when(move || !waiting.read().is_empty(), list)
}

/// What the host can do with someone.
fn host_actions(meeting: Meeting, ui_state: UiState, person: Person) -> ErasedView {
    let id = person.id;
    let name = &person.spoken_name();
    let lowers = say(Phrase::PeopleLowerHand { name });
    let lower = move || {
        let action = move || meeting.talk.host(HostAction::LowerHand { id });
        vanishing_button(Glyph::Hand, lowers.clone(), action)
    };
    view! {
        <div class="host-actions">
            {small_button(Glyph::MicrophoneOff, say(Phrase::PeopleMute { name }), move || meeting.talk.host(HostAction::Mute { id }))}
            {when(move || person.state.read().hand.is_some(), lower)}
            {small_button(Glyph::Person, say(Phrase::PeoplePromote { name }), move || ui_state.open(Dialog::Confirm(Confirmation::HandOver(id))))}
            {small_button(Glyph::Door, say(Phrase::PeopleRemove { name }), move || ui_state.open(Dialog::Confirm(Confirmation::Remove(id))))}
        </div>
    }
    .erase()
}

/// A button that may go by being pressed: the focus goes to the heading then.
fn vanishing_button(glyph: Glyph, label: String, action: impl Fn() + 'static) -> ErasedView {
    small_button(glyph, label, move || {
        action();
        if let Some(heading) = document().get_element_by_id("panel-title") {
            let _ = heading.unchecked_ref::<HtmlElement>().focus();
        }
    })
}

fn small_button(glyph: Glyph, label: String, action: impl Fn() + 'static) -> ErasedView {
    view! {
        <button
            class="control control-small"
            type="button"
            aria-label=label.clone()
            title=label
            on:click=press(action)
        >
            {icon(glyph)}
        </button>
    }
    .erase()
}

/// How loud the person wants someone: to be heard by nobody else.
fn volume(person: Person) -> ErasedView {
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
    .erase()
}

fn marks(
    records: impl Fn() -> bool + Send + Sync + 'static,
    hand: impl Fn() -> Option<usize> + Send + 'static,
    microphone: impl Fn() -> bool + Send + Sync + 'static,
    camera: impl Fn() -> bool + Send + Sync + 'static,
) -> ErasedView {
    view! {
        <span class="people-marks">
            {when(records, || mark("badge-recording", Glyph::Record, Word::TileRecording))}
            {dynamic(move || hand().map(raised_hand))}
            {when(move || !microphone(), || mark("mark-muted", Glyph::MicrophoneOff, Word::PeopleMuted))}
            {when(move || !camera(), || mark("", Glyph::CameraOff, Word::TileCameraOff))}
        </span>
    }
    .erase()
}
