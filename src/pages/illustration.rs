//! The picture of the front page: tiles of a call seated around a table, each connected with each.

use leptos::prelude::*;

use crate::ui::view::{ErasedView, IntoErasedView};

/// Where the seats are: centre in the picture's units, and the colour of who sits there.
const SEATS: [(i32, i32, u8); 5] = [
    (260, 74, 0),
    (442, 190, 3),
    (372, 388, 4),
    (148, 388, 2),
    (78, 190, 5),
];

/// Draws the table.
pub fn round_table() -> ErasedView {
    view! {
        <svg class="round-table" viewBox="0 0 520 470" aria-hidden="true" focusable="false">
            <circle class="halo" cx="260" cy="240" r="214"></circle>
            <circle class="table-edge" cx="260" cy="246" r="136"></circle>
            <circle class="table-top" cx="260" cy="238" r="136"></circle>
            <path class="threads" d=threads()></path>
            <circle class="table-heart" cx="260" cy="238" r="20"></circle>
            <circle class="table-heart-ring" cx="260" cy="238" r="34"></circle>
            {SEATS
                .into_iter()
                .enumerate()
                .map(|(place, (x, y, colour))| seat(x, y, colour, place == 0))
                .collect_view()}
        </svg>
    }
    .erase()
}

fn seat(x: i32, y: i32, colour: u8, speaking: bool) -> ErasedView {
    let bust = format!("M{} {}a31 31 0 0 1 62 0Z", x - 31, y + 46);
    view! {
        <g class="seat" class:seat-speaking=speaking data-colour=colour.to_string()>
            <rect class="seat-tile" x=x - 66 y=y - 50 width="132" height="100" rx="18"></rect>
            <path class="seat-person" d=bust></path>
            <circle class="seat-person" cx=x cy=y - 9 r="18"></circle>
            <rect class="seat-ring" x=x - 63 y=y - 47 width="126" height="94" rx="15"></rect>
        </g>
    }
    .erase()
}

/// A line between every two seats.
fn threads() -> String {
    let pairs = SEATS
        .iter()
        .enumerate()
        .flat_map(|(at, from)| SEATS.iter().skip(at + 1).map(move |to| (from, to)));
    pairs
        .map(|((x1, y1, _), (x2, y2, _))| format!("M{x1} {y1}L{x2} {y2}"))
        .collect()
}
