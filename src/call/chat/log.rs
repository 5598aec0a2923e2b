//! The chat as one page holds it: the newest messages, each once, in the same order everywhere.
//!
//! A message is named by its author and the author's count, and its place is that of its Lamport clock
//! (Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978), then of its name. So logs that
//! hold the same messages are equal, however these came.
//!
//! Every message that others tell has the server's stamp, so it was said just so, by its author. What has no stamp yet is
//! the own person's and is not told. When another meeting begins in the room, what was said before stays where it
//! is, in front of everything that follows; it can't be told any more, for stamps are of one meeting.
//!
//! Whoever says something is one ahead of what it has seen, so honest clocks have no gaps wider than what is on
//! its way. A clock that is a [`LEAP`] ahead of all others is nobody's to follow.

use super::{
    super::io::{Notice, Outputs},
    line::{ChatChange, ChatLine, DeliveryState},
};
use crate::protocol::{
    Chat, ChatMessage, ChatPosition, HELD_MESSAGES, LARGEST_NUMBER, ParticipantId, Stamped,
};
use crate::sorted_map::SortedMap;

/// Most messages that are held.
pub const CHAT_LINES: usize = 500;
/// How far ahead of the others a clock may be.
const LEAP: u64 = 1 << 20;

/// A message's place in the order.
pub(super) type ChatOrder = (u64, ParticipantId, u32);

/// The messages that are held.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// In order.
    lines: Vec<ChatLine>,
    /// How many of them are of earlier meetings. They come first.
    past: usize,
    /// Up to where an author's messages are not needed any more: newer ones have taken their place.
    floors: SortedMap<ParticipantId, u32>,
    /// The clock of the first line when the log was full last, or 0.
    base: u64,
}

impl Log {
    /// Puts a message in its place, if it is not there and is not older than all of a full log.
    pub fn insert(&mut self, line: ChatLine, is_news: bool, out: &mut Outputs) {
        let message = &line.message;
        // Of two that an author has said by one name, the first stays.
        if self.find(message.author, message.chat.n).is_some() {
            return;
        }
        let place = place(&line);
        if self.lines.len() >= CHAT_LINES {
            let first = self.present().first();
            if self.past == 0 && first.is_some_and(|first| place < self::place(first)) {
                return;
            }
            self.evict_oldest(out);
        }
        let at = self
            .present()
            .partition_point(|other| self::place(other) < place);
        let at = self.past + at;
        self.lines.insert(at, line.clone());
        if self.present().len() >= CHAT_LINES {
            let first = self.present().first();
            self.base = first.map_or(0, |first| first.message.chat.clock);
        }
        let added = ChatChange::Added { at, line, is_news };
        out.notice(Notice::Chat(added));
    }

    pub fn message(&self, author: ParticipantId, n: u32) -> Option<&ChatMessage> {
        let line = self.lines.get(self.find(author, n)?)?;
        Some(&line.message)
    }

    /// An own message has been passed on.
    pub fn deliver(&mut self, author: ParticipantId, n: u32, by: Stamped, out: &mut Outputs) {
        let Some(at) = self.find(author, n) else {
            return;
        };
        let Some(line) = self.lines.get_mut(at) else {
            return;
        };
        let chat = &mut line.message.chat;
        if chat.stamp.is_none() && by.stamp.is_some() {
            (chat.name, chat.stamp) = (by.name, by.stamp);
        }
        if line.standing == DeliveryState::OnItsWay {
            line.standing = DeliveryState::Delivered;
            out.notice(Notice::Chat(ChatChange::Delivered { at }));
        }
    }

    /// Someone tells an own message: it has been passed on, as can be told from now on.
    pub fn adopt(&mut self, told: ChatMessage, out: &mut Outputs) {
        let ChatMessage { author, chat } = told;
        let own = self.message(author, chat.n).map(|message| &message.chat);
        if own.is_some_and(|own| (own.at, &own.text) == (chat.at, &chat.text)) {
            let Chat { n, name, stamp, .. } = chat;
            self.deliver(author, n, Stamped { name, stamp }, out);
        }
    }

    /// Own messages that are not known to have been passed on, in order; whether each is of this meeting.
    pub fn undelivered(&self) -> Vec<(ChatMessage, bool)> {
        let lines = self.lines.iter().enumerate();
        let lines = lines.filter(|(_, line)| line.standing == DeliveryState::OnItsWay);
        lines
            .map(|(at, line)| (line.message.clone(), at >= self.past))
            .collect()
    }

    /// Another meeting begins.
    pub fn begin_meeting(&mut self) {
        self.past = self.lines.len();
        self.floors.clear();
        self.base = 0;
    }

    /// Takes a message out.
    pub fn remove(&mut self, author: ParticipantId, n: u32, out: &mut Outputs) {
        if let Some(at) = self.find(author, n) {
            self.remove_at(at, out);
        }
    }

    /// The clock of what is said next.
    pub fn next_clock(&self) -> u64 {
        (self.reach() + 1).min(LARGEST_NUMBER)
    }

    /// Whether a clock is one that honest clocks lead to.
    pub fn reaches(&self, clock: u64) -> bool {
        clock <= self.reach() + LEAP
    }

    /// Takes out what others said at a clock that nothing leads to.
    pub fn prune(&mut self, out: &mut Outputs) {
        let reach = self.reach();
        let is_own = |line: &ChatLine| {
            matches!(
                line.standing,
                DeliveryState::OnItsWay | DeliveryState::Delivered
            )
        };
        let beyond = |line: &ChatLine| line.message.chat.clock > reach && !is_own(line);
        while let Some(at) = self.present().iter().position(beyond) {
            self.remove_at(self.past + at, out);
        }
    }

    /// The greatest count up to which nothing of an author is lacking, of each author.
    pub fn held(&self) -> SortedMap<ParticipantId, u32> {
        let mut held = self.floors.clone();
        for (author, n) in self.names(is_held) {
            let last = held.get_or_default(author);
            if n == last.saturating_add(1) {
                *last = n;
            }
        }
        held.retain(|_, n| *n > 0);
        held
    }

    /// All that someone lacks who holds this, from behind a place on.
    pub fn missing_for<'a>(
        &'a self,
        held: &'a SortedMap<ParticipantId, u32>,
        behind: Option<ChatOrder>,
    ) -> impl Iterator<Item = &'a ChatLine> {
        self.present().iter().filter(move |line| {
            let message = &line.message;
            let has = held.get(&message.author).copied().unwrap_or(0);
            let can_be_told = message.chat.stamp.is_some();
            can_be_told && message.chat.n > has && behind.is_none_or(|behind| place(line) > behind)
        })
    }

    /// Someone has told all that it holds: what is not among it has been dropped there, if the log is full.
    pub fn close_gaps(&mut self) {
        if self.present().len() < CHAT_LINES {
            return;
        }
        let mut before = None;
        for (author, n) in self.names(|_| true) {
            if before.replace(author) != Some(author) {
                self.raise_floor(author, n.saturating_sub(1));
            }
        }
    }

    /// The greatest clock that others lead to.
    fn reach(&self) -> u64 {
        let clocks = self.present().iter().map(|line| line.message.chat.clock);
        let leads_on = |reach: &mut u64, clock: u64| {
            (clock <= *reach + LEAP).then(|| {
                *reach = clock.max(*reach);
                *reach
            })
        };
        clocks.scan(self.base, leads_on).last().unwrap_or(self.base)
    }

    /// The authors and their counts of some messages of this meeting, each author's in order.
    fn names(&self, of: impl Fn(&ChatLine) -> bool) -> Vec<(ParticipantId, u32)> {
        let mut names = Vec::new();
        for line in self.present().iter().filter(|line| of(line)) {
            let name = (line.message.author, line.message.chat.n);
            // There are `CHAT_LINES` at most: putting each in its place takes no time, and the standard library's sort would
            // be 2 kB of what every browser loads.
            let place = names.partition_point(|other| *other < name);
            names.insert(place, name);
        }
        names
    }

    /// What was said in this meeting.
    fn present(&self) -> &[ChatLine] {
        self.lines.get(self.past..).unwrap_or_default()
    }

    fn find(&self, author: ParticipantId, n: u32) -> Option<usize> {
        let is_it = |line: &ChatLine| (line.message.author, line.message.chat.n) == (author, n);
        self.lines.iter().rposition(is_it)
    }

    fn evict_oldest(&mut self, out: &mut Outputs) {
        let is_past = self.past > 0;
        if let Some(first) = self.remove_at(0, out)
            && !is_past
        {
            self.raise_floor(first.message.author, first.message.chat.n);
        }
    }

    fn remove_at(&mut self, at: usize, out: &mut Outputs) -> Option<ChatLine> {
        (at < self.lines.len()).then(|| {
            out.notice(Notice::Chat(ChatChange::Dropped { at }));
            self.past -= usize::from(at < self.past);
            self.lines.remove(at)
        })
    }

    fn raise_floor(&mut self, author: ParticipantId, n: u32) {
        if n > 0 && (self.floors.len() < HELD_MESSAGES || self.floors.contains_key(&author)) {
            let floor = self.floors.get_or_default(author);
            *floor = n.max(*floor);
        }
    }
}

/// Whether others need not tell it: it can be told from here, or is about to be said.
fn is_held(line: &ChatLine) -> bool {
    line.message.chat.stamp.is_some() || line.standing == DeliveryState::OnItsWay
}

/// Where a line stands in the order.
pub(super) fn place(line: &ChatLine) -> ChatOrder {
    let ChatMessage { author, chat } = &line.message;
    (chat.clock, *author, chat.n)
}

/// The form on the wire.
pub(super) fn to_wire(held: &SortedMap<ParticipantId, u32>) -> Vec<ChatPosition> {
    let entries = held.iter().take(HELD_MESSAGES);
    entries
        .map(|(author, n)| ChatPosition {
            author: *author,
            n: *n,
        })
        .collect()
}
