//! The kinds of talk.

use serde::{Deserialize, Serialize};

use super::{
    super::{DisplayName, HELD_MESSAGES, HISTORY_MESSAGES, ParticipantId, TrackSources},
    Chat, ChatMessage, ChatText, FileInfo, Stamp,
};

/// What is said. `kind` tells which it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawBody", tag = "kind", rename_all = "kebab-case")]
pub enum MessageBody {
    /// A line of the chat.
    Chat(Chat),
    /// A passing sign.
    React {
        /// Which.
        reaction: Reaction,
    },
    /// To one: this is the chat that I hold, please send what I lack.
    ChatSync {
        /// The newest that is held of each author, without a gap before it; at most
        /// [`HELD_MESSAGES`].
        have: Vec<ChatPosition>,
    },
    /// To one: what you lack of the chat, or a part of it.
    History {
        /// At most [`HISTORY_MESSAGES`].
        messages: Vec<ChatMessage>,
        /// Whether nothing follows.
        last: bool,
    },
    /// To one: what I want to receive of your camera.
    Subscribe {
        /// How much.
        video: VideoSubscription,
    },
    /// To one: these of your tracks reach me by the SFU; they need not come straight to me.
    DirectPause {
        /// Which; what is not among them is to come straight from now on.
        sources: TrackSources,
    },
    /// To one: about the bytes of a file that was offered in the chat. They travel straight between browsers.
    File {
        /// Who offered it.
        author: ParticipantId,
        /// In which of their messages.
        n: u32,
        /// What is to happen.
        step: FileStep,
    },
}

/// What someone holds of one author's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatPosition {
    /// Whose.
    pub author: ParticipantId,
    /// The author's count of the newest, from 1.
    pub n: u32,
}

/// A passing sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// Yes, good.
    ThumbsUp,
    /// Applause.
    Clap,
    /// Love.
    Heart,
    /// Laughter.
    Laugh,
    /// Astonishment.
    Wow,
    /// Celebration.
    Party,
    /// Let me think.
    Thinking,
    /// Sorrow.
    Sad,
}

/// How much of a camera someone wants to receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoSubscription {
    /// Nothing.
    None,
    /// A small picture.
    Low,
    /// All there is.
    Full,
}

/// What is to happen with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileStep {
    /// Please send it.
    Ask,
    /// It is not there any more.
    Refuse,
    /// No more of it, please.
    Stop,
}

impl Reaction {
    /// Every reaction, in the order to offer them in.
    pub const ALL: [Self; 8] = [
        Self::ThumbsUp,
        Self::Clap,
        Self::Heart,
        Self::Laugh,
        Self::Wow,
        Self::Party,
        Self::Thinking,
        Self::Sad,
    ];
}

impl MessageBody {
    /// Whether it means something to one participant only.
    pub fn is_for_one(&self) -> bool {
        match self {
            Self::Chat(_) | Self::React { .. } => false,
            Self::ChatSync { .. }
            | Self::History { .. }
            | Self::Subscribe { .. }
            | Self::DirectPause { .. }
            | Self::File { .. } => true,
        }
    }
}

/// All fields of all kinds: parsed in one pass without the buffer that serde's tagged enums need.
#[derive(Deserialize)]
struct RawBody {
    kind: RawKind,
    #[serde(default)]
    n: Option<u32>,
    #[serde(default)]
    clock: Option<u64>,
    #[serde(default)]
    at: Option<u64>,
    #[serde(default)]
    text: Option<ChatText>,
    #[serde(default)]
    file: Option<FileInfo>,
    #[serde(default)]
    name: Option<DisplayName>,
    #[serde(default)]
    stamp: Option<Stamp>,
    #[serde(default)]
    reaction: Option<Reaction>,
    #[serde(default)]
    have: Option<Vec<ChatPosition>>,
    #[serde(default)]
    messages: Option<Vec<ChatMessage>>,
    #[serde(default)]
    last: Option<bool>,
    #[serde(default)]
    video: Option<VideoSubscription>,
    #[serde(default)]
    author: Option<ParticipantId>,
    #[serde(default)]
    step: Option<FileStep>,
    #[serde(default)]
    sources: Option<TrackSources>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawKind {
    Chat,
    React,
    ChatSync,
    History,
    Subscribe,
    DirectPause,
    File,
}

impl TryFrom<RawBody> for MessageBody {
    type Error = &'static str;

    fn try_from(loose: RawBody) -> Result<Self, Self::Error> {
        Ok(match loose.kind {
            RawKind::Chat => {
                let chat = Chat {
                    n: loose.n.ok_or(CHAT)?,
                    clock: loose.clock.ok_or(CHAT)?,
                    at: loose.at.ok_or(CHAT)?,
                    text: loose.text.ok_or(CHAT)?,
                    file: loose.file,
                    name: loose.name,
                    stamp: loose.stamp,
                };
                Self::Chat(chat.checked()?)
            }
            RawKind::React => Self::React {
                reaction: loose.reaction.ok_or("a react has a reaction")?,
            },
            RawKind::ChatSync => Self::ChatSync {
                have: at_most(HELD_MESSAGES, loose.have.ok_or("a have has a have")?)?,
            },
            RawKind::History => Self::History {
                messages: at_most(HISTORY_MESSAGES, loose.messages.ok_or(HISTORY)?)?,
                last: loose.last.ok_or(HISTORY)?,
            },
            RawKind::Subscribe => Self::Subscribe {
                video: loose.video.ok_or("a want has a video")?,
            },
            RawKind::DirectPause => Self::DirectPause {
                sources: loose.sources.ok_or("a carried has sources")?,
            },
            RawKind::File => Self::File {
                author: loose.author.ok_or(FILE)?,
                n: loose.n.ok_or(FILE)?,
                step: loose.step.ok_or(FILE)?,
            },
        })
    }
}

const CHAT: &str = "a chat has n, clock, at and text";
const HISTORY: &str = "a history has messages and last";
const FILE: &str = "a file has author, n and step";

fn at_most<T>(bound: usize, list: Vec<T>) -> Result<Vec<T>, &'static str> {
    (list.len() <= bound)
        .then_some(list)
        .ok_or("too many entries")
}
