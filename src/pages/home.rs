//! The front page: make a room or enter one. Link and form go to the server, so it works before the program
//! has loaded, and without it.

use leptos::prelude::*;

use super::illustration::round_table;
use crate::{
    protocol::ROOM_NAME_CHARS,
    ui::{
        components::{Glyph, address, draw, icon, site_header},
        view::{ErasedView, IntoErasedView},
    },
    words::{Language, Word, chosen, in_use, t},
};

const PLUS: &str = "M12 5v14M5 12h14";

/// The page at `/`.
pub fn home() -> ErasedView {
    view! {
        <div class="home">
            {site_header()}
            <main id="main" class="home-main">
                <div class="hero">
                <div class="hero-text">
                    <h1>{t(Word::HomeHeading)}</h1>
                    <p class="lead">
                        {t(Word::HomeLead)}
                    </p>
                    <div class="hero-actions">
                        <a class="button primary" href=address("/new")>
                            {draw("icon", PLUS)}
                            {t(Word::HomeNew)}
                        </a>
                        {enter_room()}
                    </div>
                </div>
                {round_table()}
                </div>
                {facts()}
            </main>
            {languages()}
        </div>
    }
    .erase()
}

/// The form that goes to the room of a name.
pub fn enter_room() -> ErasedView {
    view! {
        <form class="enter" method="get" action="/enter">
            {chosen().map(|language| view! { <input type="hidden" name="lang" value=language.code() /> })}
            <input
                class="input"
                type="text"
                name="room"
                dir="auto"
                aria-label=t(Word::HomeRoomName)
                placeholder=t(Word::HomeRoomName)
                required
                maxlength=ROOM_NAME_CHARS.to_string()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="go"
            />
            <button class="button" type="submit">
                {t(Word::HomeEnter)}
            </button>
        </form>
    }
    .erase()
}

fn facts() -> ErasedView {
    let fact = |glyph, title, text| {
        view! {
            <li>
                {icon(glyph)}
                <h2>{t(title)}</h2>
                <p>{t(text)}</p>
            </li>
        }
    };
    view! {
        <ul class="facts">
            {fact(Glyph::Link, Word::HomeLinkTitle, Word::HomeLinkText)}
            {fact(Glyph::Lock, Word::HomePrivateTitle, Word::HomePrivateText)}
            {fact(Glyph::Screen, Word::HomeHostTitle, Word::HomeHostText)}
        </ul>
    }
    .erase()
}

/// The front page in other languages, for those whose browser asks for none of theirs.
fn languages() -> ErasedView {
    let link = |language: Language| {
        let current = (language == in_use()).then_some("true");
        view! {
            <li>
                <a
                    href=["/?lang=", language.code()].concat()
                    hreflang=language.code()
                    lang=language.code()
                    aria-current=current
                >
                    {language.native_name()}
                </a>
            </li>
        }
    };
    view! {
        <footer class="home-foot">
            <p><a href=address("/check")>{t(Word::CheckLink)}</a></p>
            <nav aria-label=t(Word::HomeLanguages)>
                <ul class="languages">{Language::ALL.map(link).into_iter().collect_view()}</ul>
            </nav>
        </footer>
    }
    .erase()
}
