//! The picture of a recording: everybody's tiles by the layout of the stage, drawn on a canvas.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlVideoElement, MediaStream};

use super::fit::{contain, cover};
use crate::{
    meeting::{Meeting, people::Person, recording::DrawScene},
    platform::{
        canvas::{Pen, Rect},
        clock::now,
        js::attach_stream,
    },
    protocol::MediaKind,
    ui::{
        components::{colour, initials},
        layout::{Fit, Mode, Place, Scene, Size, Tile, TileOrder, Viewport, candidate_of},
    },
    words::{Phrase, Word, say, t},
};

/// Width and height in pixels.
pub const SIZE: Size = Size {
    width: 1_280.0,
    height: 720.0,
};
/// Around the tiles.
const MARGIN: f64 = 12.0;
/// Letters of a name that fit into a badge.
const LETTERS: usize = 48;

const PAGE: &str = "#0f1216";
const TILE: &str = "#20262e";
const BADGE: &str = "rgb(15 18 22 / 0.8)";
/// Under white initials, in the order of `style/tokens.css`.
const COLOURS: [&str; 8] = [
    "#174ea6", "#a50e0e", "#7a4a00", "#0d652d", "#9c166b", "#681da8", "#0b6075", "#8a3f00",
];

/// Everybody, as they are seen in the recording.
pub struct CompositeScene {
    meeting: Meeting,
    mode: Mode,
    slots: TileOrder,
    faces: Vec<RecordedTile>,
}

/// A tile, and what is in it.
struct RecordedTile {
    tile: Tile,
    place: Place,
    name: String,
    seed: String,
    /// Whether there is video to be seen.
    shows: bool,
    /// Plays for the recording alone: those of the page come and go with its tiles.
    video: HtmlVideoElement,
}

impl CompositeScene {
    /// Nobody looked at yet.
    pub fn new(meeting: Meeting, mode: Mode) -> Self {
        Self {
            meeting,
            mode,
            slots: TileOrder::default(),
            faces: Vec::new(),
        }
    }

    /// The tiles and their places. The own one is the last, so that it is one like the others.
    fn places(&mut self, people: &[Person]) -> Vec<(Tile, Place)> {
        let standings: Vec<_> = untrack(|| people.iter().map(candidate_of).collect());
        let mut screens: Vec<Tile> = (people.iter())
            .filter(|person| person.state.with_untracked(|state| state.shares))
            .map(|person| Tile::Screen(person.id))
            .collect();
        let own = self.meeting.call.you.try_get_untracked().flatten();
        let shares = self
            .meeting
            .sharing
            .current
            .try_get_untracked()
            .flatten()
            .is_some();
        screens.extend(own.filter(|_| shares).map(Tile::Screen));
        let spotlight = self.mode == Mode::Speaker && screens.is_empty();
        self.slots.update(now(), &standings);
        let mode = self.mode;
        let layout = self.slots.lay_out(spotlight, |slots| {
            let mut tiles: Vec<_> = slots.order().map(Tile::Person).collect();
            tiles.push(Tile::Own);
            tiles.extend(&screens);
            Scene {
                stage: inner(),
                viewport: Viewport::Desktop,
                tiles: &tiles,
                mode,
                pinned: &[],
                page: 0,
                hide_own: false,
            }
            .layout()
        });
        let mut places = layout.places;
        if let [(Tile::Own, place)] = &mut places[..] {
            place.size = inner();
        }
        places
    }

    /// The stream of a tile, its name and what gives its colour, and whether there is video.
    fn content(&self, tile: Tile, people: &[Person]) -> Content {
        let meeting = self.meeting;
        let own_name = || untrack(|| meeting.people.own_name());
        let you = meeting.call.you.try_get_untracked().flatten();
        let person = |id| people.iter().find(|person| person.id == id);
        let (stream, name, seed, shows) = match tile {
            Tile::Own => {
                let on = untrack(|| meeting.devices.is_on(MediaKind::Video));
                let stream = meeting.devices.own_stream.try_get_untracked().flatten();
                (stream, own_name(), you, on)
            }
            Tile::Person(id) => {
                let on = untrack(|| person(id).is_some_and(|person| self.meeting.shows(*person)));
                let stream = person(id).and_then(|person| person.stream.get_untracked());
                let name = person(id).map(Person::spoken_name).unwrap_or_default();
                (stream, name, Some(id), on)
            }
            Tile::Screen(id) => {
                let (stream, name) = match person(id) {
                    Some(person) => (person.screen.get_untracked(), person.spoken_name()),
                    None => (
                        meeting.sharing.own_screen.try_get_untracked().flatten(),
                        own_name(),
                    ),
                };
                (stream, say(Phrase::TileScreen { name: &name }), None, true)
            }
        };
        let seed = seed.map(|id| id.to_string()).unwrap_or_default();
        Content {
            stream,
            name,
            seed,
            shows,
        }
    }
}

struct Content {
    stream: Option<MediaStream>,
    name: String,
    seed: String,
    shows: bool,
}

impl DrawScene for CompositeScene {
    fn update(&mut self) {
        let people = self
            .meeting
            .people
            .list
            .try_get_untracked()
            .unwrap_or_default();
        let places = self.places(&people);
        let mut before = std::mem::take(&mut self.faces);
        for (tile, place) in places {
            let found = before.iter().position(|face| face.tile == tile);
            let video = match found {
                Some(at) => Some(before.swap_remove(at).video),
                None => silent_video(),
            };
            let Some(video) = video else { continue };
            let content = self.content(tile, &people);
            let plays = content.stream.as_ref().filter(|_| content.shows);
            if video.src_object().as_ref() != plays {
                attach_stream(&video, plays);
            }
            self.faces.push(RecordedTile {
                tile,
                place,
                name: shorten(&content.name),
                seed: content.seed,
                shows: content.shows,
                video,
            });
        }
        before
            .iter()
            .for_each(|face| attach_stream(&face.video, None));
    }

    fn draw(&mut self, pen: &Pen) {
        let whole = Rect {
            x: 0.0,
            y: 0.0,
            width: SIZE.width,
            height: SIZE.height,
        };
        pen.fill(PAGE, whole);
        self.faces.iter().for_each(|face| face.draw(pen));
    }
}

impl Drop for CompositeScene {
    /// A browser keeps an element that still plays.
    fn drop(&mut self) {
        self.faces
            .iter()
            .for_each(|face| attach_stream(&face.video, None));
    }
}

impl RecordedTile {
    fn draw(&self, pen: &Pen) {
        let Place { x, y, size, .. } = self.place;
        let rect = Rect {
            x: (x + MARGIN).round(),
            y: (y + MARGIN).round(),
            width: size.width.round(),
            height: size.height.round(),
        };
        pen.fill(TILE, rect);
        let (width, height) = (self.video.video_width(), self.video.video_height());
        if self.shows && width > 0 && height > 0 {
            let picture = (f64::from(width), f64::from(height));
            match self.place.fit(self.tile.is_screen(), picture.0 / picture.1) {
                Fit::Cover => pen.picture(&self.video, cover(picture, rect), rect),
                Fit::Contain => {
                    let all = Rect {
                        x: 0.0,
                        y: 0.0,
                        width: picture.0,
                        height: picture.1,
                    };
                    pen.picture(&self.video, all, contain(picture, rect));
                }
            }
        } else {
            self.draw_avatar(pen, rect);
        }
        self.draw_name(pen, rect);
    }

    fn draw_avatar(&self, pen: &Pen, rect: Rect) {
        let (x, y) = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
        let radius = rect.width.min(rect.height) / 5.0;
        let colour = COLOURS.get(colour(&self.seed) as usize);
        pen.disc(colour.copied().unwrap_or(PAGE), x, y, radius);
        let letters = initials(&self.name);
        pen.font(&font((radius * 0.75) as u32));
        let width = pen.width(&letters);
        pen.write(&letters, x - width / 2.0, y, width);
    }

    fn draw_name(&self, pen: &Pen, rect: Rect) {
        pen.font(&font(18));
        let width = pen.width(&self.name).min(rect.width - 40.0);
        let badge = Rect {
            x: rect.x + 8.0,
            y: rect.y + rect.height - 40.0,
            width: width + 20.0,
            height: 32.0,
        };
        pen.fill(BADGE, badge);
        pen.write(&self.name, badge.x + 10.0, badge.y + 16.0, width);
    }
}

fn font(pixels: u32) -> String {
    ["600 ", &pixels.to_string(), "px system-ui, sans-serif"].concat()
}

/// A name that fits; who has none is a guest.
fn shorten(name: &str) -> String {
    match name.trim() {
        "" => t(Word::TileYou).to_owned(),
        name if name.chars().count() <= LETTERS => name.to_owned(),
        name => name.chars().take(LETTERS).chain(['…']).collect(),
    }
}

fn inner() -> Size {
    Size {
        width: SIZE.width - 2.0 * MARGIN,
        height: SIZE.height - 2.0 * MARGIN,
    }
}

fn silent_video() -> Option<HtmlVideoElement> {
    let video: HtmlVideoElement = document().create_element("video").ok()?.unchecked_into();
    video.set_muted(true);
    let _ = video.set_attribute("playsinline", "");
    Some(video)
}
