//! How the connections of a call do over time: pure, from what a browser counts of them.
//!
//! [`StatsSnapshot`] is what it has counted so far, [`Meter`] makes a [`Sample`] of two of them, and [`Records`] keep the
//! samples of the last two minutes, for every connection and for the whole call.

mod history;
mod meter;
mod own_link;
mod records;
mod report;
mod sample;
mod stats_snapshot;

pub use history::{History, SPAN};
pub use meter::Meter;
pub use own_link::OwnLink;
pub use records::{Record, Records};
pub use report::{report, tenths};
pub use sample::{Sample, Throughput};
pub use stats_snapshot::{Direction, Lost, MediaRates, Path, Route, RtpStream, StatsSnapshot};
