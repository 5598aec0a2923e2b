//! What a page shows of the talk and of the room: it follows the notices, and checks that they can be followed.

use std::collections::BTreeSet;

use super::*;
use crate::protocol::{FileStep, HostRequest, Knocker, Lobby, Reaction, VideoSubscription};

/// The page.
#[derive(Debug, Default)]
pub struct Shown {
    pub chat: Vec<ChatLine>,
    /// Lines that were said, and not told later.
    pub news: usize,
    pub reactions: Vec<(ParticipantId, Reaction)>,
    pub wanted: Vec<(ParticipantId, VideoSubscription)>,
    pub files: Vec<(ParticipantId, u32, FileStep)>,
    pub asked: Vec<HostRequest>,
    pub room: RoomState,
    pub waiting: Vec<Knocker>,
    pub lobby: Option<Lobby>,
    pub refused: Vec<Box<str>>,
    /// How often it entered as somebody new: each time another meeting may have begun.
    pub entered: usize,
}

impl Shown {
    pub fn take(&mut self, notice: Notice) {
        match notice {
            Notice::Chat(change) => self.change(change),
            Notice::Reaction { from, reaction } => self.reactions.push((from, reaction)),
            Notice::Wanted { by, video } => self.wanted.push((by, video)),
            Notice::File { from, n, step, .. } => self.files.push((from, n, step)),
            Notice::HostRequest(asked) => self.asked.push(asked),
            Notice::Room(state) => self.room = state,
            Notice::Waiting(waiting) => self.waiting = waiting,
            Notice::Lobby(lobby) => self.lobby = Some(lobby),
            Notice::Refused(refused) => self.refused.push(refused.code),
            Notice::Admitted { resumed, .. } => self.entered += usize::from(!resumed),
            Notice::Phase(_)
            | Notice::Member(_)
            | Notice::Gone(_)
            | Notice::Link(..)
            | Notice::Unfit(..) => {}
        }
    }

    /// What is shown of the chat, in order.
    pub fn texts(&self) -> Vec<&str> {
        let texts = self.chat.iter();
        texts.map(|line| line.message.chat.text.as_str()).collect()
    }

    fn change(&mut self, change: ChatChange) {
        match change {
            ChatChange::Added { at, line, is_news } => {
                self.news += usize::from(is_news);
                self.chat.insert(at, line);
            }
            ChatChange::Delivered { at } => self.chat[at].standing = DeliveryState::Delivered,
            ChatChange::Dropped { at } => drop(self.chat.remove(at)),
        }
        assert!(self.chat.len() <= CHAT_LINES);
        let place = |line: &ChatLine| {
            let ChatMessage { author, chat } = &line.message;
            (chat.clock, *author, chat.n)
        };
        let pairs = self.chat.windows(2);
        let falls = pairs.filter(|pair| place(&pair[0]) >= place(&pair[1]));
        assert!(
            falls.count() <= self.entered.saturating_sub(1),
            "in order, one meeting after the other"
        );
        let names = self
            .chat
            .iter()
            .map(|line| (line.message.author, line.message.chat.n));
        let names: BTreeSet<_> = names.collect();
        assert_eq!(names.len(), self.chat.len(), "no doubles");
    }
}
