//! A page that says one thing, and what to do next.

use leptos::prelude::*;

use super::{
    icons::{Glyph, icon},
    masthead::{address, masthead},
};
use crate::{
    ui::view::{ErasedView, IntoErasedView, press},
    words::{Word, t},
};

/// What such a page consists of.
pub struct Notice {
    /// What stands over it.
    pub glyph: Glyph,
    /// Whether something is wrong.
    pub warns: bool,
    /// The first heading.
    pub heading: ErasedView,
    /// What there is to say.
    pub words: ErasedView,
    /// The button that goes on from here. Without one, that is the way home.
    pub next: Option<ErasedView>,
}

/// Makes the page.
pub fn notice(notice: Notice) -> ErasedView {
    let medal = if notice.warns {
        "medal medal-warn"
    } else {
        "medal"
    };
    let home = if notice.next.is_some() {
        "button"
    } else {
        "button primary"
    };
    view! {
        <div class="page">
            {masthead()}
            <main id="main" class="notice">
                <span class=medal>{icon(notice.glyph)}</span>
                {notice.heading}
                {notice.words}
                <div class="actions">
                    {notice.next}
                    <a class=home href=address("/")>
                        {t(Word::NoticeHome)}
                    </a>
                </div>
            </main>
        </div>
    }
    .erase()
}

/// The button that goes on.
pub fn next(label: &'static str, go: impl Fn() + 'static) -> ErasedView {
    view! {
        <button class="button primary" type="button" on:click=press(go)>
            {label}
        </button>
    }
    .erase()
}
