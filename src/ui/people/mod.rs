//! Who is here, how others are invited, and what the host decides about someone.

mod confirm;
mod invite;
mod invite_card;
pub mod lazy;
mod panel;
mod qr_code;

pub use invite_card::invite_card;
