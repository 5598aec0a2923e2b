//! What the person says to the others by way of the server.

use crate::protocol::{ChatText, FileInfo, FileStep, ParticipantId, Reaction, VideoSubscription};

/// Something that the person says. Means nothing outside a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutgoingMessage {
    /// A line of the chat: it is shown at once, and said as soon as the server is there.
    Chat {
        /// What is said; may be empty beside a file.
        text: ChatText,
        /// The file that is offered.
        file: Option<FileInfo>,
        /// Milliseconds since 1970.
        at: u64,
    },
    /// A passing sign: not said while the server is away, nor faster than it takes them.
    React(Reaction),
    /// What to receive of someone's camera from now on.
    Want {
        /// Whose.
        of: ParticipantId,
        /// How much.
        video: VideoSubscription,
    },
    /// About the bytes of a file; not said while the server is away.
    File {
        /// To whom.
        to: ParticipantId,
        /// Who offered it.
        author: ParticipantId,
        /// In which of their messages.
        n: u32,
        /// What is to happen.
        step: FileStep,
    },
}
