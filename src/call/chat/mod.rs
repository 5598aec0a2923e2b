//! The chat, which the pages of those inside hold together: the server passes it on and keeps nothing.
//!
//! Own messages are said until the server has passed them on ([`outbox`]). Who enters or returns asks those inside
//! for what it lacks ([`asking`]) and is told ([`answering`]); who is asked by one that has more asks back. So the
//! [`log`] of any two who can talk to each other becomes the same.
//!
//! The server stamps what it passes on, and passes on no line in an answer that has no stamp of this meeting: so what is told
//! was said, by whom it names. What was said before a place was given up and may not have been passed on is said again
//! under the next id; how far the server had come, it says when it refuses the return.

mod answering;
mod asking;
pub(super) mod line;
mod log;
mod outbox;

use std::time::Duration;

use super::io::{Notice, Outputs};
use crate::protocol::{
    Chat as Said, ChatMessage, ChatPosition, ChatText, ClientEvent, DisplayName, FileInfo,
    LARGEST_NUMBER, MessageBody, MessageTo, ParticipantId, Refused, Stamp, Stamped,
};
use answering::Answering;
use asking::Asking;
pub use line::{ChatChange, ChatLine, DeliveryState};
pub use log::CHAT_LINES;
use log::{Log, to_wire};
use outbox::Outbox;

/// The chat of one stay.
#[derive(Debug, Default)]
pub(super) struct Chat {
    log: Log,
    /// The own ids; the last is the one that counts.
    own: Vec<ParticipantId>,
    /// How much was said under it.
    count: u32,
    /// How much of that from an earlier page: it is told by others, as what they have said is.
    earlier: u32,
    /// How far that was passed on, where the server has said so as it refused the return.
    passed_on: u32,
    meeting: Option<Stamp>,
    outbox: Outbox,
    asking: Asking,
    answering: Answering,
}

impl Chat {
    /// Inside, where these are in the order of their joining. Under a new id, what was said before is still the
    /// own, and said again if it was not passed on.
    pub fn enter(
        &mut self,
        now: Duration,
        you: ParticipantId,
        (meeting, here): (Option<Stamp>, Vec<ParticipantId>),
        out: &mut Outputs,
    ) {
        let before = std::mem::replace(&mut self.meeting, meeting);
        if before != meeting && !self.own.is_empty() {
            self.log.begin_meeting();
        }
        if self.own.last() != Some(&you) {
            let comes_back = self.own.is_empty();
            self.earlier = if comes_back { self.earlier } else { 0 };
            self.own.push(you);
            self.count = self.earlier;
            self.outbox.clear();
            self.resend(you, out);
        }
        self.asking.begin(now, here);
    }

    /// So many messages were said by the participant before, from another page; to be told before entering.
    pub fn resume_from(&mut self, said: u32) {
        if self.own.is_empty() {
            self.earlier = said;
        }
    }

    /// How many messages were said under the last of the own ids.
    pub fn said(&self) -> u32 {
        self.count
    }

    /// The server does not take the participant back; so far it had passed on what was said.
    pub fn give_up(&mut self, passed_on: Option<u32>) {
        self.passed_on = passed_on.unwrap_or(0);
    }

    fn resend(&mut self, you: ParticipantId, out: &mut Outputs) {
        let passed_on = std::mem::take(&mut self.passed_on);
        for (message, is_of_now) in self.log.undelivered() {
            let ChatMessage { author, chat } = message;
            if chat.n <= passed_on {
                self.log.deliver(author, chat.n, Stamped::default(), out);
                continue;
            }
            self.log.remove(author, chat.n, out);
            let clock = if is_of_now {
                chat.clock
            } else {
                self.log.next_clock()
            };
            self.put(you, Said { clock, ..chat }, out);
        }
    }

    /// The person says something, at this moment by the clock on the wall.
    pub fn say(
        &mut self,
        name: Option<DisplayName>,
        (text, file): (ChatText, Option<FileInfo>),
        at: u64,
        out: &mut Outputs,
    ) {
        let Some(author) = self.own.last().copied() else {
            return;
        };
        if text.is_empty() && file.is_none() {
            return;
        }
        let chat = Said {
            n: 0,
            clock: self.log.next_clock(),
            at: at.min(LARGEST_NUMBER),
            text,
            file,
            name,
            stamp: None,
        };
        self.put(author, chat, out);
    }

    /// Shows an own line and has it said, as the next.
    fn put(&mut self, author: ParticipantId, chat: Said, out: &mut Outputs) {
        self.count = self.count.saturating_add(1);
        let n = self.count;
        let chat = Said { n, ..chat };
        let message = ChatMessage { author, chat };
        let standing = DeliveryState::OnItsWay;
        self.log.insert(ChatLine { message, standing }, true, out);
        self.outbox.push(n);
    }

    /// Someone says something. What has no stamp was not said to all.
    pub fn hear(&mut self, now: Duration, author: ParticipantId, chat: Said, out: &mut Outputs) {
        if self.own.contains(&author) || chat.stamp.is_none() {
            return;
        }
        let knows_all = !self.asking.is_under_way();
        if knows_all && !self.log.reaches(chat.clock) {
            return self.asking.ask(now, author);
        }
        let before = self.log.held().get(&author).copied().unwrap_or(0);
        if knows_all && chat.n > before.saturating_add(1) {
            self.asking.ask(now, author);
        }
        let message = ChatMessage { author, chat };
        let standing = DeliveryState::Heard;
        self.log.insert(ChatLine { message, standing }, true, out);
    }

    /// Someone holds this and asks for the rest.
    pub fn handle_have(&mut self, now: Duration, from: ParticipantId, have: &[ChatPosition]) {
        let held = self.log.held();
        let lacks = |theirs: &ChatPosition| {
            let ours = held.get(&theirs.author).copied().unwrap_or(0);
            theirs.n > ours && !self.own.contains(&theirs.author)
        };
        if have.iter().any(lacks) {
            self.asking.ask(now, from);
        }
        self.answering.begin(from, have);
    }

    /// Someone who was asked tells what is lacking, or a part of it.
    pub fn handle_history(
        &mut self,
        now: Duration,
        from: ParticipantId,
        (messages, last): (Vec<ChatMessage>, bool),
        out: &mut Outputs,
    ) {
        if !self.asking.take(now, from, last) {
            return;
        }
        for message in messages {
            if message.chat.stamp.is_none() {
                continue;
            }
            if self.is_told(&message) {
                let standing = if message.author == from {
                    DeliveryState::Heard
                } else if self.own.contains(&message.author) {
                    DeliveryState::Delivered
                } else {
                    DeliveryState::Told
                };
                self.log.insert(ChatLine { message, standing }, false, out);
            } else {
                self.log.adopt(message, out);
            }
        }
        if last {
            self.log.close_gaps();
        }
        self.settle(out);
    }

    /// Whether a message is one that this page did not say itself.
    fn is_told(&self, message: &ChatMessage) -> bool {
        let is_earlier = self.own.last() == Some(&message.author) && message.chat.n <= self.earlier;
        is_earlier || !self.own.contains(&message.author)
    }

    /// The server answers the first message that it has not answered.
    pub fn handle_reply(
        &mut self,
        now: Duration,
        reply: Result<Stamped, Refused>,
        out: &mut Outputs,
    ) {
        let (Some(you), Some(n)) = (self.own.last().copied(), self.outbox.answered()) else {
            return;
        };
        match reply {
            Ok(stamped) => self.log.deliver(you, n, stamped, out),
            Err(refused) if refused.is_rate_limited() => self.outbox.put_back(now, n),
            Err(refused) => {
                self.log.remove(you, n, out);
                out.notice(Notice::Refused(refused));
            }
        }
    }

    /// The server does not pass on so much at once, perhaps a question.
    pub fn handle_rate_limited(&mut self, now: Duration) {
        self.asking.put_off(now);
    }

    /// The link is lost.
    pub fn cut(&mut self) {
        self.outbox.cut();
        self.answering.clear();
    }

    /// Someone is gone.
    pub fn forget(&mut self, id: ParticipantId) {
        self.asking.forget(id);
        self.answering.forget(id);
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        [
            self.asking.poll_timeout(),
            self.answering.poll_timeout(),
            self.outbox.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Says what is due; only while the link is open.
    pub fn advance(&mut self, now: Duration, out: &mut Outputs) {
        if self.asking.handle_timeout(now) {
            self.settle(out);
        }
        if let Some(to) = self.asking.poll(now) {
            let have = to_wire(&self.log.held());
            say(Some(to), MessageBody::ChatSync { have }, out);
        }
        if let Some(part) = self.answering.poll(now, &self.log) {
            let answering::Part { to, messages, last } = part;
            say(Some(to), MessageBody::History { messages, last }, out);
        }
        while let Some(n) = self.outbox.poll(now) {
            let you = self.own.last().copied();
            // In a full log newer ones may have taken its place.
            if let Some(message) = you.and_then(|you| self.log.message(you, n)) {
                let (name, stamp) = (None, None);
                let chat = message.chat.clone();
                let chat = Said {
                    name,
                    stamp,
                    ..chat
                };
                say(None, MessageBody::Chat(chat), out);
                self.outbox.said(n);
            }
        }
    }

    /// When nobody is left to ask, what leads nowhere goes.
    fn settle(&mut self, out: &mut Outputs) {
        if !self.asking.is_under_way() {
            self.log.prune(out);
        }
    }
}

/// Says something to one or to all.
pub(super) fn say(to: Option<ParticipantId>, body: MessageBody, out: &mut Outputs) {
    out.emit(ClientEvent::Message(MessageTo { to, body }));
}
