//! Talk: small messages among those inside a room, which the server passes on and forgets.

mod body;
mod chat;
mod file;
mod stamp;

pub use body::{ChatPosition, FileStep, MessageBody, Reaction, VideoSubscription};
pub use chat::{BadChatText, Chat, ChatMessage, ChatText};
pub use file::{BadFile, FileInfo};
pub use stamp::{Stamp, Stamped};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{ParticipantId, Refusal, TALK_BYTES};

/// The payload of `say`: something for one participant, or for all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageTo {
    /// For whom; all others when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ParticipantId>,
    /// What.
    pub body: MessageBody,
}

/// The payload of `said`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageFrom {
    /// Who says it.
    pub from: ParticipantId,
    /// What.
    pub body: MessageBody,
}

impl MessageTo {
    /// Parses the payload.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for what does not fit, is larger than 96 KiB, or is for one participant only
    /// and names none.
    pub fn parse(payload: &RawValue) -> Result<Self, Refusal> {
        let text = payload.get();
        if text.len() > TALK_BYTES {
            return Err(Refusal::Malformed("at most 96 KiB at once".into()));
        }
        let say: Self =
            serde_json::from_str(text).map_err(|error| Refusal::Malformed(error.to_string()))?;
        if say.to.is_none() && say.body.is_for_one() {
            return Err(Refusal::Malformed("this kind needs a `to`".into()));
        }
        Ok(say)
    }
}

#[cfg(test)]
mod tests;
