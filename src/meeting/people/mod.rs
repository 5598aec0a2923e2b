//! Who is in the room, and how others are asked in.

mod invite;
mod names;
pub(super) mod person;

pub use invite::{can_share_link, room_link};
pub use person::{Person, PersonState};
