//! What is written in a room.

mod draft_field;
mod form;
mod message;
mod messages;
mod panel;

pub use draft_field::{STAGED, carried_files, draft_field, take_early};
pub use panel::chat;
