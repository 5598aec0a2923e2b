//! What those inside say to each other by way of the server: the chat, passing signs, and what one wants of another.

use std::time::Duration;

use super::{
    chat::{Chat, say},
    inbound_limits::Throttled,
    io::{Notice, Outputs},
    outgoing_message::OutgoingMessage,
};
use crate::protocol::{
    DisplayName, FileStep, MessageBody, MessageFrom, ParticipantId, Rate, RateLimiter, Refused,
    Stamp, Stamped, VideoSubscription,
};
use crate::sorted_map::SortedMap;

/// Reactions that the own person sends: below what the server takes.
const SENT: Rate = Rate {
    each: Duration::from_millis(125),
    burst: 15,
};
/// Reactions of one participant that are shown; the rest are too many to look at.
const SHOWN: Rate = Rate {
    each: Duration::from_millis(50),
    burst: 20,
};

/// Reactions of all together that are shown.
const SHOWN_OF_ALL: Rate = Rate::per_second(40, 80);

/// Questions of one participant for files that are heard.
const ASKED: Rate = Rate {
    each: Duration::from_millis(200),
    burst: 20,
};

/// The talk of one stay.
#[derive(Debug, Default)]
pub(super) struct Messages {
    chat: Chat,
    /// The own reactions.
    sent: RateLimiter,
    /// Those of others.
    shown: SortedMap<ParticipantId, RateLimiter>,
    shown_of_all: RateLimiter,
    /// Questions for files.
    asked: SortedMap<ParticipantId, RateLimiter>,
    subscriptions: SortedMap<ParticipantId, VideoSubscription>,
    /// What others want of the own camera, and has not been done yet.
    wanted: SortedMap<ParticipantId, Throttled<VideoSubscription>>,
}

/// Who the own person is at that moment.
#[derive(Debug)]
pub(super) struct LocalUser {
    pub you: ParticipantId,
    pub name: Option<DisplayName>,
    /// Whether the server is there.
    pub open: bool,
}

impl Messages {
    /// Inside, where these are, in the order of their joining: what they may have missed is said again.
    pub fn enter(
        &mut self,
        now: Duration,
        you: ParticipantId,
        (meeting, here): (Option<Stamp>, Vec<ParticipantId>),
        out: &mut Outputs,
    ) {
        here.iter().for_each(|id| self.send_subscription(*id, out));
        self.chat.enter(now, you, (meeting, here), out);
        self.chat.advance(now, out);
    }

    /// So many messages were said by the participant before, from another page.
    pub fn resume_from(&mut self, said: u32) {
        self.chat.resume_from(said);
    }

    /// How many messages the participant has said.
    pub fn said(&self) -> u32 {
        self.chat.said()
    }

    /// Someone's socket is there, perhaps after a while.
    pub fn send_subscription(&self, of: ParticipantId, out: &mut Outputs) {
        if let Some(video) = self.subscriptions.get(&of).copied() {
            say(Some(of), MessageBody::Subscribe { video }, out);
        }
    }

    /// How much of someone's camera is wanted.
    pub fn subscription(&self, of: ParticipantId) -> VideoSubscription {
        let subscription = self.subscriptions.get(&of);
        subscription.copied().unwrap_or(VideoSubscription::Full)
    }

    /// The person says something.
    pub fn send(
        &mut self,
        now: Duration,
        speaker: LocalUser,
        utterance: OutgoingMessage,
        out: &mut Outputs,
    ) {
        let open = speaker.open;
        match utterance {
            OutgoingMessage::Chat { text, file, at } => {
                self.chat.say(speaker.name, (text, file), at, out);
            }
            OutgoingMessage::React(reaction) => {
                if open && self.sent.take(now, &SENT) {
                    say(None, MessageBody::React { reaction }, out);
                    let from = speaker.you;
                    out.notice(Notice::Reaction { from, reaction });
                }
            }
            OutgoingMessage::Want { of, video } => {
                self.subscriptions.insert(of, video);
                if open {
                    self.send_subscription(of, out);
                }
            }
            OutgoingMessage::File {
                to,
                author,
                n,
                step,
            } => {
                if open {
                    say(Some(to), MessageBody::File { author, n, step }, out);
                }
            }
        }
        if open {
            self.chat.advance(now, out);
        }
    }

    /// The server does not take the participant back; so far it had passed on its lines of the chat.
    pub fn give_up(&mut self, passed_on: Option<u32>) {
        self.chat.give_up(passed_on);
    }

    /// Someone says something.
    pub fn receive(&mut self, now: Duration, said: MessageFrom, out: &mut Outputs) {
        let from = said.from;
        match said.body {
            MessageBody::Chat(chat) => self.chat.hear(now, from, chat, out),
            MessageBody::ChatSync { have } => self.chat.handle_have(now, from, &have),
            MessageBody::History { messages, last } => {
                self.chat.handle_history(now, from, (messages, last), out);
            }
            MessageBody::React { reaction } => {
                if self.shown.get_or_default(from).take(now, &SHOWN)
                    && self.shown_of_all.take(now, &SHOWN_OF_ALL)
                {
                    out.notice(Notice::Reaction { from, reaction });
                }
            }
            // About the way that media takes: not for here.
            MessageBody::DirectPause { .. } => {}
            MessageBody::Subscribe { video } => {
                self.wanted.get_or_default(from).set(video);
                self.apply_subscriptions(now, out);
            }
            MessageBody::File { author, n, step } => {
                let heard =
                    step != FileStep::Ask || self.asked.get_or_default(from).take(now, &ASKED);
                if heard {
                    out.notice(Notice::File {
                        from,
                        author,
                        n,
                        step,
                    });
                }
            }
        }
        self.chat.advance(now, out);
    }

    /// The server answers the first line of the chat that it has not answered.
    pub fn handle_reply(
        &mut self,
        now: Duration,
        reply: Result<Stamped, Refused>,
        out: &mut Outputs,
    ) {
        self.chat.handle_reply(now, reply, out);
        self.chat.advance(now, out);
    }

    /// Someone is gone.
    pub fn forget(&mut self, id: ParticipantId) {
        self.chat.forget(id);
        self.shown.remove(&id);
        self.asked.remove(&id);
        self.wanted.remove(&id);
        self.subscriptions.remove(&id);
    }

    /// The link is lost.
    pub fn cut(&mut self) {
        self.chat.cut();
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let wanted = self.wanted.iter();
        let wanted = wanted
            .filter_map(|(_, subscription)| subscription.poll_timeout())
            .min();
        [self.chat.poll_timeout(), wanted]
            .into_iter()
            .flatten()
            .min()
    }

    /// Says what is due; only while the link is open.
    pub fn handle_timeout(&mut self, now: Duration, out: &mut Outputs) {
        self.apply_subscriptions(now, out);
        self.chat.advance(now, out);
    }

    /// The server does not pass on so much: a question for the chat is put again.
    pub fn handle_rate_limited(&mut self, now: Duration) {
        self.chat.handle_rate_limited(now);
    }

    fn apply_subscriptions(&mut self, now: Duration, out: &mut Outputs) {
        for (by, subscription) in self.wanted.iter_mut() {
            if let Some(video) = subscription.poll(now) {
                out.notice(Notice::Wanted { by: *by, video });
            }
        }
    }
}
