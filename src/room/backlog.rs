//! What may be queued for one who reads slowly.
//!
//! Whoever leaves too much unread is cut. What is sent to one participant alone must not bring that about, or anybody in a
//! room could cut whoever is on a slow link: the sender is refused instead, first the one who sends most.

use std::time::Duration;

use super::{ConnectionId, Rooms, participant::Connection};
use crate::protocol::{
    BACKLOG, BACKLOG_OF_FEW, MessageBody, MessageTo, ParticipantId, Refusal, SignalMessage,
    UNICAST_OF_PAIR,
};

/// What an event takes beside its texts, in bytes.
const EVENT_OVERHEAD: usize = 256;

/// Something that a participant has for another one alone.
#[derive(Debug, Clone, Copy)]
pub struct Unicast {
    to: ParticipantId,
    bytes: usize,
}

impl Unicast {
    /// A signal always is.
    pub fn signal(signal: &SignalMessage) -> Self {
        Self {
            to: signal.conn_user_socket_id,
            bytes: EVENT_OVERHEAD + signal.signal.bytes(),
        }
    }

    /// What is said may be.
    pub fn said(say: &MessageTo) -> Option<Self> {
        let texts = match &say.body {
            MessageBody::Chat(chat) => chat.text.as_str().len(),
            MessageBody::History { messages, .. } => messages
                .iter()
                .map(|message| EVENT_OVERHEAD + message.chat.text.as_str().len())
                .sum(),
            MessageBody::React { .. }
            | MessageBody::ChatSync { .. }
            | MessageBody::Subscribe { .. }
            | MessageBody::DirectPause { .. }
            | MessageBody::File { .. } => 0,
        };
        Some(Self {
            to: say.to?,
            bytes: EVENT_OVERHEAD + texts,
        })
    }
}

impl Rooms {
    /// Counts what a connection is about to send to one participant alone, of whose connection `unsent` tells how many
    /// bytes wait for it. To be asked before the input.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`]: so much waits there that this would help to have the other one cut. Nothing has changed.
    pub fn take_unicast(
        &mut self,
        now: Duration,
        from: ConnectionId,
        what: Unicast,
        unsent: impl FnOnce(ConnectionId) -> usize,
    ) -> Result<(), Refusal> {
        let Some((name, you)) = self.connections_inside.get(&from) else {
            return Ok(());
        };
        let Some(room) = self.rooms.get_mut(name) else {
            return Ok(());
        };
        // What is kept for who is away has its own bounds, and so has what is for the SFU.
        let Some(Connection::Live(to)) = room
            .participants
            .get(&what.to)
            .map(|participant| &participant.connection)
        else {
            return Ok(());
        };
        let unsent = unsent(*to);
        let Some(pair) = room.pairs.find(*you, what.to) else {
            return Ok(());
        };
        if unsent > BACKLOG {
            return Err(Refusal::RateLimited);
        }
        let cost = u32::try_from(what.bytes).unwrap_or(u32::MAX);
        let is_little = pair.unicast.take_many(now, &UNICAST_OF_PAIR, cost);
        if unsent > BACKLOG_OF_FEW && !is_little {
            return Err(Refusal::RateLimited);
        }
        Ok(())
    }
}
