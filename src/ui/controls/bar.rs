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
        ui_state::{Desk, Panel},
        view::{IntoPiece, Piece, dynamic, memo, when},
    },
    words::{Plural, Word, count, t},
};

/// The bar under the stage.
pub fn bar(meeting: Meeting, desk: Desk) -> Piece {
    view! {
        <div class="bar" role="toolbar" aria-label=t(Word::BarLabel)>
            {microphone_switch(meeting)}
            {camera_switch(meeting)}
            {share_button(meeting, desk)}
            {popover_button("control bar-react", "reactions", Glyph::Smile, Word::BarReact)}
            {hand_button(meeting, desk)}
            {chat_button(meeting, desk)}
            {people_button(meeting, desk)}
            {popover_button("control", "menu", Glyph::More, Word::BarMore)}
            {leave_button(meeting)}
        </div>
        {popover("reactions", "popover reactions", Word::ReactionsLabel, lazy::reaction_picker, meeting, desk)}
        {popover("menu", "popover menu", Word::BarMore, lazy::menu, meeting, desk)}
    }
    .piece()
}

fn share_button(meeting: Meeting, desk: Desk) -> Piece {
    let shares = memo(move || meeting.sharing.get().is_some());
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
            move || perform(Shortcut::Share, meeting, desk),
        )
    })
}

fn hand_button(meeting: Meeting, desk: Desk) -> Piece {
    let raised = memo(move || meeting.hand.get().is_some());
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
        move || perform(Shortcut::Hand, meeting, desk),
    )
}

fn chat_button(meeting: Meeting, desk: Desk) -> Piece {
    let talking = meeting.talking;
    let open = memo(move || desk.panel.get() == Some(Panel::Chat));
    let label = move || match (open.get(), talking.unread.get()) {
        (true, _) => t(Word::BarCloseChat).to_owned(),
        (false, 0) => t(Word::BarOpenChat).to_owned(),
        (false, unread) => count(Plural::BarUnread, unread),
    };
    let unread = move || match talking.unread.get() {
        0 => None,
        unread => Some(
            view! { <span class="dot" aria-hidden="true">{unread.min(99).to_string()}</span> }
                .piece(),
        ),
    };
    view! {
        <span class="with-dot">
            {toggle("", Some("C"), open, Glyph::Chat, label, move || perform(Shortcut::Chat, meeting, desk))}
            {dynamic(unread)}
        </span>
    }
    .piece()
}

fn people_button(meeting: Meeting, desk: Desk) -> Piece {
    let open = memo(move || desk.panel.get() == Some(Panel::People));
    let label = move || {
        let number = meeting.people.read().len() + 1;
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
        move || perform(Shortcut::People, meeting, desk),
    )
}

/// A button that opens a popover, which the browser tells of by itself.
fn popover_button(class: &'static str, target: &'static str, glyph: Glyph, label: Word) -> Piece {
    view! {
        <button class=class type="button" popovertarget=target aria-label=t(label) title=t(label)>
            {icon(glyph)}
        </button>
    }
    .piece()
}
