//! The front page: make a room or enter one. Link and form go to the server, so it works before the program
//! has loaded, and without it.

use leptos::prelude::*;

use super::{
    icons::{Glyph, draw, icon},
    illustration::round_table,
    masthead::masthead,
    piece::{IntoPiece, Piece},
};
use crate::protocol::ROOM_NAME_CHARS;

const PLUS: &str = "M12 5v14M5 12h14";

/// The page at `/`.
pub fn home() -> Piece {
    view! {
        <div class="home">
            {masthead()}
            <main id="main" class="home-main">
                <div class="hero">
                <div class="hero-text">
                    <h1>"Everyone at the same table."</h1>
                    <p class="lead">
                        "Video meetings in the browser. No account, nothing to install: send a link and talk."
                    </p>
                    <div class="hero-actions">
                        <a class="button primary" href="/new">
                            {draw("icon", PLUS)}
                            "New meeting"
                        </a>
                        {enter_room()}
                    </div>
                </div>
                {round_table()}
                </div>
                {facts()}
            </main>
        </div>
    }
    .piece()
}

/// The form that goes to the room of a name.
pub fn enter_room() -> Piece {
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
    .piece()
}

fn facts() -> Piece {
    let fact = |glyph, title, text| {
        view! {
            <li>
                {icon(glyph)}
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
    .piece()
}
