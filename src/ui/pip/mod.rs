//! The small window over all others: some of the people, and the controls.

mod pip_window;
mod tile_choice;

pub use pip_window::toggle_floating;
