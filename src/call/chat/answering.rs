//! Telling others what they lack of the chat, part by part.
//!
//! Whoever asks has this side upload up to all of its log, so what goes to one, and to all together, is bounded in bytes a
//! second. A few who come to a room of ordinary talk are told at once.

use std::{collections::VecDeque, time::Duration};

use super::log::{ChatOrder, Log, place};
use crate::protocol::{
    ChatMessage, ChatPosition, HISTORY_MESSAGES, ParticipantId, Rate, RateLimiter,
};
use crate::sorted_map::SortedMap;

/// Longest part, in bytes of JSON: three of the longest lines.
const PART_BYTES: usize = 50 * 1024;
/// From one part to the next: that many bytes are a third of what a connection may send meanwhile.
const PAUSE: Duration = Duration::from_millis(150);
/// Most who are told at a time.
const TOLD: usize = 256;
/// KiB for one who asks: a full log of lines of up to 1,900 characters at once. Whoever asks for that again waits.
const TO_ONE: Rate = Rate::per_second(24, 2_048);
/// KiB for all of them together.
const TO_ALL: Rate = Rate::per_second(64, 4_096);

/// Who is told what.
#[derive(Debug, Default)]
pub(super) struct Answering {
    /// Each gets one part in its turn.
    queue: VecDeque<Answer>,
    /// The next part goes out then at the earliest.
    next: Duration,
    /// What was told to each, as long as they are here.
    to_each: SortedMap<ParticipantId, RateLimiter>,
    to_all: RateLimiter,
}

#[derive(Debug)]
struct Answer {
    to: ParticipantId,
    holds: SortedMap<ParticipantId, u32>,
    /// What was told last.
    behind: Option<ChatOrder>,
}

/// A part of an answer.
#[derive(Debug)]
pub(super) struct Part {
    pub to: ParticipantId,
    pub messages: Vec<ChatMessage>,
    pub last: bool,
}

impl Answering {
    /// Someone asks; the answer to an earlier question of theirs ends.
    pub fn begin(&mut self, to: ParticipantId, have: &[ChatPosition]) {
        self.stop(to);
        if self.queue.len() < TOLD {
            let mut holds = SortedMap::new();
            for ChatPosition { author, n } in have {
                let most: &mut u32 = holds.get_or_default(*author);
                *most = (*n).max(*most);
            }
            let behind = None;
            self.queue.push_back(Answer { to, holds, behind });
        }
    }

    /// The next part, if it is time.
    pub fn poll(&mut self, now: Duration, log: &Log) -> Option<Part> {
        let is_due = |answer: &Answer| self.ready_at(answer) <= now;
        let at = self.queue.iter().position(is_due)?;
        let mut answer = self.queue.remove(at)?;
        self.next = now + PAUSE;
        let to = answer.to;
        let (messages, last) = answer.next_part(log);
        let bytes: usize = messages.iter().map(json_bytes).sum();
        let cost = u32::try_from(1 + bytes / 1024).unwrap_or(u32::MAX);
        self.to_each.get_or_default(to).charge(now, &TO_ONE, cost);
        self.to_all.charge(now, &TO_ALL, cost);
        if !last {
            self.queue.push_back(answer);
        }
        Some(Part { to, messages, last })
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let due = self.queue.iter().map(|answer| self.ready_at(answer));
        due.min()
    }

    /// Someone is gone.
    pub fn forget(&mut self, id: ParticipantId) {
        self.stop(id);
        self.to_each.remove(&id);
    }

    /// Nobody listens any more.
    pub fn clear(&mut self) {
        self.queue.clear();
    }

    fn stop(&mut self, id: ParticipantId) {
        self.queue.retain(|answer| answer.to != id);
    }

    /// When the next part may go out.
    fn ready_at(&self, answer: &Answer) -> Duration {
        let to_one = self.to_each.get(&answer.to);
        let to_one = to_one.map_or(Duration::ZERO, |limiter| limiter.ready_at(&TO_ONE, 1));
        let to_all = self.to_all.ready_at(&TO_ALL, 1);
        self.next.max(to_one).max(to_all)
    }
}

impl Answer {
    /// What fits, and whether it is all there is.
    fn next_part(&mut self, log: &Log) -> (Vec<ChatMessage>, bool) {
        let (mut messages, mut bytes) = (Vec::new(), 0);
        let mut behind = self.behind;
        for line in log.missing_for(&self.holds, self.behind) {
            bytes += json_bytes(&line.message);
            if messages.len() >= HISTORY_MESSAGES || bytes > PART_BYTES {
                self.behind = behind;
                return (messages, false);
            }
            behind = Some(place(line));
            messages.push(line.message.clone());
        }
        (messages, true)
    }
}

/// As many bytes as a message has at most, with every character of its texts escaped.
fn json_bytes(message: &ChatMessage) -> usize {
    let file = message.chat.file.as_ref();
    let file = file.map_or(0, |file| file.name().len() + file.mime().len());
    let name = message
        .chat
        .name
        .as_ref()
        .map_or(0, |name| name.as_str().len());
    256 + 2 * (message.chat.text.as_str().len() + name + file)
}
