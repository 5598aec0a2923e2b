//! The controls of a call: the bar with its menu, reactions, and keys.

mod bar;
mod idle;
mod keyboard;
mod keys_help;
pub mod lazy;
mod menu;
mod reactions;
mod shortcut;
mod switches;

pub use bar::bar;
pub use idle::idle;
pub use keyboard::{focus_bar, listen_to_keys};
pub use switches::{camera_switch, leave_button, microphone_switch};
