//! What is said beside the voices: the chat, passing signs, and what the host asks and decides.

use leptos::prelude::*;

use crate::{
    call::{ChatChange, ChatLine, DeliveryState, Intent, OutgoingMessage},
    meeting::{
        announcer::Announcer, call_handle::CallHandle, people::People, refusal_text, sounds::Sounds,
    },
    platform::{
        chime::Chime,
        clock,
        task::{sleep, spawn_local},
    },
    protocol::{ChatText, HostAction, Knocker, Lobby, ParticipantId, Reaction, Refused, RoomState},
    words::{Phrase, Word, say, t},
};

/// Reactions that float at one time.
const MAX_FLOATING: usize = 24;
/// Milliseconds that one floats.
const FLOAT_DURATION: u32 = 4_000;

/// What is said and decided, as the pages see it. A handle.
#[derive(Debug, Clone, Copy)]
pub struct RoomTalk {
    /// The chat, in order.
    pub lines: RwSignal<Vec<ChatLine>>,
    /// How many lines of others came in all.
    pub come: RwSignal<usize>,
    /// How many lines came since the chat was looked at.
    pub unread: RwSignal<usize>,
    /// Whether the chat is being looked at.
    pub reading: RwSignal<bool>,
    /// The floating reactions.
    pub reactions: RwSignal<Vec<Floating>>,
    /// Who the host is, and whether one has to knock.
    pub rule: RwSignal<RoomState>,
    /// Who knocks, for the host.
    pub waiting: RwSignal<Vec<Knocker>>,
    /// What is seen of the room from outside.
    pub lobby: RwSignal<Option<Lobby>>,
    /// Someone whom the person wants to put out, when others share their address: they are still here.
    pub asks_back: RwSignal<Option<Removal>>,
    /// Whether the room is to be locked with the last removal that was asked for.
    locks: StoredValue<bool>,
    call: CallHandle,
    announcer: Announcer,
    people: People,
    sounds: Sounds,
}

/// The removal of someone whose address others share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// Who.
    pub id: ParticipantId,
    /// How many others here come from there.
    pub others: usize,
    /// Whether the room is to be locked, too.
    pub locks: bool,
}

/// A floating reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floating {
    /// Counts them.
    pub number: u32,
    /// Which.
    pub reaction: Reaction,
    /// Whose.
    pub name: String,
}

impl RoomTalk {
    /// Nothing said yet.
    #[inline(never)]
    pub(in crate::meeting) fn new(
        call: CallHandle,
        announcer: Announcer,
        people: People,
        sounds: Sounds,
    ) -> Self {
        Self {
            lines: RwSignal::new(Vec::new()),
            come: RwSignal::new(0),
            unread: RwSignal::new(0),
            reading: RwSignal::new(false),
            reactions: RwSignal::new(Vec::new()),
            rule: RwSignal::new(RoomState::default()),
            waiting: RwSignal::new(Vec::new()),
            lobby: RwSignal::new(None),
            asks_back: RwSignal::new(None),
            locks: StoredValue::new(false),
            call,
            announcer,
            people,
            sounds,
        }
    }

    /// Writes to everybody.
    pub fn send(&self, text: ChatText) {
        self.call.send_intent(Intent::Send(OutgoingMessage::Chat {
            text,
            file: None,
            at: clock::unix_millis(),
        }));
    }

    /// Sends a passing sign.
    pub fn react(&self, reaction: Reaction) {
        self.call
            .send_intent(Intent::Send(OutgoingMessage::React(reaction)));
    }

    /// Uses a power of the host.
    pub fn host(&self, action: HostAction) {
        self.call.send_intent(Intent::Host(action));
    }

    /// Puts someone out, and locks the room in the same step if that is wanted. Without a word on the address, the
    /// server asks back where others share it.
    pub fn remove(&self, id: ParticipantId, lock: bool, address: Option<bool>) {
        self.locks.set_value(lock);
        self.host(HostAction::Kick { id, lock, address });
    }

    /// The server has not done what was asked; where it asks back, the person is asked.
    pub(in crate::meeting) fn handle_refusal(&self, refused: &Refused) {
        match (&*refused.code, refused.id, refused.others) {
            ("address-shared", Some(id), Some(others)) => {
                let locks = self.locks.get_value();
                self.asks_back.set(Some(Removal { id, others, locks }));
            }
            _ => self.announcer.announce(refusal_text::refusal_text(refused)),
        }
    }

    /// Whether the person is the host, which is followed.
    pub fn is_host(&self) -> bool {
        let you = self.call.you.get();
        you.is_some() && self.rule.read().host == you
    }

    /// The host is another, or the room was locked or unlocked.
    pub(in crate::meeting) fn set_room_state(&self, state: RoomState) {
        let before = self.rule.get_untracked();
        self.rule.set(state);
        if before.host.is_some()
            && before.host != state.host
            && state.host == self.call.you.get_untracked()
        {
            self.announcer.announce(t(Word::RoomYouHost));
        }
        if before.locked != state.locked {
            self.announcer.announce(t(if state.locked {
                Word::RoomLockedNow
            } else {
                Word::RoomUnlockedNow
            }));
        }
    }

    /// Others are in the waiting room.
    pub(in crate::meeting) fn set_waiting(&self, waiting: Vec<Knocker>) {
        let known = self.waiting.get_untracked();
        for gone in known.iter().filter(|knocker| !waiting.contains(knocker)) {
            self.people.forget_name(gone.id);
        }
        for knocker in waiting.iter().filter(|knocker| !known.contains(knocker)) {
            let name = &self.people.knocker_name(knocker);
            self.announcer.announce(say(Phrase::RoomKnocks { name }));
            self.sounds.chime(Chime::Notice);
        }
        self.waiting.set(waiting);
    }

    pub(in crate::meeting) fn apply_chat_change(&self, change: ChatChange) {
        match change {
            ChatChange::Added { at, line, is_news } => {
                let heard = !matches!(
                    line.standing,
                    DeliveryState::OnItsWay | DeliveryState::Delivered
                );
                self.people.note_author(&line);
                if is_news && heard {
                    self.announce_message(&line);
                }
                if heard {
                    self.come.update(|come| *come += 1);
                }
                self.lines
                    .update(|lines| lines.insert(at.min(lines.len()), line));
            }
            ChatChange::Delivered { at } => self.lines.update(|lines| {
                if let Some(line) = lines.get_mut(at) {
                    line.standing = DeliveryState::Delivered;
                }
            }),
            ChatChange::Dropped { at } => self.lines.update(|lines| {
                if at < lines.len() {
                    lines.remove(at);
                }
            }),
        }
    }

    fn announce_message(&self, line: &ChatLine) {
        let name = untrack(|| self.people.author_name(line));
        let (name, text) = (name.as_str(), line.message.chat.text.as_str());
        if let Some(file) = &line.message.chat.file {
            let file = file.name();
            self.announcer
                .announce(say(Phrase::RoomOffers { name, file }));
        }
        if !text.is_empty() {
            self.announcer
                .announce(say(Phrase::RoomWrote { name, text }));
        }
        if !self.reading.get_untracked() {
            self.unread.update(|unread| *unread += 1);
            self.sounds.chime(Chime::Notice);
        }
    }

    pub(in crate::meeting) fn show_reaction(&self, from: ParticipantId, reaction: Reaction) {
        let name = if self.call.you.get_untracked() == Some(from) {
            t(Word::TileYou).to_owned()
        } else {
            let person = self.people.find(from);
            person
                .map(|person| person.spoken_name())
                .unwrap_or_default()
        };
        let reactions = self.reactions;
        let number = reactions
            .with_untracked(|all| all.last().map_or(0, |last| last.number.wrapping_add(1)));
        reactions.update(|all| {
            if all.len() >= MAX_FLOATING {
                all.remove(0);
            }
            all.push(Floating {
                number,
                reaction,
                name,
            });
        });
        spawn_local(async move {
            sleep(FLOAT_DURATION).await;
            reactions.try_update(|all| all.retain(|floating| floating.number != number));
        });
    }
}
