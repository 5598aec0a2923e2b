//! The page of a room: before, during and after the call, with its panels and dialogs.

mod call_page;
mod dialogs;
mod left_page;
mod panels;
mod prompts;
mod room_page;
mod trouble_page;

pub use room_page::room_page;
pub use trouble_page::device_trouble;
