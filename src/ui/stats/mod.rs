//! How good the connections are: bars on tiles, and a dialog with the figures of the call and of each connection.

mod chart;
mod chart_line;
pub mod lazy;
mod metrics;
mod quality_bars;
mod quality_pages;
