//! The card that fills the stage while nobody else is there: how to bring the others in.

use leptos::prelude::*;

use super::lazy::invite_alone;
use crate::{
    meeting::Meeting,
    ui::{
        layout::Place,
        lazy::lazy,
        ui_state::Desk,
        view::{IntoPiece, Piece, text},
    },
};

/// Shows the ways into the room.
pub fn invite_card(
    meeting: Meeting,
    desk: Desk,
    place: impl Fn() -> Place + Send + 'static,
) -> Piece {
    view! {
        <div class="invite" prop:style=text(move || place().style())>
            {lazy(invite_alone(), meeting, desk)}
        </div>
    }
    .piece()
}
