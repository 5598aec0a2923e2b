//! Small marks of what holds for someone, on tiles and in lists.

use leptos::prelude::*;

use super::icons::{Glyph, icon};
use crate::{
    ui::view::{ErasedView, IntoErasedView},
    words::{Phrase, Word, say, t},
};

/// An icon, and what it means for those who do not see it.
pub fn mark(class: &'static str, glyph: Glyph, label: Word) -> ErasedView {
    view! {
        <span class=class>
            {icon(glyph)}
            <span class="visually-hidden">{t(label)} " "</span>
        </span>
    }
    .erase()
}

/// A raised hand with its place among all that are.
pub fn raised_hand(place: usize) -> ErasedView {
    let place = place.to_string();
    view! {
        <span class="badge-hand">
            {icon(Glyph::Hand)}
            <span aria-hidden="true">{place.clone()}</span>
            <span class="visually-hidden">{say(Phrase::TileHand { place: &place })} " "</span>
        </span>
    }
    .erase()
}
