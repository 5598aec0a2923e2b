//! What to do, step by step.

use leptos::prelude::*;

use crate::{
    ui::view::{ErasedView, IntoErasedView},
    words::{Word, t},
};

/// Steps, one a line of a text.
pub fn steps(text: Word) -> ErasedView {
    let step = |step: &str| view! { <li>{step.to_owned()}</li> }.erase();
    let steps: Vec<ErasedView> = t(text).lines().map(step).collect();
    view! { <ol class="steps">{steps}</ol> }.erase()
}
