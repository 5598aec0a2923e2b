//! How to bring others in: the link to copy, to hand on, and as a code for the camera of a phone.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::qr_code::code;
use crate::{
    meeting::{
        Meeting,
        people::{can_hand_on, room_link},
    },
    ui::{
        components::{Glyph, icon},
        view::{ElementRef, IntoPiece, Piece, effect, press, when},
    },
    words::{Word, t},
};

/// What fills the stage of whoever is alone.
pub fn alone(meeting: Meeting) -> Piece {
    view! {
        <section class="invite-text" aria-labelledby="invite-title">
            <span class="medal">{icon(Glyph::People)}</span>
            <h2 id="invite-title">{t(Word::InviteTitle)}</h2>
            <p class="quiet">{t(Word::InviteText)}</p>
            {ways(meeting)}
        </section>
    }
    .piece()
}

/// What the dialog holds.
pub fn invite_people(meeting: Meeting) -> Piece {
    view! {
        <div class="invite-text">
            <p class="quiet">{t(Word::InviteText)}</p>
            {ways(meeting)}
        </div>
    }
    .piece()
}

fn ways(meeting: Meeting) -> Piece {
    view! {
        {link(meeting)}
        {code(room_link())}
    }
    .piece()
}

fn link(meeting: Meeting) -> Piece {
    let field = ElementRef::new();
    effect(move || {
        if let Some(input) = field.get() {
            input
                .unchecked_ref::<HtmlInputElement>()
                .set_value(&room_link());
        }
    });
    let select = move || {
        if let Some(input) = field.get_untracked() {
            input.unchecked_ref::<HtmlInputElement>().select();
        }
    };
    view! {
        <div class="invite-link">
            <input
                class="input"
                type="text"
                readonly
                dir="ltr"
                aria-label=t(Word::InviteField)
                node_ref=field
                on:focus=press(select)
            />
            <button class="button primary" type="button" on:click=press(move || meeting.copy_link())>
                {t(Word::InviteCopy)}
            </button>
            {when(can_hand_on, move || hand_on(meeting))}
        </div>
    }
    .piece()
}

fn hand_on(meeting: Meeting) -> Piece {
    view! {
        <button class="button" type="button" on:click=press(move || meeting.hand_on_link())>
            {t(Word::InviteShare)}
        </button>
    }
    .piece()
}
