//! What every component is made of: views of one type, and what changes in them.

mod dynamic;
mod erased_view;
mod measure;

pub use crate::meeting::effect;
pub use dynamic::{ElementRef, Text, classes, dynamic, flag, memo, on, press, text, when};
pub use erased_view::{ErasedView, IntoErasedView};
pub use measure::size_of;
