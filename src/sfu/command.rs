//! What the rooms have the SFU do, and what it has to say to participants. All that a room knows of the SFU is here.

use crate::protocol::{ParticipantId, RoomName, Signal, Tracks};

/// What the SFU is to do. To signaling it is one more participant: who makes every offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SfuCommand {
    /// Connect with a participant, in the place of an earlier introduction if there was one.
    Begin {
        /// Where: what it sends is for the others there.
        room: RoomName,
        /// Who.
        participant: ParticipantId,
        /// Counts the introductions of the two.
        generation: u32,
    },
    /// Take what a participant says for this introduction.
    Signal {
        /// Who.
        participant: ParticipantId,
        /// Which of the introductions.
        generation: u32,
        /// What it says.
        signal: Signal,
    },
    /// Carry the camera of `of` to a participant, or do not. Before it is told, it does.
    SetSubscription {
        /// To whom.
        participant: ParticipantId,
        /// Whose.
        of: ParticipantId,
        /// Whether it is wanted.
        camera: bool,
    },
    /// Say again what is carried to a participant.
    TellAgain(ParticipantId),
    /// A participant has left.
    End(ParticipantId),
}

impl SfuCommand {
    /// Whom it is about.
    pub fn participant(&self) -> ParticipantId {
        match self {
            Self::Begin { participant, .. }
            | Self::Signal { participant, .. }
            | Self::SetSubscription { participant, .. }
            | Self::TellAgain(participant)
            | Self::End(participant) => *participant,
        }
    }
}

/// What the SFU has to say to a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SfuEvent {
    /// For this introduction.
    Signal {
        /// Which.
        generation: u32,
        /// What.
        signal: Signal,
    },
    /// What is carried, and where, and what cannot be: all of it.
    Tracks(Tracks),
}
