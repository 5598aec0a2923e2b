//! What to do, step by step.

use leptos::prelude::*;

use crate::{
    ui::view::{IntoPiece, Piece},
    words::{Word, t},
};

/// Steps, one a line of a text.
pub fn steps(text: Word) -> Piece {
    let step = |step: &str| view! { <li>{step.to_owned()}</li> }.piece();
    let steps: Vec<Piece> = t(text).lines().map(step).collect();
    view! { <ol class="steps">{steps}</ol> }.piece()
}
