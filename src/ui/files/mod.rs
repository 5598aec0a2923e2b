//! Files in the chat: what is attached to a message, and how far a transfer has come.

mod attachments;
mod transfer;

pub use attachments::{Attachments, handle_drop, show_drop_target, staged_list, take_paste};
pub use transfer::{incoming_file, own_file};
