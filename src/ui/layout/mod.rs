//! Where tiles go on the stage: pure arithmetic, in CSS pixels from the stage's top start corner, and who
//! of many is seen, as a state machine that gets the time as input.
//!
//! [`Slots`] put the others in order; a [`Scene`] of them is laid out as [`Layout`].
//!
//! Invariants: every place lies inside the stage, and no two overlap but the own view in its corner,
//! which lies on top of the only other person. Every tile is on one page, but what is large is on every
//! page. Where there are several tiles, each is large enough for the [`Viewport`]. The same numbers
//! always give the same places.

mod active;
mod geometry;
mod grid;
mod pair;
mod scene;
mod slots;
mod split;
#[cfg(test)]
mod tests;
mod viewport;
mod voice;

pub use geometry::{Fit, GAP, Place, Size};
pub use scene::{Layout, Mode, Scene, Tile};
pub use slots::{Slots, Standing};
pub use viewport::Viewport;

use geometry::Shapes;
use grid::Area;

/// Places `people` participants on one page, the own view first. Alone, the second place is the
/// invitation's; two people are one large and one in the corner; more make a grid.
pub fn arrange(people: usize, stage: Size) -> Vec<Place> {
    let viewport = Viewport::of(stage);
    let grid = |n, shapes| Area::whole(stage, viewport, shapes).grid(n);
    let mut places = match people {
        1 => return grid(2, viewport.shapes(stage)),
        2 => grid(1, Shapes::LONE),
        n => return grid(n, viewport.shapes(stage)),
    };
    places.extend(places.first().map(|under| pair::corner(stage, *under)));
    places.reverse();
    places
}
