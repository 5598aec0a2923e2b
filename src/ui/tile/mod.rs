//! The tiles of the stage: a participant's camera or screen, and what can be done with it.

mod actions;
mod camera_tile;
mod screen_tile;
mod video;

pub use actions::silence_button;
pub use camera_tile::{own_tile, person_tile};
pub use screen_tile::screen_tile;
pub use video::{StreamSignal, video};
