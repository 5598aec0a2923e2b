//! Who is in the room, and how others are asked in.

mod invite;
mod names;
pub(super) mod person;

pub use invite::{can_hand_on, room_link};
pub use person::{Person, PersonState};
