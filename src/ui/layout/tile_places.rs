//! Who is where on the stage: gives the layout what it asks for, and the tiles what it says. It decides nothing;
//! see [`layout`](super).

use std::time::Duration;

use leptos::prelude::*;

use super::{Candidate, Layout, Mode, Place, Scene, Size, Tile, TileOrder, Viewport};
use crate::{
    meeting::{Meeting, people::Person, settings::View},
    platform::clock::now,
    ui::{ui_state::UiState, view::effect},
};

/// The places of the tiles. A handle.
#[derive(Clone, Copy)]
pub struct TilePlaces {
    /// Where everything is.
    pub layout: RwSignal<Layout>,
    order: StoredValue<TileOrder>,
    /// Counts the times when the order has to be looked at again.
    due: RwSignal<u32>,
}

impl TilePlaces {
    /// Lays out everybody on a stage of this size, again whenever something changes.
    pub fn new(meeting: Meeting, ui_state: UiState, stage: RwSignal<Size>) -> Self {
        let places = Self {
            layout: RwSignal::new(Layout::default()),
            order: StoredValue::new(TileOrder::default()),
            due: RwSignal::new(0),
        };
        effect(move || {
            places.due.track();
            let next = places.arrange(meeting, ui_state, stage.get());
            if places.layout.with_untracked(|layout| *layout != next) {
                places.layout.set(next);
            }
            places.schedule_update();
        });
        places
    }

    /// Where a tile is; of no size if it is not seen.
    pub fn place(self, tile: Tile) -> Place {
        self.layout.read().place(tile).unwrap_or_default()
    }

    fn arrange(self, meeting: Meeting, ui_state: UiState, stage: Size) -> Layout {
        let people = meeting.people.list.get();
        let candidates: Vec<Candidate> = people.iter().map(candidate_of).collect();
        let mode = match meeting.choices.view.get() {
            View::Gallery => Mode::Gallery,
            View::Speaker => Mode::Speaker,
        };
        let pinned = ui_state.pinned.get();
        let hide_own = !meeting.choices.self_view.get();
        let page = ui_state.page.get();
        let screens: Vec<Tile> = (people.iter())
            .filter(|person| person.state.read().shares && person.screen.read().is_some())
            .map(|person| Tile::Screen(person.id))
            .collect();
        let spotlight = mode == Mode::Speaker && pinned.is_empty() && screens.is_empty();
        let window = Viewport::of(window_size());
        let mut layout = Layout::default();
        self.order.update_value(|slots| {
            slots.update(now(), &candidates);
            layout = slots.lay_out(spotlight, |slots| {
                let mut tiles = vec![Tile::Own];
                tiles.extend(slots.order().map(Tile::Person));
                tiles.extend(&screens);
                Scene {
                    stage,
                    viewport: window,
                    tiles: &tiles,
                    mode,
                    pinned: &pinned,
                    page,
                    hide_own,
                }
                .layout()
            });
        });
        layout
    }

    /// Schedules the next layout that the order asks for.
    fn schedule_update(self) {
        let next = self.order.with_value(TileOrder::poll_timeout);
        let Some(wait) = next.map(|at| at.saturating_sub(now())) else {
            return;
        };
        let look = move || {
            let _ = self.due.try_update(|due| *due = due.wrapping_add(1));
        };
        if let Ok(timer) = set_timeout_with_handle(look, wait + Duration::from_millis(1)) {
            on_cleanup(move || timer.clear());
        }
    }
}

/// What puts someone into the order, which is followed.
pub fn candidate_of(person: &Person) -> Candidate {
    let state = person.state.read();
    Candidate {
        id: person.id,
        presents: state.shares,
        speaks: person.speaking.get(),
        hand: state.hand.map(|place| Duration::from_secs(place.into())),
        video: state.camera,
    }
}

fn window_size() -> Size {
    let length = |length: Result<wasm_bindgen::JsValue, _>| {
        length
            .ok()
            .and_then(|length| length.as_f64())
            .unwrap_or_default()
    };
    Size {
        width: length(window().inner_width()),
        height: length(window().inner_height()),
    }
}
