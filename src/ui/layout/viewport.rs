//! Kinds of windows: how small a tile may be in one, and how many tiles make a page.

use super::geometry::{Shapes, Size};

/// Windows that are narrower are phones.
const PHONE_WIDTH: f64 = 512.0;
/// Windows within these bounds are phones on their side.
const LANDSCAPE_PHONE: Size = Size {
    width: 960.0,
    height: 441.0,
};
/// Two lengths that differ by rounding alone are equal.
const EPSILON: f64 = 1e-6;

/// The kind of window that the stage is in. A small window, as of picture-in-picture, counts as a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewport {
    /// Tiles of at least 160 by 120 CSS pixels, six a page. On an upright stage they may stand.
    Phone,
    /// Tiles of at least 200 by 150 CSS pixels, 25 a page.
    Desktop,
}

impl Viewport {
    /// The kind of a window of this size.
    pub fn of(window: Size) -> Self {
        let lies = window.width < LANDSCAPE_PHONE.width && window.height < LANDSCAPE_PHONE.height;
        if window.width < PHONE_WIDTH || lies {
            Self::Phone
        } else {
            Self::Desktop
        }
    }

    /// The least size of a tile that lies.
    pub(super) fn min_tile(self) -> Size {
        let (width, height) = match self {
            Self::Phone => (160.0, 120.0),
            Self::Desktop => (200.0, 150.0),
        };
        Size { width, height }
    }

    /// The most tiles of a page.
    pub(super) fn max_tiles(self) -> usize {
        match self {
            Self::Phone => 6,
            Self::Desktop => 25,
        }
    }

    /// The shapes of equal tiles on a stage.
    pub(super) fn shapes(self, stage: Size) -> Shapes {
        if self == Self::Phone && stage.is_portrait() {
            Shapes::PORTRAIT
        } else {
            Shapes::LANDSCAPE
        }
    }

    /// Whether a tile is large enough. One that stands is measured as if it lay.
    pub(super) fn allows(self, tile: Size) -> bool {
        let least = self.min_tile();
        let (long, short) = if tile.is_portrait() {
            (tile.height, tile.width)
        } else {
            (tile.width, tile.height)
        };
        long >= least.width - EPSILON && short >= least.height - EPSILON
    }
}
