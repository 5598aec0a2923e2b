//! Equal tiles: as large as they get, the last row centred.

use super::{
    geometry::{GAP, Place, Shapes, Size, part_length, total_length},
    viewport::Viewport,
};

/// Most columns of a grid.
const COLUMNS: usize = 7;

/// An area of the stage that tiles are laid out in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub x: f64,
    pub y: f64,
    pub size: Size,
    pub viewport: Viewport,
    pub shapes: Shapes,
}

impl Area {
    /// All of a stage.
    pub fn whole_stage(size: Size, viewport: Viewport, shapes: Shapes) -> Self {
        Self {
            x: 0.0,
            y: 0.0,
            size,
            viewport,
            shapes,
        }
    }

    /// Places `n` equal tiles. Of shapes that are large enough the one of the largest tiles is taken; on
    /// equal area fewer empty cells win, then fewer rows.
    pub fn grid(&self, n: usize) -> Vec<Place> {
        self.best(n)
            .map(|shape| shape.places(self))
            .unwrap_or_default()
    }

    /// How many of `n` tiles, one at least, can be large enough beside each other.
    pub fn capacity(&self, n: usize) -> usize {
        let fits = |&n: &usize| self.best(n).is_some_and(|shape| shape.fits);
        (1..=n).rev().find(fits).unwrap_or(1)
    }

    fn best(&self, n: usize) -> Option<Shape> {
        let mut best: Option<Shape> = None;
        for columns in 1..=n.min(COLUMNS) {
            let shape = Shape::new(n, columns, self);
            if best.as_ref().is_none_or(|best| shape.is_better_than(best)) {
                best = Some(shape);
            }
        }
        best
    }
}

struct Shape {
    n: usize,
    columns: usize,
    rows: usize,
    tile: Size,
    /// Whether the tiles are large enough.
    fits: bool,
}

impl Shape {
    fn new(n: usize, columns: usize, area: &Area) -> Self {
        let rows = n.div_ceil(columns);
        let cell = Size {
            width: part_length(area.size.width, columns),
            height: part_length(area.size.height, rows),
        };
        let tile = cell.fitted(area.shapes);
        Self {
            n,
            columns,
            rows,
            tile,
            fits: area.viewport.allows(tile),
        }
    }

    fn is_better_than(&self, other: &Self) -> bool {
        if self.fits != other.fits {
            return self.fits;
        }
        let (ours, theirs) = (self.tile.area(), other.tile.area());
        // Two shapes that differ by rounding alone are equal.
        if (ours - theirs).abs() > 1e-6 * theirs.max(1.0) {
            return ours > theirs;
        }
        // Of as many tiles, fewer empty cells are fewer cells.
        (self.columns * self.rows, self.rows) < (other.columns * other.rows, other.rows)
    }

    fn places(&self, area: &Area) -> Vec<Place> {
        let Size { width, height } = self.tile;
        let top = (area.size.height - total_length(self.rows, height)) / 2.0;
        let place = |index: usize| {
            let (row, column) = (index / self.columns, index % self.columns);
            let in_row = self.columns.min(self.n - row * self.columns);
            let start = (area.size.width - total_length(in_row, width)) / 2.0;
            let x = start + column as f64 * (width + GAP);
            let y = top + row as f64 * (height + GAP);
            Place {
                x: area.x + x.max(0.0),
                y: area.y + y.max(0.0),
                size: self.tile,
                corner: false,
            }
        };
        (0..self.n).map(place).collect()
    }
}
