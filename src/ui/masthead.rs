//! What pages begin with.

use leptos::prelude::*;

use super::piece::{IntoPiece, Piece};

/// The name of the program, which leads home.
pub fn masthead() -> Piece {
    view! {
        <header class="masthead">
            <a href="/" class="brand">
                <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                    <circle cx="16" cy="16" r="5.5"></circle>
                    <path d="M16 4.2v.01M26.2 10.1v.01M26.2 21.9v.01M16 27.8v.01M5.8 21.9v.01M5.8 10.1v.01"></path>
                </svg>
                "Roundtable"
            </a>
        </header>
    }
    .piece()
}

/// Past the head, for those who go by keyboard.
pub fn skip_link() -> Piece {
    view! {
        <a class="skip" href="#main">
            "Skip to the content"
        </a>
    }
    .piece()
}
