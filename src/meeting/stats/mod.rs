//! How well the connections do.

pub(super) mod deferred_start;
mod report;
mod stats_poller;

pub use report::save_report;
pub use stats_poller::start_polling;
