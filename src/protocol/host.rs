//! What a host may do, and what the others hear of it.

use serde::{Deserialize, Serialize};

use super::{DisplayName, ParticipantId, Presence, Topology};

/// Who the host is, whether one has to knock, and how media goes: the payload of `room-state`, and part of an
/// [`Admission`](super::Admission).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoomState {
    /// The host; nobody while only clients of the seed are inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<ParticipantId>,
    /// Whether newcomers have to knock.
    pub locked: bool,
    /// How media goes.
    #[serde(default)]
    pub topology: Topology,
}

/// The payload of `host`: something that only the host may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum HostAction {
    /// Newcomers have to knock, or need not any more.
    Lock {
        /// Which of the two.
        locked: bool,
    },
    /// Answers one who knocks.
    Admit {
        /// Who, by the id in `knocking`.
        id: ParticipantId,
        /// Whether they may come in.
        admit: bool,
    },
    /// Asks a participant to turn their microphone off.
    Mute {
        /// Who.
        id: ParticipantId,
    },
    /// Asks everyone else to.
    MuteAll,
    /// Lowers a participant's hand.
    LowerHand {
        /// Whose.
        id: ParticipantId,
    },
    /// Lowers all hands.
    LowerHands,
    /// Puts a participant out of the room, and keeps them out of this meeting.
    Kick {
        /// Who.
        id: ParticipantId,
        /// Whether nobody else gets in from their network either. When it is left out, the network is kept out if
        /// nobody else inside or at the door shares it; else nothing happens, and the answer is
        /// [`AddressShared`](super::Refusal::AddressShared).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<bool>,
        /// Whether newcomers have to knock from now on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lock: bool,
    },
    /// Makes another participant the host.
    HandOver {
        /// Who.
        id: ParticipantId,
    },
    /// Ends the meeting for everybody.
    End,
}

/// The payload of `host-request`: what the host wants of the person who hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRequested {
    /// What.
    pub request: HostRequest,
}

/// Something that the others see as done already, and the person's client does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostRequest {
    /// Turn the microphone off; to turn it on again is the person's choice.
    Mute,
    /// Take the hand down.
    LowerHand,
}

impl HostRequest {
    /// Whether one who shows this has done it.
    pub fn is_done(self, presence: &Presence) -> bool {
        match self {
            Self::Mute => !presence.microphone,
            Self::LowerHand => !presence.hand,
        }
    }

    /// Makes it so.
    pub fn carry_out(self, presence: &mut Presence) {
        match self {
            Self::Mute => presence.microphone = false,
            Self::LowerHand => presence.hand = false,
        }
    }
}

/// The payload of `knocking`: everyone who waits at the door, those who came first in front.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knocking {
    /// Who waits.
    pub waiting: Vec<Knocker>,
}

/// One who waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knocker {
    /// An id for the answer. It is no participant's, nor will it be.
    pub id: ParticipantId,
    /// What they want to be called.
    pub name: DisplayName,
}
