//! The card that fills the stage while nobody else is there: how to bring the others in.

use leptos::prelude::*;

use super::lazy::invite_alone;
use crate::{
    meeting::Meeting,
    ui::{
        layout::Place,
        lazy::lazy,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, text},
    },
};

/// Shows the ways into the room.
pub fn invite_card(
    meeting: Meeting,
    ui_state: UiState,
    place: impl Fn() -> Place + Send + 'static,
) -> ErasedView {
    view! {
        <div class="invite" prop:style=text(move || place().style())>
            {lazy(invite_alone(), meeting, ui_state)}
        </div>
    }
    .erase()
}
