//! Who is in the picture-in-picture window, which has room for few.

use crate::ui::layout::Tile;

/// Tiles in a picture-in-picture window.
pub const MAX_TILES: usize = 4;

/// Someone who could be seen in it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// The tile.
    pub tile: Tile,
    /// Whether it is heard speaking.
    pub speaks: bool,
    /// Whether there is video of it.
    pub video: bool,
}

/// Chooses whom to show: screens, who speaks, who is shown already, who has video; then in the order that they are given
/// in. Those who stay keep their places, and who comes takes that of one who goes, so that nothing moves.
pub fn choose(candidates: &[Candidate], shown: &[Tile]) -> Vec<Tile> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|place| {
        candidates.get(*place).map(|one| {
            let before = shown.contains(&one.tile);
            (!one.tile.is_screen(), !one.speaks, !before, !one.video)
        })
    });
    order.truncate(MAX_TILES);
    order.sort_unstable();
    let places = order.into_iter().filter_map(|place| candidates.get(place));
    let chosen: Vec<Tile> = places.map(|one| one.tile).collect();
    let mut newcomers = chosen.iter().filter(|tile| !shown.contains(tile)).copied();
    let mut tiles = Vec::new();
    for tile in shown {
        tiles.extend(match chosen.contains(tile) {
            true => Some(*tile),
            false => newcomers.next(),
        });
    }
    tiles.extend(newcomers);
    tiles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ParticipantId;

    fn person(number: u8) -> Tile {
        Tile::Person(ParticipantId::from_random([number; 20]))
    }

    fn candidates(count: u8, speaks: u8) -> Vec<Candidate> {
        let people = (0..count).map(|number| Candidate {
            tile: person(number),
            speaks: number == speaks,
            video: false,
        });
        people.collect()
    }

    #[test]
    fn who_speaks_comes_in_and_only_one_goes() {
        let first = choose(&candidates(6, 9), &[]);
        assert_eq!(first, [0, 1, 2, 3].map(person));
        let next = choose(&candidates(6, 5), &first);
        assert_eq!(next, [0, 1, 2, 5].map(person));
        assert_eq!(choose(&candidates(6, 9), &next), next);
    }

    #[test]
    fn who_comes_takes_the_place_of_who_goes() {
        let shown = [person(0), Tile::Own, person(1), person(2)];
        assert_eq!(choose(&candidates(4, 9), &shown), [0, 3, 1, 2].map(person));
        assert_eq!(choose(&candidates(2, 9), &shown), [0, 1].map(person));
    }

    #[test]
    fn a_screen_is_always_there_and_video_before_none() {
        let mut all = candidates(6, 1);
        all.push(Candidate {
            tile: Tile::Screen(ParticipantId::from_random([7; 20])),
            speaks: false,
            video: true,
        });
        all[4].video = true;
        let tiles = choose(&all, &[]);
        assert_eq!(tiles.len(), MAX_TILES);
        assert!(tiles.contains(&all[6].tile) && tiles.contains(&person(4)));
        assert!(tiles.contains(&person(1)));
    }
}
