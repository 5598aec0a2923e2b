//! A line of a chart, as the path of an SVG: pure. The right end is now, the left one as long ago as the span.

use std::time::Duration;

use crate::call::stats::SPAN;

/// How wide a chart is, in its own units.
pub const WIDTH: u32 = 300;
/// How high it is.
pub const HEIGHT: u32 = 80;
/// No chart is higher.
const MAX_SCALE: f64 = 1e12;
/// A pause in which nothing was measured is not bridged.
const MAX_GAP: Duration = Duration::from_secs(15);

/// Draws values of a time ago, the oldest first, on a chart that goes from zero to `top`. Where there is no value
/// the line is broken; what is above the top lies on it.
pub fn path_data(values: impl Iterator<Item = (Duration, Option<f64>)>, top: f64) -> String {
    let mut path = String::new();
    let mut last: Option<Duration> = None;
    for (ago, value) in values {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            last = None;
            continue;
        };
        let follows = last.is_some_and(|last| last.saturating_sub(ago) <= MAX_GAP);
        path.push_str(if follows { "L" } else { "M" });
        path.push_str(&x_of(ago).to_string());
        path.push(' ');
        path.push_str(&y_of(value, top).to_string());
        // So that a point alone is seen, too.
        path.push_str(if follows { "" } else { "h0" });
        last = Some(ago);
    }
    path
}

fn x_of(ago: Duration) -> u32 {
    let part = ago.as_secs_f64() / SPAN.as_secs_f64();
    scaled(1.0 - part, WIDTH)
}

fn y_of(value: f64, top: f64) -> u32 {
    scaled(1.0 - value / top.max(f64::MIN_POSITIVE), HEIGHT)
}

fn scaled(part: f64, whole: u32) -> u32 {
    (part.clamp(0.0, 1.0) * f64::from(whole)).round() as u32
}

/// The round number, 1, 2 or 5 with zeros, that values up to `most` stay below; `least` at the least.
pub fn ceiling(most: f64, least: f64) -> f64 {
    let mut ceiling = least;
    let mut steps = [2.0, 2.5, 2.0].into_iter().cycle();
    // Of 1, 2 and 5 with zeros each is the next by one of these.
    while ceiling < most && ceiling < MAX_SCALE {
        ceiling *= steps.next().unwrap_or(10.0);
    }
    ceiling
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(values: &[(u64, Option<f64>)], top: f64) -> String {
        let values = values.iter();
        path_data(
            values.map(|(ago, value)| (Duration::from_secs(*ago), *value)),
            top,
        )
    }

    #[test]
    fn a_line_goes_from_the_left_to_now() {
        let values = [
            (120, Some(0.0)),
            (60, Some(50.0)),
            (50, Some(100.0)),
            (40, Some(999.0)),
        ];
        assert_eq!(drawn(&values[..1], 100.0), "M0 80h0");
        assert_eq!(drawn(&values[1..], 100.0), "M150 40h0L175 0L200 0");
        assert_eq!(drawn(&[(0, Some(25.0))], 100.0), "M300 60h0");
    }

    #[test]
    fn what_was_not_measured_is_not_drawn() {
        let values = [
            (8, Some(1.0)),
            (6, None),
            (4, Some(1.0)),
            (2, Some(f64::NAN)),
        ];
        assert_eq!(drawn(&values, 1.0), "M280 0h0M290 0h0");
        assert_eq!(
            drawn(&[(100, Some(0.0)), (10, Some(0.0))], 1.0),
            "M50 80h0M275 80h0"
        );
        assert_eq!(drawn(&[], 1.0), "");
    }

    #[test]
    fn a_ceiling_is_round() {
        for (most, ceiling_) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (1.1, 2.0),
            (3.0, 5.0),
            (7.0, 10.0),
            (11.0, 20.0),
            (640.0, 1_000.0),
        ] {
            assert_eq!(ceiling(most, 1.0), ceiling_, "{most}");
        }
        assert_eq!(ceiling(30.0, 100.0), 100.0);
        assert_eq!(ceiling(f64::NAN, 100.0), 100.0);
        assert!(ceiling(f64::INFINITY, 100.0) >= MAX_SCALE);
    }

    proptest! {
        #[test]
        fn it_stays_on_the_chart(values in prop::collection::vec((0..500u64, prop::option::of(any::<f64>())), 0..80), top in any::<f64>()) {
            let path = drawn(&values, top);
            let numbers = path.split(['M', 'L']).filter(|point| !point.is_empty());
            for point in numbers {
                let (x, y) = point.trim_end_matches("h0").split_once(' ').unwrap();
                prop_assert!(x.parse::<u32>().unwrap() <= WIDTH, "{path}");
                prop_assert!(y.parse::<u32>().unwrap() <= HEIGHT, "{path}");
            }
        }

        #[test]
        fn a_ceiling_is_above_and_near(most in 0.0..1e11f64) {
            let ceiling = ceiling(most, 1.0);
            prop_assert!(ceiling >= most);
            prop_assert!(ceiling <= most.max(1.0) * 2.5 + 1e-6);
        }
    }
}
