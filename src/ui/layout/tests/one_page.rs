//! All on one page.

use super::*;

fn columns(places: &[Place]) -> usize {
    places
        .iter()
        .filter(|place| (place.y - places[0].y).abs() < EPSILON)
        .count()
}

/// The places of so many people on one page, the own first.
fn arrange(people: usize, stage: Size) -> Vec<Place> {
    let all = tiles(people, 0);
    let layout = scene(&all, stage).layout();
    all.iter().filter_map(|tile| layout.place(*tile)).collect()
}

#[test]
fn four_are_two_by_two_and_five_leave_the_last_row_centred() {
    assert_eq!(columns(&arrange(4, DESKTOP)), 2);
    let five = arrange(5, DESKTOP);
    assert_eq!(columns(&five), 3);
    let (start, end) = (five[3].x, DESKTOP.width - five[4].x - five[4].size.width);
    assert!((start - end).abs() < EPSILON, "{start} {end}");
}

#[test]
fn a_phone_stacks_three() {
    assert_eq!(columns(&arrange(3, PHONE)), 1);
    assert_eq!(columns(&arrange(4, PHONE)), 2);
}

#[test]
fn of_two_the_other_is_large_and_the_own_in_its_corner() {
    for stage in [DESKTOP, PHONE, LITTLE] {
        let [own, other] = arrange(2, stage)[..] else {
            panic!("two places")
        };
        assert!(own.corner && overlap(&own, &other));
        assert!(area(&own) < 0.2 * area(&other));
        assert!(area(&other) > 0.9 * stage.width * stage.height);
    }
}

#[test]
fn an_unmeasured_stage_is_no_trouble() {
    for n in 1..9 {
        for place in arrange(n, Size::default()) {
            assert_eq!(place.size, Size::default());
        }
        let all = tiles(n + 1, n % 3);
        assert!(!scene(&all, Size::default()).layout().places.is_empty());
    }
}
