//! Whom to ask for what is lacking of the chat: one after the other, each for as long as it answers.

use std::time::Duration;

use crate::protocol::{HISTORY_PARTS, ParticipantId};
use crate::sorted_map::SortedMap;

/// Most who are asked after entering.
const ASKED: usize = 8;
/// How long an answer, or its next part, may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// The same participant is not asked again before.
const AGAIN: Duration = Duration::from_secs(5);

/// Who is asked, and who is to be.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// From when on.
    queue: Vec<(Duration, ParticipantId)>,
    question: Option<Question>,
    /// When someone was asked last.
    asked: SortedMap<ParticipantId, Duration>,
}

#[derive(Debug)]
struct Question {
    to: ParticipantId,
    until: Duration,
    /// Parts of the answer that have come.
    parts: u32,
}

impl Asking {
    /// Begins to ask those who are here, in this order.
    pub fn begin(&mut self, now: Duration, here: Vec<ParticipantId>) {
        *self = Self::default();
        let first = here.into_iter().take(ASKED);
        self.queue.extend(first.map(|id| (now, id)));
    }

    /// Asks someone who has something, perhaps for the second time.
    pub fn ask(&mut self, now: Duration, id: ParticipantId) {
        if self.queue.iter().all(|(_, other)| *other != id) {
            let again = self.asked.get(&id).map_or(now, |at| *at + AGAIN);
            self.queue.push((again.max(now), id));
        }
    }

    /// The question may not have been passed on: if nothing was answered yet, it is put again later.
    pub fn put_off(&mut self, now: Duration) {
        let unheard = |question: &mut Question| question.parts == 0;
        if let Some(Question { to, .. }) = self.question.take_if(unheard) {
            self.ask(now, to);
        }
    }

    /// Whether anybody is asked, or will be.
    pub fn is_under_way(&self) -> bool {
        self.question.is_some() || !self.queue.is_empty()
    }

    /// Whom to ask now.
    pub fn poll(&mut self, now: Duration) -> Option<ParticipantId> {
        if self.question.is_some() {
            return None;
        }
        let at = self.queue.iter().position(|(from, _)| *from <= now)?;
        let (_, to) = self.queue.remove(at);
        self.asked.insert(to, now);
        self.question = Some(Question {
            to,
            until: now + PATIENCE,
            parts: 0,
        });
        Some(to)
    }

    /// Whether this participant was asked and has not told everything yet. The `last` part ends it.
    pub fn take(&mut self, now: Duration, from: ParticipantId, last: bool) -> bool {
        let Some(question) = self.question.as_mut().filter(|asked| asked.to == from) else {
            return false;
        };
        question.until = now + PATIENCE;
        question.parts += 1;
        if last || question.parts >= HISTORY_PARTS {
            self.question = None;
        }
        true
    }

    /// Gives up who does not answer; whether someone was.
    pub fn handle_timeout(&mut self, now: Duration) -> bool {
        let late = |question: &mut Question| question.until <= now;
        self.question.take_if(late).is_some()
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        match &self.question {
            Some(question) => Some(question.until),
            None => self.queue.iter().map(|(from, _)| *from).min(),
        }
    }

    /// Someone is gone.
    pub fn forget(&mut self, id: ParticipantId) {
        self.question.take_if(|question| question.to == id);
        self.queue.retain(|(_, other)| *other != id);
        self.asked.remove(&id);
    }
}
