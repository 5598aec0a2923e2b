//! Where tiles go on the stage: pure arithmetic, in CSS pixels from the stage's top start corner.
//!
//! Invariant: every place lies inside the stage, and no two overlap but the own view in its corner,
//! which lies on top of the only other person. The same numbers always give the same places.

/// Space between two tiles, in CSS pixels.
pub const GAP: f64 = 12.0;

/// The widest a tile gets: 17:9.
const WIDEST: f64 = 17.0 / 9.0;
/// Stages under this width are phones, where tiles may stand upright.
const PHONE: f64 = 512.0;
/// Most columns of a grid.
const COLUMNS: usize = 7;
/// How much of the stage's shorter side the own view takes in its corner, and its bounds in CSS pixels.
const CORNER: (f64, f64, f64) = (0.3, 72.0, 220.0);

/// Width and height in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Size {
    /// Along the line of text.
    pub width: f64,
    /// Across it.
    pub height: f64,
}

/// A tile's place in CSS pixels; `x` counts from the side where text starts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Place {
    /// From the stage's start side.
    pub x: f64,
    /// From the stage's top.
    pub y: f64,
    /// Width and height.
    pub size: Size,
    /// Whether the tile lies on top of another, in the stage's corner.
    pub corner: bool,
}

impl Place {
    /// Whether it is higher than wide.
    pub fn is_upright(&self) -> bool {
        self.size.height > self.size.width
    }

    /// The place as the properties that `style/50-room.css` reads, in whole pixels.
    pub fn style(&self) -> String {
        let [x, y, width, height] =
            [self.x, self.y, self.size.width, self.size.height].map(|length| length.round() as i32);
        format!("--x:{x}px;--y:{y}px;--width:{width}px;--height:{height}px")
    }
}

/// Places `people` participants, the own view first. Alone, the second place is the invitation's; two
/// people are one large and one in the corner; more make a [`grid`].
pub fn arrange(people: usize, stage: Size) -> Vec<Place> {
    match people {
        0 => Vec::new(),
        1 => grid(2, stage, GAP),
        2 => vec![corner(stage), large(stage)],
        n => grid(n, stage, GAP),
    }
}

/// Places `n` equal tiles: as large as they get, the last row centred. On equal area fewer empty cells
/// win, then fewer rows.
pub fn grid(n: usize, stage: Size, gap: f64) -> Vec<Place> {
    let mut best: Option<Shape> = None;
    for columns in 1..=n.min(COLUMNS) {
        let shape = Shape::new(n, columns, stage, gap);
        if best.as_ref().is_none_or(|best| shape.is_better_than(best)) {
            best = Some(shape);
        }
    }
    best.map(|shape| shape.places(n, stage, gap))
        .unwrap_or_default()
}

struct Shape {
    columns: usize,
    rows: usize,
    empty: usize,
    tile: Size,
}

impl Shape {
    fn new(n: usize, columns: usize, stage: Size, gap: f64) -> Self {
        let rows = n.div_ceil(columns);
        let cell = Size {
            width: share(stage.width, columns, gap),
            height: share(stage.height, rows, gap),
        };
        let upright = stage.width < PHONE && stage.height > stage.width;
        let (narrowest, widest) = if upright {
            (3.0 / 4.0, 4.0 / 3.0)
        } else {
            (4.0 / 3.0, WIDEST)
        };
        Self {
            columns,
            rows,
            empty: columns * rows - n,
            tile: clamp(cell, narrowest, widest),
        }
    }

    fn is_better_than(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.area(), other.area());
        // Two shapes that differ by rounding alone are equal.
        if (ours - theirs).abs() > 1e-6 * theirs.max(1.0) {
            return ours > theirs;
        }
        (self.empty, self.rows) < (other.empty, other.rows)
    }

    fn area(&self) -> f64 {
        self.tile.width * self.tile.height
    }

    fn places(&self, n: usize, stage: Size, gap: f64) -> Vec<Place> {
        let Size { width, height } = self.tile;
        let top = (stage.height - run(self.rows, height, gap)) / 2.0;
        let place = |index: usize| {
            let (row, column) = (index / self.columns, index % self.columns);
            let in_row = self.columns.min(n - row * self.columns);
            let start = (stage.width - run(in_row, width, gap)) / 2.0;
            let x = start + column as f64 * (width + gap);
            let y = top + row as f64 * (height + gap);
            Place {
                x: x.max(0.0),
                y: y.max(0.0),
                size: self.tile,
                corner: false,
            }
        };
        (0..n).map(place).collect()
    }
}

/// The one other person: the whole stage, but neither a letter slot nor a key hole.
fn large(stage: Size) -> Place {
    let size = clamp(stage, 1.0 / WIDEST, WIDEST);
    let (x, y) = (
        (stage.width - size.width) / 2.0,
        (stage.height - size.height) / 2.0,
    );
    Place {
        x,
        y,
        size,
        corner: false,
    }
}

/// The own view beside one other person, in the bottom end corner of that person's tile.
fn corner(stage: Size) -> Place {
    let under = large(stage);
    let (part, least, most) = CORNER;
    let short = under.size.width.min(under.size.height);
    let side = (short * part)
        .max(least)
        .min(most)
        .min((short - 2.0 * GAP).max(0.0));
    let upright = stage.height > stage.width;
    let size = if upright {
        Size {
            width: side,
            height: side * 4.0 / 3.0,
        }
    } else {
        Size {
            width: side * 4.0 / 3.0,
            height: side,
        }
    };
    let (end, bottom) = (under.x + under.size.width, under.y + under.size.height);
    let (x, y) = (
        (end - size.width - GAP).max(0.0),
        (bottom - size.height - GAP).max(0.0),
    );
    let size = Size {
        width: size.width.min(end - x),
        height: size.height.min(bottom - y),
    };
    Place {
        x,
        y,
        size,
        corner: true,
    }
}

fn clamp(cell: Size, narrowest: f64, widest: f64) -> Size {
    Size {
        width: cell.width.min(cell.height * widest),
        height: cell.height.min(cell.width / narrowest),
    }
}

fn share(whole: f64, parts: usize, gap: f64) -> f64 {
    let parts = parts as f64;
    ((whole - gap * (parts - 1.0)) / parts).max(0.0)
}

fn run(count: usize, each: f64, gap: f64) -> f64 {
    let count = count as f64;
    count * each + (count - 1.0) * gap
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SLACK: f64 = 1e-6;
    const DESKTOP: Size = Size {
        width: 1248.0,
        height: 700.0,
    };
    const PHONE: Size = Size {
        width: 366.0,
        height: 640.0,
    };

    fn stage() -> impl Strategy<Value = Size> {
        (280.0..4000.0, 240.0..2500.0).prop_map(|(width, height)| Size { width, height })
    }

    fn overlap(a: &Place, b: &Place) -> bool {
        a.x + a.size.width > b.x + SLACK
            && b.x + b.size.width > a.x + SLACK
            && a.y + a.size.height > b.y + SLACK
            && b.y + b.size.height > a.y + SLACK
    }

    fn columns(places: &[Place]) -> usize {
        places
            .iter()
            .filter(|place| (place.y - places[0].y).abs() < SLACK)
            .count()
    }

    proptest! {
        #[test]
        fn every_place_is_inside_the_stage(n in 0..26_usize, stage in stage()) {
            let places = arrange(n, stage);
            prop_assert_eq!(places.len(), if n == 1 { 2 } else { n });
            for place in places {
                prop_assert!(place.x >= 0.0 && place.y >= 0.0);
                prop_assert!(place.size.width > 0.0 && place.size.height > 0.0);
                prop_assert!(place.x + place.size.width <= stage.width + SLACK, "{place:?}");
                prop_assert!(place.y + place.size.height <= stage.height + SLACK, "{place:?}");
            }
        }

        #[test]
        fn only_the_corner_lies_on_another(n in 0..26_usize, stage in stage()) {
            let places = arrange(n, stage);
            for (at, a) in places.iter().enumerate() {
                prop_assert_eq!(a.corner, n == 2 && at == 0);
                for b in places.iter().skip(at + 1).filter(|_| !a.corner) {
                    prop_assert!(!overlap(a, b), "{a:?} {b:?}");
                }
            }
        }

        #[test]
        fn tiles_keep_their_shape(n in 3..26_usize, stage in stage()) {
            let upright = stage.width < 512.0 && stage.height > stage.width;
            let (least, most) = if upright { (0.75, 4.0 / 3.0) } else { (4.0 / 3.0, 17.0 / 9.0) };
            for Place { size, .. } in arrange(n, stage) {
                let aspect = size.width / size.height;
                prop_assert!(aspect >= least - SLACK && aspect <= most + SLACK, "{aspect}");
            }
        }

        #[test]
        fn no_other_number_of_columns_gives_larger_tiles(n in 1..26_usize, stage in stage()) {
            let chosen = grid(n, stage, GAP)[0].size;
            for columns in 1..=n.min(7) {
                prop_assert!(Shape::new(n, columns, stage, GAP).area() <= chosen.width * chosen.height + 0.01);
            }
        }

        #[test]
        fn the_same_numbers_give_the_same_places(n in 0..26_usize, stage in stage()) {
            prop_assert_eq!(arrange(n, stage), arrange(n, stage));
        }
    }

    #[test]
    fn four_are_two_by_two_and_five_leave_the_last_row_centred() {
        assert_eq!(columns(&arrange(4, DESKTOP)), 2);
        let five = arrange(5, DESKTOP);
        assert_eq!(columns(&five), 3);
        let (start, end) = (five[3].x, DESKTOP.width - five[4].x - five[4].size.width);
        assert!((start - end).abs() < SLACK, "{start} {end}");
    }

    #[test]
    fn a_phone_stacks_three() {
        assert_eq!(columns(&arrange(3, PHONE)), 1);
        assert_eq!(columns(&arrange(4, PHONE)), 2);
    }

    #[test]
    fn of_two_the_other_is_large_and_the_own_in_its_corner() {
        for stage in [DESKTOP, PHONE] {
            let [own, other] = arrange(2, stage)[..] else {
                panic!("two places")
            };
            assert!(own.corner && overlap(&own, &other));
            assert!(own.size.width * own.size.height < 0.15 * other.size.width * other.size.height);
            assert!(other.size.width * other.size.height > 0.9 * stage.width * stage.height);
        }
    }

    #[test]
    fn an_unmeasured_stage_is_no_trouble() {
        for n in 0..9 {
            for place in arrange(n, Size::default()) {
                assert_eq!(place.size, Size::default());
            }
        }
    }
}
