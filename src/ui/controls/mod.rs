//! The controls of a call: the bar with its menu, reactions, and keys.

mod bar;
mod idle;
mod keyboard;
mod keys_help;
mod menu;
mod reactions;
mod shortcut;
mod switches;

pub use bar::bar;
pub use idle::idle;
pub use keyboard::{focus_bar, listen_to_keys};
pub use keys_help::keys_help;
pub use menu::menu;
pub use reactions::{floating_reactions, reaction_picker};
pub use switches::{camera_switch, leave_button, microphone_switch};
