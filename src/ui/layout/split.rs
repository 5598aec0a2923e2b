//! A stage with something large on it: the rest is in a strip at its end side, or below on an upright
//! stage.
//!
//! The strip depends on the stage and on how many are large, not on how many are in it: who comes and
//! goes there does not change the large ones.

use super::{
    geometry::{GAP, MAX_ASPECT, Shapes, Size, total_length},
    grid::Area,
    viewport::Viewport,
};

/// How much of the stage a strip takes if it can, and the most in CSS pixels that it takes for that.
const STRIP: (f64, f64) = (0.2, 320.0);
/// The most of the stage that it takes at all.
const MAX_STRIP: f64 = 0.4;

/// The two parts of a stage.
#[derive(Debug)]
pub(super) struct Split {
    pub large: Area,
    pub strip: Area,
}

impl Split {
    /// Splits the stage for `count` large ones. None if it is too small for a strip.
    ///
    /// What the large ones cannot use, being neither wider nor narrower than `shapes`, is the strip's.
    pub fn new(stage: Size, viewport: Viewport, count: usize, shapes: Shapes) -> Option<Self> {
        let Size { width, height } = stage;
        let least = viewport.min_tile();
        let area = |x, y, size, shapes| Area {
            x,
            y,
            size,
            viewport,
            shapes,
        };
        let beside = |width| Size { width, height };
        let below = |height| Size { width, height };
        let (large, strip, start) = if stage.is_portrait() {
            let usable = total_length(count, width / shapes.narrowest);
            let strip = thickness(height, least.height, width >= least.width, usable)?;
            let large = height - GAP - strip;
            (below(large), below(strip), (0.0, large + GAP))
        } else {
            let usable = total_length(count, height * MAX_ASPECT);
            let strip = thickness(width, least.width, height >= least.height, usable)?;
            let large = width - GAP - strip;
            (beside(large), beside(strip), (large + GAP, 0.0))
        };
        Some(Self {
            large: area(0.0, 0.0, large, shapes),
            strip: area(start.0, start.1, strip, viewport.shapes(stage)),
        })
    }
}

/// How thick the strip is on a stage that is so `long`, if the large ones can use no more than is `usable`.
/// None if tiles of the `least` thickness take too much, or none `fits` the other way.
fn thickness(long: f64, least: f64, fits: bool, usable: f64) -> Option<f64> {
    let (part, most) = STRIP;
    let useful = fits && least + GAP <= long * MAX_STRIP;
    useful.then(|| (long * part).min(most).max(least).max(long - GAP - usable))
}
