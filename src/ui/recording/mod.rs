//! Recording the meeting: what is asked before, what is drawn, the time while it runs, and what is kept of it.

mod composite;
mod elapsed;
mod fit;
mod indicator;
pub mod lazy;
mod saved_recordings;
mod start;

pub use indicator::recording_indicator;
