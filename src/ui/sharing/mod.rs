//! What the person shares of the screen.

mod status;

pub use status::sharing_line;
