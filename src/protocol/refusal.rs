//! Everything that a server may refuse, as a code for programs and a sentence for people.

use serde::{Deserialize, Serialize};

use super::{BadRoomName, EVENTS_PER_SECOND, ParticipantId};

/// Why the server did not do what a client asked.
///
/// A participant of another room and one that does not exist are refused in the same words: nobody
/// learns who is elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The event has a name that this server does not know.
    #[error("there is no event of the name {0:?}; see docs/protocol.md for those that are")]
    UnknownEvent(String),
    /// The event's payload has other fields or types than it should.
    #[error("the payload of this event does not fit: {0}")]
    Malformed(String),
    /// Binary attachments, which no event has.
    #[error("no event has binary attachments: send JSON")]
    Binary,
    /// The room's name can't be one.
    #[error(transparent)]
    BadRoomName(#[from] BadRoomName),
    /// The connection is in no room yet.
    #[error("enter a room with create-session first")]
    NotInRoom,
    /// The connection is in a room already.
    #[error("this connection is in a room already: leave it with leave-session first")]
    AlreadyInRoom,
    /// As many participants as the room takes.
    #[error("this room is full: it takes {0} people. Try again when someone has left")]
    RoomFull(usize),
    /// As many rooms as the server takes.
    #[error("this server holds as many rooms as it takes ({0}). Try again later")]
    TooManyRooms(usize),
    /// Nobody of that id is in the sender's room.
    #[error("nobody with the id {0} is in this room")]
    NotHere(ParticipantId),
    /// The participant named is the sender.
    #[error("that is your own id")]
    SelfTarget,
    /// The two have not been introduced this way, or not any more.
    #[error("you were not asked to prepare for {0}")]
    NotPrepared(ParticipantId),
    /// The resume token is forged, spent, too old, or for another room.
    #[error("this resume token does not hold (any more): enter the room anew")]
    ResumeRefused,
    /// The same, of one who was here until its place was given up; how far its lines of the chat had come.
    #[error("your place was given up: enter the room anew")]
    PlaceGone(u32),
    /// Chat is told to one who has not asked for it.
    #[error("{0} has not asked you for the chat")]
    NotAsked(ParticipantId),
    /// Only the host may do it.
    #[error("only the host of this room may do that")]
    NotHost,
    /// The host has removed this participant, or whoever comes from this network.
    #[error("the host has removed you from this meeting: you can't come back while it lasts")]
    Kicked,
    /// Others share the address of the participant to be removed, so the host has to say whether it is kept out.
    #[error(
        "{others} more here share the address of {id}: say with `address` whether it is kept out of this meeting"
    )]
    AddressShared {
        /// Who is to be removed.
        id: ParticipantId,
        /// How many others inside and at the door come from there.
        others: usize,
    },
    /// The participant's client does not know of what it is asked: it entered with a room's name alone.
    #[error("the program of {0} can't do that")]
    Unsupported(ParticipantId),
    /// Newcomers have to knock.
    #[error("this room is locked: knock and wait until the host lets you in")]
    Locked,
    /// As many as may wait or watch in front of one room.
    #[error("too many are waiting in front of this room. Try again later")]
    TooManyWaiting,
    /// As much as one address may hold: people inside, those in front of rooms, or rooms.
    #[error(
        "your address has all that one may have here ({0}). Try again when someone there has left"
    )]
    AddressLimit(usize),
    /// More chat or reactions than a participant may send.
    #[error("that was too much at once: slow down")]
    RateLimited,
    /// More events than a connection may send.
    #[error("more than {EVENTS_PER_SECOND} events a second from one connection")]
    EventFlood,
}

impl Refusal {
    /// The code on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownEvent(_) => "unknown-event",
            Self::Malformed(_) => "malformed",
            Self::Binary => "binary",
            Self::BadRoomName(_) => "bad-room-name",
            Self::NotInRoom => "not-in-room",
            Self::AlreadyInRoom => "already-in-room",
            Self::RoomFull(_) => "room-full",
            Self::TooManyRooms(_) => "too-many-rooms",
            Self::NotHere(_) => "not-here",
            Self::SelfTarget => "self-target",
            Self::NotPrepared(_) => "not-prepared",
            Self::ResumeRefused | Self::PlaceGone(_) => "resume-refused",
            Self::NotAsked(_) => "not-asked",
            Self::NotHost => "not-host",
            Self::Kicked => "kicked",
            Self::AddressShared { .. } => "address-shared",
            Self::Unsupported(_) => "unsupported",
            Self::Locked => "locked",
            Self::TooManyWaiting => "too-many-waiting",
            Self::AddressLimit(_) => "address-limit",
            Self::RateLimited => "rate-limited",
            Self::EventFlood => "rate-limited",
        }
    }

    fn limit(&self) -> Option<usize> {
        match self {
            Self::RoomFull(limit) | Self::TooManyRooms(limit) | Self::AddressLimit(limit) => {
                Some(*limit)
            }
            _ => None,
        }
    }

    fn last_message(&self) -> Option<u32> {
        match self {
            Self::PlaceGone(said) => Some(*said),
            _ => None,
        }
    }

    fn shared(&self) -> Option<(ParticipantId, usize)> {
        match self {
            Self::AddressShared { id, others } => Some((*id, *others)),
            _ => None,
        }
    }
}

/// A [`Refusal`] on the wire: the payload of `refused`, and part of the reply to `create-session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// For programs: one of the codes in `docs/protocol.md`.
    pub code: Box<str>,
    /// For people: what is wrong and what to do, in English.
    pub message: Box<str>,
    /// How many there may be, where it is the host's limit that keeps someone out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// With `address-shared`: whom the host wants to remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ParticipantId>,
    /// With `address-shared`: how many others share the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<usize>,
    /// With `resume-refused`, where it is known: how far the participant's lines of the chat were passed on, by its
    /// own count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<u32>,
    /// The event that was refused, when the refusal is not a reply to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Box<str>>,
}

impl Refused {
    /// Whether the same may be asked for again a while later.
    pub fn is_rate_limited(&self) -> bool {
        &*self.code == "rate-limited"
    }

    /// Puts a refusal on the wire.
    pub fn new(refusal: &Refusal, event: Option<&str>) -> Self {
        Self {
            code: refusal.code().into(),
            message: refusal.to_string().into(),
            limit: refusal.limit(),
            id: refusal.shared().map(|(id, _)| id),
            others: refusal.shared().map(|(_, others)| others),
            last_message: refusal.last_message(),
            event: event.map(Into::into),
        }
    }
}
