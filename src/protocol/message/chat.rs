//! Lines of the chat, as they are said and as they are told to who came later.

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    super::{CHAT_CHARS, DisplayName, LARGEST_NUMBER, ParticipantId},
    FileInfo, Stamp,
};

/// A line of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chat {
    /// The author's own count of messages, from 1.
    pub n: u32,
    /// More than of all that the author had seen: a Lamport clock, by which the chat is ordered.
    pub clock: u64,
    /// Milliseconds since 1970 by the author's clock.
    pub at: u64,
    /// What is said; empty only beside a file.
    pub text: ChatText,
    /// The file that is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileInfo>,
    /// What the author was called when it was said: the server puts it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// By which the server knows it again, with its author and name: put in by the server, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<Stamp>,
}

/// A line of the chat with its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawMessage")]
pub struct ChatMessage {
    /// Who said it.
    pub author: ParticipantId,
    /// What they said.
    #[serde(flatten)]
    pub chat: Chat,
}

/// A text of at most 2,000 characters, without blanks around it and without control characters other than
/// newline and tab.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ChatText(Box<str>);

/// Why a text is no [`ChatText`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadChatText {
    /// More than 2,000 characters.
    #[error("a message has at most 2,000 characters")]
    TooLong,
    /// A control character.
    #[error("a message can't have control characters")]
    Forbidden,
}

impl Chat {
    /// Something has to be said, and the numbers have to be such that JavaScript counts on from them.
    pub(super) fn checked(self) -> Result<Self, &'static str> {
        if self.text.is_empty() && self.file.is_none() {
            return Err("a message has a text or a file");
        }
        if self.n == 0 || self.clock > LARGEST_NUMBER || self.at > LARGEST_NUMBER {
            return Err("a message counts from 1, and to 2 to the power of 52");
        }
        Ok(self)
    }
}

impl ChatText {
    /// Parses what a person typed.
    ///
    /// # Errors
    /// [`BadChatText`] says what is wrong, as a sentence to show.
    pub fn parse(text: &str) -> Result<Self, BadChatText> {
        let text = text.trim();
        if text.chars().take(CHAT_CHARS + 1).count() > CHAT_CHARS {
            return Err(BadChatText::TooLong);
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        {
            return Err(BadChatText::Forbidden);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for ChatText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// A [`ChatMessage`] field by field, before it is known whether it says something.
#[derive(Deserialize)]
struct RawMessage {
    author: ParticipantId,
    #[serde(default)]
    name: Option<DisplayName>,
    n: u32,
    clock: u64,
    at: u64,
    text: ChatText,
    #[serde(default)]
    file: Option<FileInfo>,
    #[serde(default)]
    stamp: Option<Stamp>,
}

impl TryFrom<RawMessage> for ChatMessage {
    type Error = &'static str;

    fn try_from(loose: RawMessage) -> Result<Self, Self::Error> {
        let chat = Chat {
            n: loose.n,
            clock: loose.clock,
            at: loose.at,
            text: loose.text,
            file: loose.file,
            name: loose.name,
            stamp: loose.stamp,
        };
        Ok(Self {
            author: loose.author,
            chat: chat.checked()?,
        })
    }
}
