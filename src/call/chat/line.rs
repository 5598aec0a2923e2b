//! A line of the chat, and how the list of them changes.

use crate::protocol::ChatMessage;

/// A message and how it came here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatLine {
    /// Who said what, and when.
    pub message: ChatMessage,
    /// How it came here, or how far it has come.
    pub standing: DeliveryState,
}

/// How a message came here, or how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// The own person said it, and nobody is known to have it.
    OnItsWay,
    /// The own person said it, and it was passed on.
    Delivered,
    /// Its author said it.
    Heard,
    /// Someone else told it.
    Told,
}

/// A change of the chat, in terms of the list that all changes before it have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatChange {
    /// A line stands at this place now, and those from there on stand one further.
    Added {
        /// Where.
        at: usize,
        /// What.
        line: ChatLine,
        /// Whether it is being said, and not told of an earlier time.
        is_news: bool,
    },
    /// The own line at this place is [delivered](DeliveryState::Delivered).
    Delivered {
        /// Where.
        at: usize,
    },
    /// The line at this place is gone, and those behind it have moved up.
    Dropped {
        /// Where.
        at: usize,
    },
}
