//! Lengths, shapes and places, in CSS pixels.

/// Space between two tiles, in CSS pixels.
pub const GAP: f64 = 12.0;
/// The widest a tile gets: 17:9.
pub(super) const MAX_ASPECT: f64 = 17.0 / 9.0;

/// Width and height in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Size {
    /// Along the line of text.
    pub width: f64,
    /// Across it.
    pub height: f64,
}

impl Size {
    pub(super) fn is_portrait(self) -> bool {
        self.height > self.width
    }

    pub(super) fn area(self) -> f64 {
        self.width * self.height
    }

    /// The largest part of it that has a shape in the range.
    pub(super) fn fitted(self, shapes: Shapes) -> Self {
        Self {
            width: self.width.min(self.height * shapes.widest),
            height: self.height.min(self.width / shapes.narrowest),
        }
    }
}

/// A range of shapes, as width over height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shapes {
    pub narrowest: f64,
    pub widest: f64,
}

impl Shapes {
    /// Tiles that lie.
    pub const LANDSCAPE: Self = Self {
        narrowest: 4.0 / 3.0,
        widest: MAX_ASPECT,
    };
    /// Tiles on a phone that is held upright.
    pub const PORTRAIT: Self = Self {
        narrowest: 3.0 / 4.0,
        widest: 4.0 / 3.0,
    };
    /// The one camera on a stage: neither extremely wide nor extremely high.
    pub const SINGLE: Self = Self {
        narrowest: 1.0 / MAX_ASPECT,
        widest: MAX_ASPECT,
    };
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

/// How a video fills its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It fills the place, and loses what stands out.
    Cover,
    /// All of it is seen.
    Contain,
}

impl Place {
    /// Whether it is higher than wide.
    pub fn is_portrait(&self) -> bool {
        self.size.is_portrait()
    }

    /// How a video of `aspect`, width over height, fills this place: nothing of a screen is cut off, and
    /// no camera that stands is cut to lie, or the other way round.
    pub fn fit(&self, is_screen: bool, aspect: f64) -> Fit {
        if is_screen || self.is_portrait() != (aspect < 1.0) {
            Fit::Contain
        } else {
            Fit::Cover
        }
    }

    /// The place as the properties that `style/room.css` reads, in whole pixels.
    pub fn style(&self) -> String {
        let [x, y, width, height] =
            [self.x, self.y, self.size.width, self.size.height].map(|length| length.round() as i32);
        format!("--x:{x}px;--y:{y}px;--width:{width}px;--height:{height}px")
    }
}

/// Each part of a length that is shared, with gaps between the parts.
pub(super) fn part_length(whole: f64, parts: usize) -> f64 {
    let parts = parts as f64;
    ((whole - GAP * (parts - 1.0)) / parts).max(0.0)
}

/// The length of equal parts with gaps between them.
pub(super) fn total_length(count: usize, each: f64) -> f64 {
    let count = count as f64;
    count * each + (count - 1.0) * GAP
}
