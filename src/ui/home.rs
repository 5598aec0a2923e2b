//! The front page: make a room or enter one. Link and form go to the server, so it works before the program
//! has loaded, and without it.

use leptos::prelude::*;

use super::{
    head::About,
    icons::{Glyph, Icon},
    illustration::RoundTable,
};
use crate::protocol::ROOM_NAME_CHARS;

const DESCRIPTION: &str = "Video meetings in the browser. No account, nothing to install: \
    send a link, and everyone sits at the same table.";

/// The page at `/`.
#[component]
pub fn Home() -> impl IntoView {
    view! {
        <About title="Roundtable: video meetings by a link" description=DESCRIPTION />
        <div class="home">
            <Masthead />
            <main id="main" class="home-main">
                <div class="hero">
                <div class="hero-text">
                    <h1>"Everyone at the same table."</h1>
                    <p class="lead">
                        "Video meetings in the browser. No account, nothing to install: send a link and talk."
                    </p>
                    <div class="hero-actions">
                        // The server answers this address, not the router.
                        <a class="button primary" href="/new" rel="external">
                            <Icon glyph=Glyph::Plus />
                            "New meeting"
                        </a>
                        <EnterRoom />
                    </div>
                </div>
                <RoundTable />
                </div>
                <Facts />
            </main>
        </div>
    }
    .into_any()
}

/// The name of the program, which leads home.
#[component]
pub fn Masthead() -> impl IntoView {
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
    .into_any()
}

/// The form that goes to the room of a name.
#[component]
pub fn EnterRoom() -> impl IntoView {
    view! {
        <form class="enter" method="get" action="/enter">
            <input
                class="input"
                type="text"
                name="room"
                aria-label="Room name"
                placeholder="Room name"
                required
                maxlength=ROOM_NAME_CHARS.to_string()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="go"
            />
            <button class="button" type="submit">
                "Enter"
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Facts() -> impl IntoView {
    let fact = |glyph, title, text| {
        view! {
            <li>
                <Icon glyph=glyph />
                <h2>{title}</h2>
                <p>{text}</p>
            </li>
        }
    };
    view! {
        <ul class="facts">
            {fact(Glyph::Link, "One link", "Whoever opens it sees a preview first and joins with a click.")}
            {fact(Glyph::Lock, "Nobody in between", "Sound and pictures go from browser to browser, encrypted.")}
            {fact(Glyph::Screen, "Yours to host", "One file on one machine, even with no internet around it.")}
        </ul>
    }
    .into_any()
}
