//! Kinds of windows: how small a tile may be in one, and how many tiles make a page.

use super::geometry::{Shapes, Size};

/// Windows that are narrower are phones.
const PHONE_WIDTH: f64 = 512.0;
/// Windows within these bounds are phones on their side.
const LYING_PHONE: Size = Size {
    width: 960.0,
    height: 441.0,
};
/// Two lengths that differ by rounding alone are equal.
const SLACK: f64 = 1e-6;

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
        let lies = window.width < LYING_PHONE.width && window.height < LYING_PHONE.height;
        if window.width < PHONE_WIDTH || lies {
            Self::Phone
        } else {
            Self::Desktop
        }
    }

    /// The least size of a tile that lies.
    pub(super) fn least(self) -> Size {
        let (width, height) = match self {
            Self::Phone => (160.0, 120.0),
            Self::Desktop => (200.0, 150.0),
        };
        Size { width, height }
    }

    /// The most tiles of a page.
    pub(super) fn most(self) -> usize {
        match self {
            Self::Phone => 6,
            Self::Desktop => 25,
        }
    }

    /// The shapes of equal tiles on a stage.
    pub(super) fn shapes(self, stage: Size) -> Shapes {
        if self == Self::Phone && stage.is_upright() {
            Shapes::UPRIGHT
        } else {
            Shapes::LYING
        }
    }

    /// Whether a tile is large enough. One that stands is measured as if it lay.
    pub(super) fn allows(self, tile: Size) -> bool {
        let least = self.least();
        let (long, short) = if tile.is_upright() {
            (tile.height, tile.width)
        } else {
            (tile.width, tile.height)
        };
        long >= least.width - SLACK && short >= least.height - SLACK
    }
}
