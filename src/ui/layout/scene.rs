//! Which of the tiles are seen, which of them are large, and where each is.

use super::{
    geometry::{Place, Shapes, Size},
    grid::Area,
    pair::corner,
    split::Split,
    viewport::Viewport,
};
use crate::protocol::ParticipantId;

/// What a tile shows. Each is on the stage once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    /// The person itself.
    Own,
    /// Someone else.
    Person(ParticipantId),
    /// A screen that someone else shares.
    Screen(ParticipantId),
}

impl Tile {
    /// Whether it is a screen.
    pub fn is_screen(self) -> bool {
        matches!(self, Self::Screen(_))
    }

    /// Whose it is, unless the person's own.
    pub fn of(self) -> Option<ParticipantId> {
        match self {
            Self::Own => None,
            Self::Person(id) | Self::Screen(id) => Some(id),
        }
    }

    /// Whether it is someone else.
    pub fn is_person(self) -> bool {
        matches!(self, Self::Person(_))
    }
}

/// What is large while nothing is pinned and no screen is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nobody: all tiles are equal.
    Gallery,
    /// The first of the others: [`TileOrder`](super::TileOrder) put there who speaks.
    Speaker,
}

/// All that is to be laid out.
#[derive(Debug, Clone)]
pub struct Scene<'a> {
    /// The inner size of the stage.
    pub stage: Size,
    /// The kind of window that it is in.
    pub viewport: Viewport,
    /// What there is, in the order of the tiles: the own tile first.
    pub tiles: &'a [Tile],
    /// What is large.
    pub mode: Mode,
    /// Tiles that are large instead of all others. Those that are not there do not count.
    pub pinned: &'a [Tile],
    /// The page to be seen, from zero; the last if there are fewer.
    pub page: usize,
    /// Whether the person does not want to see itself.
    pub hide_own: bool,
}

/// Where the tiles are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    /// Those that are seen. All others are on other pages, or hidden.
    pub places: Vec<(Tile, Place)>,
    /// Where the invitation is, for who is alone.
    pub invitation: Option<Place>,
    /// The page that this is, from zero.
    pub page: usize,
    /// How many pages there are: one at least.
    pub pages: usize,
    /// How many of the others are on the first page, counted in the order of the tiles up to the first who is
    /// not. That is what [`TileOrder::promote`](super::TileOrder::promote) wants to know.
    pub first_page: usize,
}

impl Layout {
    /// Where a tile is, if it is seen.
    pub fn place(&self, tile: Tile) -> Option<Place> {
        let found = self.places.iter().find(|(other, _)| *other == tile);
        found.map(|(_, place)| *place)
    }

    fn put(&mut self, tiles: &[Tile], area: &Area) {
        let places = area.grid(tiles.len());
        self.places.extend(tiles.iter().copied().zip(places));
    }
}

impl Scene<'_> {
    /// Lays it out. The same scene always gives the same places.
    pub fn layout(&self) -> Layout {
        let mut tiles = self.tiles.to_vec();
        tiles.retain(|tile| !(self.hide_own && *tile == Tile::Own));
        let mut layout = Layout {
            pages: 1,
            first_page: tiles.iter().filter(|tile| tile.is_person()).count(),
            ..Layout::default()
        };
        match tiles[..] {
            [] => layout.invitation = self.whole(Shapes::SINGLE).grid(1).pop(),
            [Tile::Own] => {
                let mut places = self.whole(self.shapes()).grid(2);
                layout.invitation = places.pop();
                layout.places = places.into_iter().map(|own| (Tile::Own, own)).collect();
            }
            [_] => layout.put(&tiles, &self.whole(Shapes::SINGLE)),
            [Tile::Own, other] if other.is_person() && !self.pinned.contains(&Tile::Own) => {
                layout.put(&[other], &self.whole(Shapes::SINGLE));
                let under = layout.place(other).unwrap_or_default();
                layout.places.push((Tile::Own, corner(self.stage, under)));
            }
            _ => self.paginate(&tiles, &mut layout),
        }
        layout
    }

    /// Puts the large ones on every page and divides the rest into pages.
    fn paginate(&self, tiles: &[Tile], layout: &mut Layout) {
        let parts = self.divide(tiles);
        let first_page = parts.on_page(0);
        layout.first_page = tiles
            .iter()
            .filter(|tile| tile.is_person())
            .take_while(|tile| parts.large.contains(tile) || first_page.contains(tile))
            .count();
        layout.pages = parts.pages();
        layout.page = self.page.min(layout.pages - 1);
        if layout.page == 0 || parts.first == 0 {
            layout.put(&parts.large, &parts.large_area);
        }
        layout.put(parts.on_page(layout.page), &parts.rest_area);
    }

    /// Without room for a strip the large ones are a page of their own, the first.
    fn divide(&self, tiles: &[Tile]) -> Parts {
        let mut large = self.featured(tiles);
        let shapes = self.large_shapes(&large);
        let whole = self.whole(shapes);
        let needs_strip = large.len() < tiles.len() || whole.capacity(large.len()) < large.len();
        let split = if needs_strip && !large.is_empty() {
            Split::new(self.stage, self.viewport, large.len(), shapes)
        } else {
            None
        };
        let most = self.viewport.max_tiles();
        let large_area = split.as_ref().map_or(whole, |split| split.large);
        large.truncate(large_area.capacity(large.len().min(most)));
        let mut rest = tiles.to_vec();
        rest.retain(|tile| !large.contains(tile));
        let (rest_area, first, most) = match split {
            Some(split) => (split.strip, 0, most.saturating_sub(large.len()).max(1)),
            None => (
                self.whole(self.shapes()),
                usize::from(!large.is_empty()),
                most,
            ),
        };
        let per_page = rest_area.capacity(rest.len().min(most));
        // Where one is seen at a time, that is somebody else first.
        if per_page == 1 && rest.first() == Some(&Tile::Own) {
            rest.rotate_left(1);
        }
        Parts {
            large,
            large_area,
            rest,
            rest_area,
            first,
            per_page,
        }
    }

    /// What is large: the pinned, else the screens, else, if the mode wants it, the first of the others.
    fn featured(&self, tiles: &[Tile]) -> Vec<Tile> {
        let mut large = tiles.to_vec();
        large.retain(|tile| self.pinned.contains(tile));
        if large.is_empty() {
            large.extend(tiles.iter().filter(|tile| tile.is_screen()));
        }
        if large.is_empty() && self.mode == Mode::Speaker {
            large.extend(tiles.iter().find(|tile| tile.is_person()));
        }
        large
    }

    /// A large camera may be as wide as it wants, and a screen lies.
    fn large_shapes(&self, large: &[Tile]) -> Shapes {
        if large.iter().any(|tile| tile.is_screen()) {
            Shapes::LANDSCAPE
        } else {
            Shapes {
                widest: Shapes::LANDSCAPE.widest,
                ..self.shapes()
            }
        }
    }

    fn shapes(&self) -> Shapes {
        self.viewport.shapes(self.stage)
    }

    fn whole(&self, shapes: Shapes) -> Area {
        Area::whole_stage(self.stage, self.viewport, shapes)
    }
}

/// What is large, and the rest, which has pages.
struct Parts {
    large: Vec<Tile>,
    large_area: Area,
    rest: Vec<Tile>,
    rest_area: Area,
    /// The first page that has some of the rest.
    first: usize,
    per_page: usize,
}

impl Parts {
    fn pages(&self) -> usize {
        (self.first + self.rest.len().div_ceil(self.per_page)).max(1)
    }

    /// The rest that is on a page.
    fn on_page(&self, page: usize) -> &[Tile] {
        let page = page.checked_sub(self.first);
        page.and_then(|page| self.rest.chunks(self.per_page).nth(page))
            .unwrap_or_default()
    }
}
