//! Talk in a room: passed on to whoever is there, and forgotten.
//!
//! A line of the chat gets a stamp on its way, which binds it to its author, the author's name and the meeting. Who
//! tells it to a newcomer later sends the stamp along, and the server passes on only what it has stamped itself: nobody
//! speaks for another, and nothing has to be kept.

use std::time::Duration;

use super::{
    Authenticator, ConnectionId, Output, Rooms, room::Room, rooms::locate,
    sfu_subscription::sfu_subscription,
};
use crate::protocol::{
    Chat, ChatMessage, FileStep, HISTORY_PARTS, MessageBody, MessageFrom, MessageTo, ParticipantId,
    Refusal, ServerEvent, Stamped,
};

impl Rooms {
    pub(super) fn handle_message(
        &mut self,
        now: Duration,
        connection: ConnectionId,
        mut say: MessageTo,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        if let Some(to) = say.to {
            room.participant(you, to)?;
        }
        room.may_send(you, &say)?;
        room.charge_message(now, you, say.to, &say.body)?;
        if matches!(say.body, MessageBody::Chat(_)) {
            // Who reads it reads the name that the speaker has now.
            room.flush(you, &mut self.outputs);
        }
        match &mut say.body {
            MessageBody::Chat(chat) => {
                let stamped = room.stamp(&self.seal, you, say.to.is_none(), chat);
                self.outputs.push_back(Output::Stamped(connection, stamped));
            }
            MessageBody::ChatSync { .. } => room.note_chat_sync(you, say.to),
            MessageBody::History { messages, last } => {
                room.count_answer(you, say.to, *last);
                messages.retain(|message| room.has_stamped(&self.seal, message));
            }
            MessageBody::React { .. }
            | MessageBody::Subscribe { .. }
            | MessageBody::DirectPause { .. }
            | MessageBody::File { .. } => {}
        }
        self.outputs.extend(sfu_subscription(room, you, &say));
        let others = say
            .to
            .map_or_else(|| room.others_in_order(you), |to| vec![to]);
        for other in others {
            let said = MessageFrom {
                from: you,
                body: say.body.clone(),
            };
            room.send_extension(other, ServerEvent::Message(said), &mut self.outputs);
        }
        Ok(())
    }
}

impl Room {
    /// Stamps a line of the chat with its author's name. What is for one only is no part of the chat that all share,
    /// and has no stamp.
    fn stamp(
        &mut self,
        seal: &Authenticator,
        author: ParticipantId,
        for_all: bool,
        chat: &mut Chat,
    ) -> Stamped {
        (chat.name, chat.stamp) = (None, None);
        if for_all && let Some(participant) = self.participants.get_mut(&author) {
            participant.last_message = participant.last_message.max(chat.n);
            chat.name = participant.presence.name.clone();
            chat.stamp = Some(seal.stamp(self.meeting, author, chat));
        }
        Stamped {
            name: chat.name.clone(),
            stamp: chat.stamp,
        }
    }

    /// Whether a line of the chat was said in this meeting, just so.
    fn has_stamped(&self, seal: &Authenticator, message: &ChatMessage) -> bool {
        let ChatMessage { author, chat } = message;
        let stamp = chat.stamp.as_ref();
        stamp.is_some_and(|stamp| stamp.is(&seal.stamp(self.meeting, *author, chat)))
    }

    /// Whether a participant may say this. Nobody speaks of another's file as its author, and nobody tells the
    /// chat to one who has not asked.
    fn may_send(&self, you: ParticipantId, say: &MessageTo) -> Result<(), Refusal> {
        match (&say.body, say.to) {
            (MessageBody::File { author, step, .. }, Some(to)) => {
                let fits = match step {
                    FileStep::Ask => to == *author,
                    FileStep::Refuse => you == *author,
                    FileStep::Stop => [you, to].contains(author),
                };
                let whose = "a file is its author's";
                fits.then_some(())
                    .ok_or_else(|| Refusal::Malformed(whose.into()))
            }
            (MessageBody::History { .. }, Some(to)) => {
                let asks = self
                    .participants
                    .get(&to)
                    .map(|participant| &participant.chat_syncs);
                let asked = asks.is_some_and(|asks| asks.iter().any(|(whom, _)| *whom == you));
                asked.then_some(()).ok_or(Refusal::NotAsked(to))
            }
            _ => Ok(()),
        }
    }

    /// Someone asks another one for the chat.
    fn note_chat_sync(&mut self, you: ParticipantId, whom: Option<ParticipantId>) {
        let Some(whom) = whom else {
            return;
        };
        let here: Vec<_> = self.order().collect();
        if let Some(participant) = self.participants.get_mut(&you) {
            participant
                .chat_syncs
                .retain(|(other, _)| *other != whom && here.contains(other));
            participant.chat_syncs.push((whom, 0));
        }
    }

    /// A part of an answer goes to one who has asked; the last one ends it.
    fn count_answer(&mut self, you: ParticipantId, to: Option<ParticipantId>, last: bool) {
        let Some(participant) = to.and_then(|to| self.participants.get_mut(&to)) else {
            return;
        };
        participant.chat_syncs.retain_mut(|(whom, parts)| {
            *parts = parts.saturating_add(u32::from(*whom == you));
            *whom != you || (!last && *parts < HISTORY_PARTS)
        });
    }
}
