//! How good the connections are: bars on tiles, and a dialog with the figures of the call and of each connection.

mod bars;
mod chart;
mod figures;
mod line;
mod pages;

pub use bars::bars_button;
pub use pages::quality;
