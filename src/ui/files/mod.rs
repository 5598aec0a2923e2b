//! Files in the chat: what is attached to a message, and how far a transfer has come.

mod attachments;
mod transfer;

pub use attachments::{Attachments, attachment_list, handle_drop, handle_paste, show_drop_target};
pub use transfer::{incoming_file, own_file};
