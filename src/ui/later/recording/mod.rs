//! Recording the meeting: what is asked before, what is drawn, the time while it runs, and what is kept of it.

mod begin;
mod elapsed;
mod fit;
mod keeping;
mod picture;

pub use begin::record;
pub use elapsed::elapsed;
pub use keeping::keeping;
