//! Devices, choices and the language.

mod language_picker;
mod panel;

pub use language_picker::{focus_language_picker, language_picker};
pub use panel::settings;
