//! How a picture is put into a rectangle of another shape.

use crate::platform::canvas::Rect;

/// The largest part in the middle of a picture that has the shape of a rectangle: nothing of that stays empty.
pub fn cover(picture: (f64, f64), into: Rect) -> Rect {
    let scale = (into.width / picture.0).max(into.height / picture.1);
    centred(
        picture,
        (into.width / scale, into.height / scale),
        (0.0, 0.0),
    )
}

/// The largest rectangle in the middle of another that has the shape of a picture: nothing of that is cut off.
pub fn contain(picture: (f64, f64), into: Rect) -> Rect {
    let scale = (into.width / picture.0).min(into.height / picture.1);
    let size = (picture.0 * scale, picture.1 * scale);
    centred((into.width, into.height), size, (into.x, into.y))
}

fn centred(outer: (f64, f64), inner: (f64, f64), at: (f64, f64)) -> Rect {
    Rect {
        x: at.0 + (outer.0 - inner.0) / 2.0,
        y: at.1 + (outer.1 - inner.1) / 2.0,
        width: inner.0,
        height: inner.1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rect(x: f64, y: f64, width: f64, height: f64) -> Rect {
        Rect {
            x,
            y,
            width,
            height,
        }
    }

    #[test]
    fn a_camera_loses_its_edges_and_a_screen_none() {
        let square = rect(10.0, 20.0, 100.0, 100.0);
        assert_eq!(
            cover((400.0, 200.0), square),
            rect(100.0, 0.0, 200.0, 200.0)
        );
        assert_eq!(
            contain((400.0, 200.0), square),
            rect(10.0, 45.0, 100.0, 50.0)
        );
    }

    proptest! {
        #[test]
        fn parts_are_inside_and_keep_their_shape(
            picture in (1.0..4_000.0_f64, 1.0..4_000.0_f64),
            size in (1.0..2_000.0_f64, 1.0..2_000.0_f64),
        ) {
            let into = rect(5.0, 7.0, size.0, size.1);
            let part = cover(picture, into);
            prop_assert!(part.x >= -1e-6 && part.x + part.width <= picture.0 + 1e-6);
            prop_assert!(part.y >= -1e-6 && part.y + part.height <= picture.1 + 1e-6);
            prop_assert!((part.width / part.height / (size.0 / size.1) - 1.0).abs() < 1e-6);
            let inner = contain(picture, into);
            prop_assert!(inner.x >= 5.0 - 1e-6 && inner.x + inner.width <= 5.0 + size.0 + 1e-6);
            prop_assert!(inner.y >= 7.0 - 1e-6 && inner.y + inner.height <= 7.0 + size.1 + 1e-6);
            prop_assert!((inner.width / inner.height / (picture.0 / picture.1) - 1.0).abs() < 1e-6);
        }
    }
}
