//! Who of the others is in which slot, as a state machine that knows no clock.
//!
//! The order is: who presents, who speaks, raised hands by time, who has video, who has none; then by
//! joining. It decides who is on the first page, not where: **who is seen keeps the slot**. Someone who has
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

/// The slots of all others. The own tile is before them, always.
#[derive(Debug, Default)]
pub struct TileOrder {
    now: Duration,
    seats: Vec<OrderedTile>,
    /// How many slots are on the first page.
    seen: usize,
    /// Whether the first slot is for who speaks.
    spotlight: bool,
    active: Option<ActiveSpeaker>,
}

#[derive(Debug)]
struct OrderedTile {
    id: ParticipantId,
    rank: Rank,
    last_word: Option<Duration>,
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
    /// Takes who the others are at `now`, in the order of joining. A leaver's slot is filled by the best of
    /// those who are not seen; newcomers come last.
    ///
    /// **[`lay_out`](Self::lay_out) is called after it**, which brings to the first page who has to be seen.
    pub fn update(&mut self, now: Duration, others: &[Candidate]) {
        self.now = now;
        let mut left = Vec::new();
        for seat in &mut self.seats {
            let mut found = others.iter().enumerate();
            match found.find(|(_, other)| other.id == seat.id) {
                Some((joined, other)) => seat.update(now, joined, other),
                None => left.push(seat.id),
            }
        }
        for id in left {
            self.remove(id);
        }
        for (joined, other) in others.iter().enumerate() {
            if !self.seats.iter().any(|seat| seat.id == other.id) {
                let mut seat = OrderedTile::new(other.id);
                seat.update(now, joined, other);
                self.seats.push(seat);
            }
        }
        let talks: Vec<_> = self.talks().collect();
        self.active = ActiveSpeaker::next(self.active, now, &talks);
    }

    /// Brings to the first page, which has room for that many, who has to be seen; and with the
    /// `spotlight` who speaks to the first slot. Says whether anyone has moved.
    ///
    /// The spotlight is for the speaker view while nothing is pinned and no screen is shared.
    pub(super) fn promote(&mut self, seen: usize, spotlight: bool) -> bool {
        self.seen = seen;
        self.spotlight = spotlight;
        let mut moved = false;
        while let Some((last, hidden)) = self.next_swap() {
            self.seats.swap(last, hidden);
            moved = true;
        }
        if let Some(at) = self.seats.iter().position(|seat| self.is_lit(seat)) {
            self.seats.swap(0, at);
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

    /// The others in the order of slots.
    pub fn order(&self) -> impl Iterator<Item = ParticipantId> {
        self.seats.iter().map(|seat| seat.id)
    }

    /// Who speaks, or has spoken last.
    pub fn active(&self) -> Option<ParticipantId> {
        self.active.map(|active| active.id)
    }

    /// When to come back with [`seat`](Self::seat), if nothing else happens.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let voices = self.seats.iter().flat_map(|seat| seat.voice.deadlines());
        let talks = self.talks().flat_map(|(_, talk)| active::deadlines(&talk));
        let active = self.active.map(|active| active.deadline());
        let all = voices.chain(talks).chain([active]).flatten();
        all.filter(|at| *at > self.now).min()
    }

    fn talks(&self) -> impl Iterator<Item = (ParticipantId, SpeechSpell)> {
        let talk = |seat: &OrderedTile| Some((seat.id, seat.voice.talk(self.now)?));
        self.seats.iter().filter_map(talk)
    }

    /// Takes a leaver out, and lets one move for each slot that is seen.
    fn remove(&mut self, id: ParticipantId) {
        let Some(mut at) = self.seats.iter().position(|seat| seat.id == id) else {
            return;
        };
        if self.spotlight && at == 0 {
            at = self.swap_with_first_hidden(at, 1);
        }
        if at < self.seen {
            at = self.swap_with_first_hidden(at, self.seen);
        }
        self.seats.remove(at);
        self.active = self.active.filter(|active| active.id != id);
    }

    fn swap_with_first_hidden(&mut self, at: usize, from: usize) -> usize {
        let best = self.best(from).unwrap_or(at);
        self.seats.swap(at, best);
        best
    }

    /// The last in the order of those who are seen, and the first of those who are not, who outranks them.
    fn next_swap(&self) -> Option<(usize, usize)> {
        let seats = self.seats.iter().enumerate().take(self.seen);
        let (last, seen) = seats
            .skip(usize::from(self.spotlight))
            .max_by_key(|(_, seat)| seat.key())?;
        let best = self.best(self.seen)?;
        let hidden = self.seats.get(best)?;
        (hidden.rank < seen.rank).then_some((last, best))
    }

    /// The first in the order of those from a slot on.
    fn best(&self, from: usize) -> Option<usize> {
        let seats = self.seats.iter().enumerate().skip(from);
        seats.min_by_key(|(_, seat)| seat.key()).map(|(at, _)| at)
    }

    fn is_lit(&self, seat: &OrderedTile) -> bool {
        self.spotlight && self.active() == Some(seat.id)
    }
}

impl OrderedTile {
    fn new(id: ParticipantId) -> Self {
        Self {
            id,
            rank: Rank::NoVideo,
            last_word: None,
            joined: 0,
            voice: Voice::default(),
        }
    }

    fn update(&mut self, now: Duration, joined: usize, standing: &Candidate) {
        self.joined = joined;
        self.voice.hear(now, standing.speaks);
        self.last_word = self.voice.last_heard(now);
        self.rank = match standing.hand {
            _ if standing.presents => Rank::Presents,
            _ if self.voice.is_talking(now) => Rank::Talks,
            _ if self.last_word.is_some() => Rank::Spoke,
            Some(raised) => Rank::Hand(raised),
            None if standing.video => Rank::Video,
            None => Rank::NoVideo,
        };
    }

    /// The order, without ties.
    fn key(&self) -> (Rank, Reverse<Option<Duration>>, usize) {
        (self.rank, Reverse(self.last_word), self.joined)
    }
}
