//! Before the call: the preview, the name, and the button that joins.

mod lobby_page;
mod name_field;
mod preview;

pub use lobby_page::lobby;
