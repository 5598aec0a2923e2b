//! The header that pages begin with.

use leptos::prelude::*;

use crate::{
    ui::view::{ErasedView, IntoErasedView},
    words::{Word, chosen, t},
};

/// The name of the program, which leads home.
pub fn site_header() -> ErasedView {
    view! {
        <header class="site-header">
            <a href=address("/") class="brand">
                <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                    <circle cx="16" cy="16" r="5.5"></circle>
                    <path d="M16 4.2v.01M26.2 10.1v.01M26.2 21.9v.01M16 27.8v.01M5.8 21.9v.01M5.8 10.1v.01"></path>
                </svg>
                "Roundtable"
            </a>
        </header>
    }
    .erase()
}

/// Past the head, for those who go by keyboard.
pub fn skip_link() -> ErasedView {
    view! {
        <a class="skip-link" href="#main">
            {t(Word::SkipToContent)}
        </a>
    }
    .erase()
}

/// The address of another page of ours, in the language that was chosen.
pub fn address(path: &'static str) -> String {
    match chosen() {
        Some(language) => [path, "?lang=", language.code()].concat(),
        None => path.to_owned(),
    }
}
