//! A meeting whose stage is laid out moment by moment.

use std::time::Duration;

use super::*;

/// How often a meeting is looked at.
pub(super) const MOMENT: Duration = Duration::from_millis(100);

/// The meeting, seen by someone who has no place in its order.
pub(super) struct Meeting {
    now: Duration,
    pub slots: TileOrder,
    pub others: Vec<Candidate>,
    stage: Size,
    mode: Mode,
    pub screens: usize,
}

pub(super) fn candidate(number: usize) -> Candidate {
    Candidate {
        id: id(number),
        presents: false,
        speaks: false,
        hand: None,
        video: true,
    }
}

pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

impl Meeting {
    pub fn new(people: usize, stage: Size, mode: Mode) -> Self {
        let mut meeting = Self {
            now: Duration::ZERO,
            slots: TileOrder::default(),
            others: (1..people).map(candidate).collect(),
            stage,
            mode,
            screens: 0,
        };
        meeting.layout();
        meeting
    }

    /// What is seen at this moment.
    pub fn layout(&mut self) -> Layout {
        self.slots.update(self.now, &self.others);
        let spotlight = self.mode == Mode::Speaker && self.screens == 0;
        let (mode, stage, screens) = (self.mode, self.stage, self.screens);
        self.slots.lay_out(spotlight, |slots| {
            let screens = (1..=screens).map(|number| Tile::Screen(id(number)));
            let all: Vec<_> = [Tile::Own]
                .into_iter()
                .chain(slots.order().map(Tile::Person))
                .chain(screens)
                .collect();
            let whole = scene(&all, stage);
            Scene { mode, ..whole }.layout()
        })
    }

    pub fn of(&mut self, number: usize) -> &mut Candidate {
        let of = |other: &&mut Candidate| other.id == id(number);
        self.others.iter_mut().find(of).unwrap()
    }

    pub fn pass(&mut self, time: Duration) -> Vec<Layout> {
        let end = self.now + time;
        let mut layouts = Vec::new();
        while self.now < end {
            self.now += MOMENT;
            layouts.push(self.layout());
        }
        layouts
    }

    pub fn talk(&mut self, number: usize, time: Duration) -> Vec<Layout> {
        self.of(number).speaks = true;
        let mut layouts = vec![self.layout()];
        layouts.extend(self.pass(time));
        self.of(number).speaks = false;
        layouts.push(self.layout());
        layouts
    }

    pub fn sees(&mut self, number: usize) -> bool {
        self.layout().place(person(number)).is_some()
    }

    pub fn active(&self) -> Option<usize> {
        (1..=60).find(|number| self.slots.active() == Some(id(*number)))
    }
}

/// The tiles that are elsewhere, have come or have gone.
pub(super) fn moved(before: &Layout, after: &Layout) -> Vec<Tile> {
    let both = before.places.iter().chain(&after.places);
    let mut moved: Vec<Tile> = Vec::new();
    for (tile, _) in both {
        if before.place(*tile) != after.place(*tile) && !moved.contains(tile) {
            moved.push(*tile);
        }
    }
    moved
}
