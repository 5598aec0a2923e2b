//! What the person shares of the screen.

pub mod lazy;
mod status;
