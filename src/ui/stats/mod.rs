//! How good the connections are: bars on tiles, and a dialog with the figures of the call and of each connection.

mod chart;
mod chart_line;
mod figures;
pub mod lazy;
mod quality_bars;
mod quality_pages;
