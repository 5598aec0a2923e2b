//! Recording the meeting: what is asked before, what is drawn, the time while it runs, and what is kept of it.

mod composite;
mod elapsed;
mod fit;
mod indicator;
mod saved_recordings;
mod start;

pub use elapsed::elapsed;
pub use indicator::records;
pub use saved_recordings::keeping;
pub use start::record;
