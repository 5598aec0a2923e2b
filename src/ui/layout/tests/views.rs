//! Each view, as people expect it.

use super::*;

fn screen(number: usize) -> Tile {
    Tile::Screen(id(number))
}

/// The place of a tile that is seen.
fn at(layout: &Layout, tile: Tile) -> Place {
    layout.place(tile).unwrap()
}

fn seen(layout: &Layout) -> Vec<Tile> {
    layout.places.iter().map(|(tile, _)| *tile).collect()
}

#[test]
fn a_screen_is_large_and_people_are_beside_or_below_it() {
    let all = tiles(3, 1);
    for stage in [DESKTOP, PHONE] {
        let layout = scene(&all, stage).layout();
        let shared = at(&layout, screen(1));
        assert_eq!(layout.places.len(), 4);
        for tile in [Tile::Own, person(1), person(2)] {
            let place = at(&layout, tile);
            assert!(area(&shared) > 2.0 * area(&place));
            let (beside, below) = (
                place.x > shared.x + shared.size.width,
                place.y > shared.y + shared.size.height,
            );
            assert_eq!((beside, below), (stage == DESKTOP, stage == PHONE));
        }
    }
}

#[test]
fn several_screens_are_of_one_size() {
    let all = tiles(8, 3);
    let layout = scene(&all, DESKTOP).layout();
    let shared = at(&layout, screen(1));
    assert_eq!(shared.size, at(&layout, screen(2)).size);
    assert_eq!(shared.size, at(&layout, screen(3)).size);
    assert!(area(&shared) > 2.0 * area(&at(&layout, Tile::Own)));
}

#[test]
fn a_strip_has_pages_and_the_screen_is_on_each() {
    let all = tiles(30, 1);
    let first = scene(&all, DESKTOP).layout();
    assert!(first.pages > 1);
    let last = Scene {
        page: 99,
        ..scene(&all, DESKTOP)
    }
    .layout();
    assert_eq!(last.page, first.pages - 1);
    assert_eq!(at(&first, screen(1)), at(&last, screen(1)));
    assert_eq!(
        (first.place(person(29)), last.place(Tile::Own)),
        (None, None)
    );
}

#[test]
fn a_gallery_has_25_tiles_a_page_and_six_on_a_phone() {
    let all = tiles(26, 0);
    let large = Size {
        width: 1900.0,
        height: 1000.0,
    };
    for (stage, most) in [(large, 25), (PHONE, 6)] {
        let layout = scene(&all, stage).layout();
        assert_eq!(layout.places.len(), most);
        assert_eq!(layout.pages, 26_usize.div_ceil(most));
        assert_eq!(layout.first_page, most - 1);
    }
}

#[test]
fn the_speaker_is_large_and_the_strip_keeps_the_order() {
    let all = tiles(4, 0);
    let layout = Scene {
        mode: Mode::Speaker,
        ..scene(&all, DESKTOP)
    }
    .layout();
    assert_eq!(seen(&layout), [person(1), Tile::Own, person(2), person(3)]);
    assert!(area(&at(&layout, person(1))) > 5.0 * area(&at(&layout, person(2))));
    assert_eq!(layout.first_page, 3);
}

#[test]
fn what_is_pinned_is_large_instead_of_screens_and_speakers() {
    let all = tiles(4, 1);
    let pinned = [person(2), person(77), Tile::Own];
    let layout = Scene {
        mode: Mode::Speaker,
        pinned: &pinned,
        ..scene(&all, DESKTOP)
    }
    .layout();
    let own = area(&at(&layout, Tile::Own));
    assert_eq!(own, area(&at(&layout, person(2))));
    assert!(own > 2.0 * area(&at(&layout, screen(1))));
    assert!(own > 2.0 * area(&at(&layout, person(1))));
}

#[test]
fn of_two_each_can_be_the_large_one() {
    let all = tiles(2, 0);
    for (pinned, corner) in [(person(1), true), (Tile::Own, false)] {
        let layout = Scene {
            pinned: &[pinned],
            ..scene(&all, DESKTOP)
        }
        .layout();
        assert_eq!(at(&layout, Tile::Own).corner, corner);
        assert_eq!(seen(&layout)[0], pinned);
    }
}

#[test]
fn alone_there_is_the_invitation_unless_a_screen_is_shared() {
    let hidden = |hide_own, tiles| {
        Scene {
            hide_own,
            ..scene(tiles, DESKTOP)
        }
        .layout()
    };
    let beside_own = hidden(false, &[Tile::Own]);
    assert_eq!(seen(&beside_own), [Tile::Own]);
    let invitation = beside_own.invitation.unwrap();
    assert_eq!(invitation.size, at(&beside_own, Tile::Own).size);
    let alone = hidden(true, &[Tile::Own]);
    assert!(alone.places.is_empty() && area(&alone.invitation.unwrap()) > area(&invitation));
    let sharing = hidden(false, &[Tile::Own, Tile::Screen(id(1))]);
    assert_eq!((sharing.invitation, sharing.places.len()), (None, 2));
}

#[test]
fn the_hidden_own_view_leaves_its_room_to_others() {
    for (people, screens) in [(2, 0), (5, 0), (5, 1)] {
        let all = tiles(people, screens);
        let layout = Scene {
            hide_own: true,
            ..scene(&all, DESKTOP)
        }
        .layout();
        assert_eq!(layout.places.len(), people + screens - 1);
        assert_eq!(layout.place(Tile::Own), None);
        assert_eq!(layout.first_page, people - 1);
    }
}

#[test]
fn a_little_window_shows_one_without_a_strip() {
    let whole = |layout: &Layout| area(&layout.places[0].1) > 0.8 * LITTLE.width * LITTLE.height;
    let (people, shared) = (tiles(5, 0), tiles(5, 1));
    let gallery = scene(&people, LITTLE).layout();
    assert_eq!((seen(&gallery), gallery.pages), (vec![person(1)], 5));
    let screens = scene(&shared, LITTLE).layout();
    assert_eq!((seen(&screens), screens.pages), (vec![screen(1)], 6));
    let speaker = Scene {
        mode: Mode::Speaker,
        ..scene(&people, LITTLE)
    }
    .layout();
    assert_eq!((seen(&speaker), speaker.first_page), (vec![person(1)], 1));
    assert!(whole(&gallery) && whole(&screens) && whole(&speaker));
}

#[test]
fn a_low_window_has_no_strip() {
    let low = Size {
        width: 1200.0,
        height: 140.0,
    };
    let all = tiles(3, 1);
    let layout = Scene {
        viewport: Viewport::Desktop,
        ..scene(&all, low)
    }
    .layout();
    assert_eq!((seen(&layout), layout.pages), (vec![screen(1)], 4));
}

#[test]
fn a_camera_covers_where_it_stands_as_its_place_does_and_a_screen_is_never_cut() {
    let lying = Place {
        size: DESKTOP,
        ..Place::default()
    };
    let standing = Place {
        size: PHONE,
        ..Place::default()
    };
    for (place, aspect, fit) in [
        (lying, 16.0 / 9.0, Fit::Cover),
        (lying, 9.0 / 16.0, Fit::Contain),
        (standing, 9.0 / 16.0, Fit::Cover),
        (standing, 16.0 / 9.0, Fit::Contain),
    ] {
        assert_eq!(place.fit(person(1).is_screen(), aspect), fit);
        assert_eq!(place.fit(screen(1).is_screen(), aspect), Fit::Contain);
    }
}

#[test]
fn windows_are_phones_by_width_or_lying_on_their_side() {
    for (width, height, kind) in [
        (390.0, 844.0, Viewport::Phone),
        (844.0, 390.0, Viewport::Phone),
        (300.0, 200.0, Viewport::Phone),
        (512.0, 800.0, Viewport::Desktop),
        (1280.0, 400.0, Viewport::Desktop),
    ] {
        assert_eq!(Viewport::of(Size { width, height }), kind);
    }
}
