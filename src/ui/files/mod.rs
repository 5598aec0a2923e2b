//! Files in the chat: what is attached to a message, and how far a transfer has come.

mod attachments;
mod transfer;

pub use attachments::{Staged, staged_list, take_drop, take_paste, tell_carried};
pub use transfer::{others_file, own_file};
