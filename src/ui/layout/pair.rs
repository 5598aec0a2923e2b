//! Two people: the other is large, the person itself in a corner of that.

use super::geometry::{GAP, Place, Size};

/// How much of the other's shorter side the own view takes in its corner, and its bounds in CSS pixels.
const CORNER: (f64, f64, f64) = (0.3, 72.0, 220.0);

/// The own view in the bottom end corner of the tile `under` it. It stands if the `stage` does.
pub(super) fn corner(stage: Size, under: Place) -> Place {
    let (part, least, most) = CORNER;
    let short = under.size.width.min(under.size.height);
    let side = (short * part)
        .max(least)
        .min(most)
        .min((short - 2.0 * GAP).max(0.0));
    let long = side * 4.0 / 3.0;
    let (width, height) = if stage.is_portrait() {
        (side, long)
    } else {
        (long, side)
    };
    let (end, bottom) = (under.x + under.size.width, under.y + under.size.height);
    let (x, y) = (
        (end - width - GAP).max(0.0),
        (bottom - height - GAP).max(0.0),
    );
    Place {
        x,
        y,
        size: Size {
            width: width.min(end - x),
            height: height.min(bottom - y),
        },
        corner: true,
    }
}
