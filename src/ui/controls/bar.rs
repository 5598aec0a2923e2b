//! The controls of a call. Microphone, camera and leave are there at every width; where it is narrow, the others
//! move into the menu.

use leptos::prelude::*;

use super::{
    keyboard::perform,
    lazy,
    shortcut::Shortcut,
    switches::{camera_switch, leave_button, microphone_switch},
};
use crate::{
    meeting::Meeting,
    platform::screen_capture::can_share_screen,
    ui::{
        components::{Glyph, icon, popover, toggle},
        ui_state::{Panel, UiState},
        view::{ErasedView, IntoErasedView, dynamic, memo, when},
    },
    words::{Plural, Word, count, t},
};

/// The bar under the stage.
pub fn bar(meeting: Meeting, ui_state: UiState) -> ErasedView {
    view! {
        <div class="bar" role="toolbar" aria-label=t(Word::BarLabel)>
            {microphone_switch(meeting)}
            {camera_switch(meeting)}
            {share_button(meeting, ui_state)}
            {popover_button("control bar-react", "reactions", Glyph::Smile, Word::BarReact)}
            {hand_button(meeting, ui_state)}
            {chat_button(meeting, ui_state)}
            {people_button(meeting, ui_state)}
            {popover_button("control", "menu", Glyph::More, Word::BarMore)}
            {leave_button(meeting)}
        </div>
        {popover("reactions", "popover reactions", Word::ReactionsLabel, lazy::reaction_picker, meeting, ui_state)}
        {popover("menu", "popover menu", Word::BarMore, lazy::menu, meeting, ui_state)}
    }
    .erase()
}

fn share_button(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let shares = memo(move || meeting.sharing.current.get().is_some());
    let label = move || {
        t(if shares.get() {
            Word::BarStopSharing
        } else {
            Word::BarShare
        })
        .to_owned()
    };
    when(can_share_screen, move || {
        toggle(
            "bar-share",
            Some("S"),
            shares,
            Glyph::Share,
            label,
            move || perform(Shortcut::Share, meeting, ui_state),
        )
    })
}

fn hand_button(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let raised = memo(move || meeting.people.hand.get().is_some());
    let label = move || {
        t(if raised.get() {
            Word::BarLowerHand
        } else {
            Word::BarRaiseHand
        })
        .to_owned()
    };
    toggle(
        "bar-hand",
        Some("H"),
        raised,
        Glyph::Hand,
        label,
        move || perform(Shortcut::Hand, meeting, ui_state),
    )
}

fn chat_button(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let talk = meeting.talk;
    let open = memo(move || ui_state.panel.get() == Some(Panel::Chat));
    let label = move || match (open.get(), talk.unread.get()) {
        (true, _) => t(Word::BarCloseChat).to_owned(),
        (false, 0) => t(Word::BarOpenChat).to_owned(),
        (false, unread) => count(Plural::BarUnread, unread),
    };
    let unread = move || match talk.unread.get() {
        0 => None,
        unread => Some(
            view! { <span class="dot" aria-hidden="true">{unread.min(99).to_string()}</span> }
                .erase(),
        ),
    };
    view! {
        <span class="with-dot">
            {toggle("", Some("C"), open, Glyph::Chat, label, move || perform(Shortcut::Chat, meeting, ui_state))}
            {dynamic(unread)}
        </span>
    }
    .erase()
}

fn people_button(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let open = memo(move || ui_state.panel.get() == Some(Panel::People));
    let label = move || {
        let number = meeting.people.list.read().len() + 1;
        if open.get() {
            t(Word::BarClosePeople).to_owned()
        } else {
            count(Plural::BarOpenPeople, number)
        }
    };
    toggle(
        "bar-people",
        Some("P"),
        open,
        Glyph::People,
        label,
        move || perform(Shortcut::People, meeting, ui_state),
    )
}

/// A button that opens a popover, which the browser tells of by itself.
fn popover_button(
    class: &'static str,
    target: &'static str,
    glyph: Glyph,
    label: Word,
) -> ErasedView {
    view! {
        <button class=class type="button" popovertarget=target aria-label=t(label) title=t(label)>
            {icon(glyph)}
        </button>
    }
    .erase()
}
