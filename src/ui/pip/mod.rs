//! The picture-in-picture window: some of the people, and the controls.

mod pip_window;
mod tile_choice;

pub use pip_window::toggle_pip;
