//! Devices to choose and to try, and how to allow them.

mod device_panel;
mod device_picker;
pub mod lazy;
mod permission_help;
mod user_agent;

pub use device_panel::device_panel;
