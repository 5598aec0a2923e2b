//! Telling others what they lack of the chat, part by part, no faster than the server takes it.

use std::{collections::VecDeque, time::Duration};

use super::log::{Log, Place, place};
use crate::call::Sorted;
use crate::protocol::{HISTORY_MESSAGES, Held, Message, ParticipantId};

/// Longest part, in bytes of JSON.
const PART_BYTES: usize = 64 * 1024;
/// From one part to the next: that many bytes are two thirds of what a connection may send meanwhile.
const PAUSE: Duration = Duration::from_millis(100);
/// Most who are told at a time.
const TOLD: usize = 256;

/// Who is told what.
#[derive(Debug, Default)]
pub(super) struct Answering {
    /// Each gets one part in its turn.
    queue: VecDeque<Answer>,
    /// The next part goes out then.
    next: Duration,
}

#[derive(Debug)]
struct Answer {
    to: ParticipantId,
    holds: Sorted<ParticipantId, u32>,
    /// What was told last.
    behind: Option<Place>,
}

/// A part of an answer.
#[derive(Debug)]
pub(super) struct Part {
    pub to: ParticipantId,
    pub messages: Vec<Message>,
    pub last: bool,
}

impl Answering {
    /// Someone asks; the answer to an earlier question of theirs ends.
    pub fn begin(&mut self, to: ParticipantId, have: &[Held]) {
        self.forget(to);
        if self.queue.len() < TOLD {
            let mut holds = Sorted::new();
            for Held { author, n } in have {
                let most: &mut u32 = holds.get_or_default(*author);
                *most = (*n).max(*most);
            }
            let behind = None;
            self.queue.push_back(Answer { to, holds, behind });
        }
    }

    /// The next part, if it is time.
    pub fn poll(&mut self, now: Duration, log: &Log) -> Option<Part> {
        if now < self.next {
            return None;
        }
        let mut answer = self.queue.pop_front()?;
        self.next = now + PAUSE;
        let to = answer.to;
        let (messages, last) = answer.next_part(log);
        if !last {
            self.queue.push_back(answer);
        }
        Some(Part { to, messages, last })
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        (!self.queue.is_empty()).then_some(self.next)
    }

    /// Someone does not listen any more.
    pub fn forget(&mut self, id: ParticipantId) {
        self.queue.retain(|answer| answer.to != id);
    }

    /// Nobody does.
    pub fn clear(&mut self) {
        self.queue.clear();
    }
}

impl Answer {
    /// What fits, and whether it is all there is.
    fn next_part(&mut self, log: &Log) -> (Vec<Message>, bool) {
        let (mut messages, mut bytes) = (Vec::new(), 0);
        let mut behind = self.behind;
        for line in log.lacking(&self.holds, self.behind) {
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
fn json_bytes(message: &Message) -> usize {
    let file = message.chat.file.as_ref();
    let file = file.map_or(0, |file| file.name().len() + file.mime().len());
    let name = message
        .chat
        .name
        .as_ref()
        .map_or(0, |name| name.as_str().len());
    256 + 2 * (message.chat.text.as_str().len() + name + file)
}
