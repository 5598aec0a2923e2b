//! A page that says one thing, and what to do next.

use leptos::prelude::*;

use super::{
    icons::{Glyph, icon},
    site_header::{address, site_header},
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
    pub body: ErasedView,
    /// The button that goes on from here. Without one, that is the way home.
    pub next: Option<ErasedView>,
}

/// Makes the page.
pub fn notice(notice: Notice) -> ErasedView {
    let icon_class = if notice.warns {
        "icon-circle icon-circle-warn"
    } else {
        "icon-circle"
    };
    let home = if notice.next.is_some() {
        "button"
    } else {
        "button primary"
    };
    view! {
        <div class="page">
            {site_header()}
            <main id="main" class="notice">
                <span class=icon_class>{icon(notice.glyph)}</span>
                {notice.heading}
                {notice.body}
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
pub fn next_button(label: &'static str, go: impl Fn() + 'static) -> ErasedView {
    view! {
        <button class="button primary" type="button" on:click=press(go)>
            {label}
        </button>
    }
    .erase()
}
