//! The chat, and what else is said beside the voices.

pub(super) mod room_talk;

pub use room_talk::{Floating, Removal};
