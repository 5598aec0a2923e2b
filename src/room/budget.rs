//! What is counted of one participant.

use std::time::Duration;

use crate::protocol::{CHATS, MessageBody, REACTIONS, RateLimiter};

/// What is counted of one participant.
#[derive(Debug, Default)]
pub(super) struct Budget {
    pub chats: RateLimiter,
    pub reactions: RateLimiter,
    /// What it says or shows to all, one for each.
    pub shown: RateLimiter,
    /// The same, one for each who hears it.
    pub sent: RateLimiter,
    /// How often others have it make a connection anew.
    pub renewals: RateLimiter,
    /// How often others ask it for the chat.
    pub questions: RateLimiter,
    /// How often it came back.
    pub returns: RateLimiter,
}

impl Budget {
    /// Whether this may be said now; then it counts.
    pub fn take_message(&mut self, now: Duration, body: &MessageBody) -> bool {
        match body {
            MessageBody::Chat(_) => self.chats.take(now, &CHATS),
            MessageBody::React { .. } => self.reactions.take(now, &REACTIONS),
            MessageBody::ChatSync { .. }
            | MessageBody::History { .. }
            | MessageBody::Subscribe { .. }
            | MessageBody::DirectPause { .. }
            | MessageBody::File { .. } => true,
        }
    }
}
