//! Devices, choices and the language.

mod language_picker;
pub mod lazy;
mod panel;

pub use language_picker::{focus_language_picker, language_picker};
