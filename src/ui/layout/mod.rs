//! Where tiles go on the stage: pure arithmetic, in CSS pixels from the stage's top start corner, and who
//! of many is seen, as a state machine that gets the time as input.
//!
//! [`TileOrder`] puts the others in order; a [`Scene`] of them is laid out as [`Layout`].
//!
//! Invariants: every place lies inside the stage, and no two overlap but the own view in its corner,
//! which lies on top of the only other person. Every tile is on one page, but what is large is on every
//! page. Where there are several tiles, each is large enough for the [`Viewport`]. The same numbers
//! always give the same places.

mod active;
mod geometry;
mod grid;
mod pager;
mod pair;
mod scene;
mod split;
mod stage;
#[cfg(test)]
mod tests;
mod tile_order;
mod tile_places;
mod viewport;
mod voice;

pub use geometry::{Fit, Place, Size};
pub use scene::{Layout, Mode, Scene, Tile};
pub use stage::stage;
pub use tile_order::{Candidate, TileOrder};
pub use tile_places::candidate_of;
pub use viewport::Viewport;
