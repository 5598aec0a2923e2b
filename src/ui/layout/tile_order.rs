//! Who of the others is at which place of the order, as a state machine that knows no clock.
//!
//! The order is: who presents, who speaks, raised hands by time, who has video, who has none; then by
//! joining. It decides who is on the first page, not where: **who is seen keeps the place**. Someone who has
//! to be seen swaps with the last in the order of those who are, and nobody else moves.

use std::{cmp::Reverse, time::Duration};

use super::{
    active::{self, ActiveSpeaker},
    scene::Layout,
    voice::{SpeechSpell, Voice},
};
use crate::protocol::ParticipantId;

/// What puts one of the others into the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who it is.
    pub id: ParticipantId,
    /// Whether a screen of theirs is shared.
    pub presents: bool,
    /// Whether words are heard at this moment.
    pub speaks: bool,
    /// Since when their hand is raised, from any fixed moment.
    pub hand: Option<Duration>,
    /// Whether there is video of them.
    pub video: bool,
}

/// The places of all others. The own tile is before them, always.
#[derive(Debug, Default)]
pub struct TileOrder {
    now: Duration,
    tiles: Vec<OrderedTile>,
    /// How many places are on the first page.
    first_page_size: usize,
    /// Whether the first place is for the active speaker.
    spotlight: bool,
    active: Option<ActiveSpeaker>,
}

#[derive(Debug)]
struct OrderedTile {
    id: ParticipantId,
    rank: Rank,
    last_heard: Option<Duration>,
    /// The place by joining.
    joined: usize,
    voice: Voice,
}

/// What has to be seen before what; first is best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Presents,
    Talks,
    Spoke,
    Hand(Duration),
    Video,
    NoVideo,
}

impl TileOrder {
    /// Takes who the others are at `now`, in the order of joining. A leaver's place is filled by the best of
    /// those who are not seen; newcomers come last.
    ///
    /// **[`lay_out`](Self::lay_out) is called after it**, which brings to the first page who has to be seen.
    pub fn update(&mut self, now: Duration, others: &[Candidate]) {
        self.now = now;
        let mut left = Vec::new();
        for tile in &mut self.tiles {
            let mut found = others.iter().enumerate();
            match found.find(|(_, other)| other.id == tile.id) {
                Some((joined, other)) => tile.update(now, joined, other),
                None => left.push(tile.id),
            }
        }
        for id in left {
            self.remove(id);
        }
        for (joined, other) in others.iter().enumerate() {
            if !self.tiles.iter().any(|tile| tile.id == other.id) {
                let mut tile = OrderedTile::new(other.id);
                tile.update(now, joined, other);
                self.tiles.push(tile);
            }
        }
        let talks: Vec<_> = self.talks().collect();
        self.active = ActiveSpeaker::next(self.active, now, &talks);
    }

    /// Brings to the first page, which has room for that many, who has to be seen; and with the
    /// `spotlight` the active speaker to the first place. Says whether anyone has moved.
    ///
    /// The spotlight is for the speaker view while nothing is pinned and no screen is shared.
    pub(super) fn promote(&mut self, seen: usize, spotlight: bool) -> bool {
        self.first_page_size = seen;
        self.spotlight = spotlight;
        let mut moved = false;
        while let Some((last, hidden)) = self.next_swap() {
            self.tiles.swap(last, hidden);
            moved = true;
        }
        if let Some(at) = self.tiles.iter().position(|tile| self.is_spotlit(tile)) {
            self.tiles.swap(0, at);
            moved |= at > 0;
        }
        moved
    }

    /// Lays out a scene of them. Whoever has to be seen comes to the first page, which then is laid out again.
    pub fn lay_out(&mut self, spotlight: bool, scene: impl Fn(&Self) -> Layout) -> Layout {
        let mut layout = Layout::default();
        for _ in 0..2 {
            layout = scene(self);
            if !self.promote(layout.first_page, spotlight) {
                break;
            }
        }
        layout
    }

    /// The others in the order of places.
    pub fn order(&self) -> impl Iterator<Item = ParticipantId> {
        self.tiles.iter().map(|tile| tile.id)
    }

    /// Who speaks, or has spoken last.
    pub fn active(&self) -> Option<ParticipantId> {
        self.active.map(|active| active.id)
    }

    /// When to come back with [`update`](Self::update), if nothing else happens.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let voices = self.tiles.iter().flat_map(|tile| tile.voice.deadlines());
        let talks = self.talks().flat_map(|(_, talk)| active::deadlines(&talk));
        let active = self.active.map(|active| active.deadline());
        let all = voices.chain(talks).chain([active]).flatten();
        all.filter(|at| *at > self.now).min()
    }

    fn talks(&self) -> impl Iterator<Item = (ParticipantId, SpeechSpell)> {
        let talk = |tile: &OrderedTile| Some((tile.id, tile.voice.talk(self.now)?));
        self.tiles.iter().filter_map(talk)
    }

    /// Takes a leaver out, and lets one move for each place that is seen.
    fn remove(&mut self, id: ParticipantId) {
        let Some(mut at) = self.tiles.iter().position(|tile| tile.id == id) else {
            return;
        };
        if self.spotlight && at == 0 {
            at = self.swap_with_first_hidden(at, 1);
        }
        if at < self.first_page_size {
            at = self.swap_with_first_hidden(at, self.first_page_size);
        }
        self.tiles.remove(at);
        self.active = self.active.filter(|active| active.id != id);
    }

    fn swap_with_first_hidden(&mut self, at: usize, from: usize) -> usize {
        let best = self.best(from).unwrap_or(at);
        self.tiles.swap(at, best);
        best
    }

    /// The last in the order of those who are seen, and the first of those who are not, who outranks them.
    fn next_swap(&self) -> Option<(usize, usize)> {
        let tiles = self.tiles.iter().enumerate().take(self.first_page_size);
        let (last, seen) = tiles
            .skip(usize::from(self.spotlight))
            .max_by_key(|(_, tile)| tile.key())?;
        let best = self.best(self.first_page_size)?;
        let hidden = self.tiles.get(best)?;
        (hidden.rank < seen.rank).then_some((last, best))
    }

    /// The first in the order of those from a place on.
    fn best(&self, from: usize) -> Option<usize> {
        let tiles = self.tiles.iter().enumerate().skip(from);
        tiles.min_by_key(|(_, tile)| tile.key()).map(|(at, _)| at)
    }

    fn is_spotlit(&self, tile: &OrderedTile) -> bool {
        self.spotlight && self.active() == Some(tile.id)
    }
}

impl OrderedTile {
    fn new(id: ParticipantId) -> Self {
        Self {
            id,
            rank: Rank::NoVideo,
            last_heard: None,
            joined: 0,
            voice: Voice::default(),
        }
    }

    fn update(&mut self, now: Duration, joined: usize, candidate: &Candidate) {
        self.joined = joined;
        self.voice.hear(now, candidate.speaks);
        self.last_heard = self.voice.last_heard(now);
        self.rank = match candidate.hand {
            _ if candidate.presents => Rank::Presents,
            _ if self.voice.is_talking(now) => Rank::Talks,
            _ if self.last_heard.is_some() => Rank::Spoke,
            Some(raised) => Rank::Hand(raised),
            None if candidate.video => Rank::Video,
            None => Rank::NoVideo,
        };
    }

    /// The order, without ties.
    fn key(&self) -> (Rank, Reverse<Option<Duration>>, usize) {
        (self.rank, Reverse(self.last_heard), self.joined)
    }
}
