//! What holds for every scene.

use super::*;
use crate::ui::layout::grid::Area;

/// A scene that owns its tiles.
#[derive(Debug, Clone)]
struct Any {
    stage: Size,
    viewport: Viewport,
    tiles: Vec<Tile>,
    mode: Mode,
    pinned: Vec<Tile>,
    hide_own: bool,
}

impl Any {
    fn scene(&self, page: usize) -> Scene<'_> {
        Scene {
            stage: self.stage,
            viewport: self.viewport,
            tiles: &self.tiles,
            mode: self.mode,
            pinned: &self.pinned,
            page,
            hide_own: self.hide_own,
        }
    }

    fn pages(&self) -> Vec<Layout> {
        let pages = self.scene(0).layout().pages;
        (0..pages).map(|page| self.scene(page).layout()).collect()
    }

    fn wanted(&self) -> impl Iterator<Item = Tile> {
        let hidden = |tile: &Tile| self.hide_own && *tile == Tile::Own;
        self.tiles.iter().copied().filter(move |tile| !hidden(tile))
    }
}

fn any() -> impl Strategy<Value = Any> {
    let viewport = prop_oneof![Just(Viewport::Phone), Just(Viewport::Desktop)];
    let mode = prop_oneof![Just(Mode::Gallery), Just(Mode::Speaker)];
    let count = prop_oneof![1..=3_usize, 1..=60_usize];
    let pins = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(0..64_usize, 1..4)];
    (
        stage(),
        viewport,
        count,
        0..=3_usize,
        mode,
        pins,
        prop::bool::weighted(0.2),
    )
        .prop_map(|(stage, viewport, people, screens, mode, pins, hide_own)| {
            let tiles = tiles(people, screens);
            let pinned = pins
                .iter()
                .filter_map(|at| tiles.get(*at))
                .copied()
                .collect();
            Any {
                stage,
                viewport,
                tiles,
                mode,
                pinned,
                hide_own,
            }
        })
}

/// The first place, which is of the largest.
fn first(layout: &Layout) -> Place {
    let first = layout.places.first().map(|(_, place)| *place);
    first.or(layout.invitation).unwrap()
}

fn count_large(layout: &Layout) -> usize {
    let size = first(layout).size;
    let large = layout.places.iter().filter(|(_, place)| place.size == size);
    large.count()
}

/// The tile of a grid of `n` with that many columns.
fn tile(n: usize, columns: usize, stage: Size) -> Size {
    let cell = Size {
        width: geometry::part_length(stage.width, columns),
        height: geometry::part_length(stage.height, n.div_ceil(columns)),
    };
    cell.fitted(Viewport::of(stage).shapes(stage))
}

proptest! {
    #[test]
    fn every_place_is_inside_the_stage(any in any()) {
        for layout in any.pages() {
            prop_assert!(!layout.places.is_empty() || layout.invitation.is_some());
            for place in layout.places.iter().map(|(_, place)| place).chain(&layout.invitation) {
                prop_assert!(is_inside(place, any.stage), "{place:?}");
            }
        }
    }

    #[test]
    fn only_the_corner_lies_on_another(any in any()) {
        for layout in any.pages() {
            let tiles = layout.places.iter().map(|(_, place)| *place);
            let places: Vec<_> = tiles.chain(layout.invitation).collect();
            let corners = places.iter().filter(|place| place.corner).count();
            prop_assert!(corners == 0 || corners == 1 && any.tiles.len() == 2);
            for (at, a) in places.iter().enumerate() {
                for b in places.iter().skip(at + 1).filter(|b| !a.corner && !b.corner) {
                    prop_assert!(!overlap(a, b), "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn everything_is_on_one_page_or_on_every_page(any in any()) {
        let pages = any.pages();
        for tile in any.wanted() {
            let seen = pages.iter().filter(|page| page.place(tile).is_some()).count();
            prop_assert!(seen == 1 || seen == pages.len(), "{tile:?} is on {seen} of {} pages", pages.len());
        }
        let shown = pages.iter().flat_map(|page| &page.places).map(|(tile, _)| *tile);
        for tile in shown {
            prop_assert!(any.wanted().any(|wanted| wanted == tile), "{tile:?}");
        }
    }

    #[test]
    fn no_page_has_too_many_tiles_or_one_twice(any in any()) {
        let most = if any.viewport == Viewport::Phone { 6 } else { 25 };
        for (number, layout) in any.pages().iter().enumerate() {
            prop_assert_eq!(layout.page, number);
            prop_assert!(layout.places.len() <= most);
            for (at, (tile, _)) in layout.places.iter().enumerate() {
                prop_assert!(layout.places.iter().skip(at + 1).all(|(other, _)| other != tile));
            }
        }
    }

    #[test]
    fn of_several_tiles_each_is_large_enough(any in any()) {
        for layout in any.pages() {
            let places: Vec<_> = layout.places.iter().map(|(_, place)| place).collect();
            if places.len() < 2 || places.iter().any(|place| place.corner) {
                continue;
            }
            for Place { size, .. } in places {
                let (long, short) = (size.width.max(size.height), size.width.min(size.height));
                let least = if any.viewport == Viewport::Phone { (160.0, 120.0) } else { (200.0, 150.0) };
                prop_assert!(long > least.0 - EPSILON && short > least.1 - EPSILON, "{size:?}");
            }
        }
    }

    #[test]
    fn a_page_is_as_full_as_it_can_be(stage in stage(), people in 3..=60_usize) {
        let all = tiles(people, 0);
        let layout = scene(&all, stage).layout();
        let more = layout.places.len() + 1;
        let viewport = Viewport::of(stage);
        if more <= people && more <= viewport.max_tiles() {
            for columns in 1..=more.min(7) {
                let tile = tile(more, columns, stage);
                prop_assert!(!viewport.allows(tile), "{more} fit too, in {columns} columns");
            }
        }
    }

    #[test]
    fn tiles_keep_their_shape(stage in stage(), people in 3..=60_usize, screens in 0..=3_usize) {
        let all = tiles(people, screens);
        let scene = scene(&all, stage);
        let upright = scene.viewport == Viewport::Phone && stage.height > stage.width;
        for (tile, Place { size, .. }) in scene.layout().places {
            let stands = upright && !tile.is_screen();
            let (least, most) = if stands { (0.75, 4.0 / 3.0) } else { (4.0 / 3.0, 17.0 / 9.0) };
            let aspect = size.width / size.height;
            prop_assert!(aspect > least - EPSILON && aspect < most + EPSILON, "{tile:?} {aspect}");
        }
    }

    #[test]
    fn no_other_number_of_columns_gives_larger_tiles(n in 1..26_usize, stage in stage()) {
        let viewport = Viewport::of(stage);
        let shapes = viewport.shapes(stage);
        let chosen = Area::whole_stage(stage, viewport, shapes).grid(n)[0];
        for columns in 1..=n.min(7) {
            let tile = tile(n, columns, stage);
            let comparable = viewport.allows(tile) || !viewport.allows(chosen.size);
            prop_assert!(!comparable || tile.area() <= area(&chosen) + 0.01);
        }
    }

    #[test]
    fn a_larger_stage_has_no_smaller_tiles(any in any(), wider in 0.0..300.0, higher in 0.0..300.0) {
        let mut grown = any.clone();
        grown.stage.width += wider;
        grown.stage.height += higher;
        let (before, after) = (any.scene(0).layout(), grown.scene(0).layout());
        let is_turned = any.stage.is_portrait() != grown.stage.is_portrait();
        let kind = |layout: &Layout| (count_large(layout), layout.places.len(), layout.pages);
        // More tiles on a page are smaller, and a strip gives way to what is large.
        if !is_turned && kind(&before) == kind(&after) {
            prop_assert!(area(&first(&after)) > area(&first(&before)) - 0.01, "{before:?} {after:?}");
        }
    }

    #[test]
    fn the_same_scene_is_laid_out_the_same(any in any(), page in 0..9_usize) {
        prop_assert_eq!(any.scene(page).layout(), any.scene(page).layout());
    }

    #[test]
    fn who_comes_and_goes_in_the_strip_does_not_change_what_is_large(
        stage in stage(), people in 3..30_usize, more in 1..30_usize, screens in 1..=3_usize,
    ) {
        let (few, many) = (tiles(people, screens), tiles(people + more, screens));
        let (few, many) = (scene(&few, stage).layout(), scene(&many, stage).layout());
        prop_assert_eq!(few.place(Tile::Screen(id(1))), many.place(Tile::Screen(id(1))));
    }
}
