//! How good the connections are: bars on tiles, and a dialog with the figures of the call and of each connection.

mod chart;
mod chart_line;
mod figures;
mod quality_bars;
mod quality_pages;

pub use quality_bars::bars_button;
pub use quality_pages::quality;
