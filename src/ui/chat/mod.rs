//! What is written in a room.

mod draft_field;
mod form;
pub mod lazy;
mod message;
mod messages;
mod panel;

pub use draft_field::{MAX_ATTACHMENTS, take_early_files, transferred_files};
