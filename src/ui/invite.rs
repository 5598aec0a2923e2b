//! The card that fills the stage while nobody else is there: how to bring the others in.

use leptos::prelude::*;

use super::{
    desk::Desk,
    dynamic::text,
    later::{Part, later},
    layout::Place,
    piece::{IntoPiece, Piece},
};
use crate::meeting::Meeting;

/// Shows the ways into the room.
pub fn invite(meeting: Meeting, desk: Desk, place: impl Fn() -> Place + Send + 'static) -> Piece {
    view! {
        <div class="invite" prop:style=text(move || place().style())>
            {later(Part::Alone, meeting, desk)}
        </div>
    }
    .piece()
}
