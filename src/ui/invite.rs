//! The card that fills the stage while nobody else is there: the link, to send to the others.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{
    dynamic::{ElementRef, effect, press, text},
    icons::{Glyph, icon},
    layout::Place,
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::Meeting,
    words::{Word, t},
};

/// Shows the room's link.
pub fn invite(meeting: Meeting, place: impl Fn() -> Place + Send + 'static) -> Piece {
    let field = ElementRef::new();
    effect(move || {
        if let (Some(input), Ok(link)) = (field.get(), window().location().href()) {
            input.unchecked_ref::<HtmlInputElement>().set_value(&link);
        }
    });
    let select = move || {
        if let Some(input) = field.get_untracked() {
            input.unchecked_ref::<HtmlInputElement>().select();
        }
    };
    view! {
        <section
            class="invite"
            aria-labelledby="invite-title"
            prop:style=text(move || place().style())
        >
            <div class="invite-text">
                <span class="medal">
                    {icon(Glyph::People)}
                </span>
                <h2 id="invite-title">{t(Word::InviteTitle)}</h2>
                <p class="quiet">{t(Word::InviteText)}</p>
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
                </div>
            </div>
        </section>
    }
    .piece()
}
