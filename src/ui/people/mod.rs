//! Who is here, how others are invited, and what the host decides about someone.

mod confirm;
mod invite;
mod invite_card;
mod panel;
mod qr_code;

pub use confirm::ask;
pub use invite::{alone, invite_people};
pub use invite_card::invite_card;
pub use panel::people;
