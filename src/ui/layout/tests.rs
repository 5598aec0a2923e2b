//! Scenes of all kinds on stages of all sizes, and speakers who come and go.

mod active;
mod meeting;
mod one_page;
mod order;
mod scenes;
mod speakers;
mod views;

use proptest::prelude::*;

use super::*;
use crate::protocol::ParticipantId;

const EPSILON: f64 = 1e-6;
const DESKTOP: Size = Size {
    width: 1248.0,
    height: 700.0,
};
const PHONE: Size = Size {
    width: 366.0,
    height: 640.0,
};
const LITTLE: Size = Size {
    width: 300.0,
    height: 200.0,
};

fn id(number: usize) -> ParticipantId {
    let mut bytes = [0; 20];
    bytes[18..].copy_from_slice(&[(number / 64) as u8, (number % 64) as u8]);
    ParticipantId::from_random(bytes)
}

fn person(number: usize) -> Tile {
    Tile::Person(id(number))
}

/// The own tile, `people - 1` others, and the screens of the first of the others.
fn tiles(people: usize, screens: usize) -> Vec<Tile> {
    let others = (1..people).map(person);
    let screens = (1..=screens).map(|number| Tile::Screen(id(number)));
    [Tile::Own]
        .into_iter()
        .chain(others)
        .chain(screens)
        .collect()
}

fn scene(tiles: &[Tile], stage: Size) -> Scene<'_> {
    Scene {
        stage,
        viewport: Viewport::of(stage),
        tiles,
        mode: Mode::Gallery,
        pinned: &[],
        page: 0,
        hide_own: false,
    }
}

fn stage() -> impl Strategy<Value = Size> {
    let size = |(width, height)| Size { width, height };
    prop_oneof![
        (280.0..4000.0, 240.0..2500.0).prop_map(size),
        (200.0..600.0, 150.0..700.0).prop_map(size),
    ]
}

fn overlap(a: &Place, b: &Place) -> bool {
    a.x + a.size.width > b.x + EPSILON
        && b.x + b.size.width > a.x + EPSILON
        && a.y + a.size.height > b.y + EPSILON
        && b.y + b.size.height > a.y + EPSILON
}

fn is_inside(place: &Place, stage: Size) -> bool {
    let size = place.size;
    place.x >= 0.0
        && place.y >= 0.0
        && size.width > 0.0
        && size.height > 0.0
        && place.x + size.width <= stage.width + EPSILON
        && place.y + size.height <= stage.height + EPSILON
}

fn area(place: &Place) -> f64 {
    place.size.width * place.size.height
}
