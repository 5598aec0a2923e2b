//! The way from one page of tiles to the next, where not all fit.

use leptos::prelude::*;

use super::tile_places::TilePlaces;
use crate::{
    meeting::Meeting,
    ui::{
        components::{Glyph, icon},
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, flag, press, text, when},
    },
    words::{Phrase, Word, say, t},
};

/// Two buttons and the number of the page, while there is more than one.
pub fn pager(meeting: Meeting, ui_state: UiState, places: TilePlaces) -> ErasedView {
    let layout = places.layout;
    let name = |page: usize, pages: usize| {
        let (page, pages) = (&(page + 1).to_string(), &pages.to_string());
        say(Phrase::StagePage { page, pages })
    };
    let number = move || name(layout.read().page, layout.read().pages);
    let turn = move |by: isize| {
        let (page, pages) = layout.with_untracked(|layout| (layout.page, layout.pages));
        let last = pages.saturating_sub(1);
        let next = page.saturating_add_signed(by).min(last);
        ui_state.page.set(next);
        meeting.announcer.announce(name(next, pages));
    };
    let first = move || layout.read().page == 0;
    let last = move || layout.read().page + 1 >= layout.read().pages;
    when(
        move || layout.read().pages > 1,
        move || {
            view! {
                <nav class="pager" aria-label=text(number)>
                    {button("pager-back", Word::StagePrevious, first, move || turn(-1))}
                    <span class="pager-number" aria-hidden="true">{text(number)}</span>
                    {button("", Word::StageNext, last, move || turn(1))}
                </nav>
            }
            .erase()
        },
    )
}

fn button(
    class: &'static str,
    label: Word,
    ends: impl Fn() -> bool + Send + 'static,
    action: impl Fn() + 'static,
) -> ErasedView {
    view! {
        <button
            class=["control control-small ", class].concat()
            type="button"
            aria-label=t(label)
            title=t(label)
            disabled=flag(ends)
            on:click=press(action)
        >
            {icon(Glyph::Next)}
        </button>
    }
    .erase()
}
