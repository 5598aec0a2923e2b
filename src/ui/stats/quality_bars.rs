//! How good a connection is, in three bars.

use leptos::prelude::*;

use super::metrics::grade;
use crate::{
    call::Grade,
    meeting::{Meeting, people::Person},
    ui::{
        ui_state::{Dialog, UiState},
        view::{ErasedView, IntoErasedView, press, text},
    },
    words::{Phrase, say},
};

/// The button on a tile that shows more.
pub fn bars_button(meeting: Meeting, ui_state: UiState, person: Option<Person>) -> ErasedView {
    let who = person.map(|person| person.id);
    let bars = move || meeting.stats.bars(who);
    let label = move || {
        let grade = grade(bars());
        match person {
            Some(person) => say(Phrase::QualityOpen {
                name: &person.shown_name(),
                grade,
            }),
            None => say(Phrase::QualityOpenOwn { grade }),
        }
    };
    let open = move || ui_state.open(Dialog::Quality(who));
    view! {
        <button
            class="badge-bars"
            type="button"
            aria-label=text(label)
            title=text(label)
            on:click=press(open)
        >
            {bars_icon(bars)}
            <span class="badge-grade">{text(move || grade(bars()).to_owned())}</span>
        </button>
    }
    .erase()
}

/// As many of the three filled as there are.
pub fn bars_icon(bars: impl Fn() -> Grade + Send + 'static) -> ErasedView {
    let class = move || {
        match bars() {
            Grade::One => "icon bars bars-one",
            Grade::Two => "icon bars bars-two",
            Grade::Three => "icon bars",
        }
        .to_owned()
    };
    view! {
        <svg class=text(class) viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M3 15h5v6H3z"></path>
            <path d="M10 9h5v12h-5z"></path>
            <path d="M17 3h5v18h-5z"></path>
        </svg>
    }
    .erase()
}
