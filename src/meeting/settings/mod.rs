//! What a person sets for all meetings: choices that are remembered, and the language.

pub(super) mod choices;
pub(super) mod language;

pub use choices::{Choice, Chosen, Theme, View, value_of, word_for};
pub use language::{choose_language, load_later_texts, load_texts};
