//! How to bring others in: the link to copy, to hand on, and as a code for the camera of a phone.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::qr_code::qr_code;
use crate::{
    meeting::{Meeting, people::copy_link},
    platform::{
        page::address,
        share_sheet::{can_share, share},
    },
    ui::{
        components::{Glyph, icon},
        view::{ElementRef, ErasedView, IntoErasedView, effect, press, when},
    },
    words::{Word, t},
};

/// What fills the stage of whoever is alone.
pub fn invite_when_alone(meeting: Meeting) -> ErasedView {
    view! {
        <section class="invite-text" aria-labelledby="invite-title">
            <span class="icon-circle">{icon(Glyph::People)}</span>
            <h2 id="invite-title">{t(Word::InviteTitle)}</h2>
            <p class="secondary-text">{t(Word::InviteText)}</p>
            {invite_actions(meeting)}
        </section>
    }
    .erase()
}

/// What the dialog holds.
pub fn invite_people(meeting: Meeting) -> ErasedView {
    view! {
        <div class="invite-text">
            <p class="secondary-text">{t(Word::InviteText)}</p>
            {invite_actions(meeting)}
        </div>
    }
    .erase()
}

fn invite_actions(meeting: Meeting) -> ErasedView {
    view! {
        {link_field(meeting)}
        {qr_code(address())}
    }
    .erase()
}

fn link_field(meeting: Meeting) -> ErasedView {
    let field = ElementRef::new();
    effect(move || {
        if let Some(input) = field.get() {
            input
                .unchecked_ref::<HtmlInputElement>()
                .set_value(&address());
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
            <button class="button primary" type="button" on:click=press(move || copy_link(meeting.announcer))>
                {t(Word::InviteCopy)}
            </button>
            {when(can_share, share_button)}
        </div>
    }
    .erase()
}

fn share_button() -> ErasedView {
    view! {
        <button class="button" type="button" on:click=press(|| share(&address()))>
            {t(Word::InviteShare)}
        </button>
    }
    .erase()
}
