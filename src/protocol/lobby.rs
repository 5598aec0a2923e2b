//! Before entering: a look at who is inside, and a knock at a locked door.

use serde::{Deserialize, Serialize, Serializer};

use super::{
    DisplayName, PROTOCOL_VERSION, Refused, RoomName,
    json::MalformedJson,
    reply::{Tagged, parse_reply},
};

/// The payload of `lobby-watch`: tell me who is inside, now and whenever that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LobbyWatch {
    /// The room.
    pub room: RoomName,
}

/// What can be seen from outside: part of the reply to `lobby-watch`, and the payload of `lobby-state`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lobby {
    /// Names of those inside who have one, those who came first in front; at most
    /// [`SHOWN_NAMES`](super::SHOWN_NAMES), and none of a locked room.
    pub people: Vec<DisplayName>,
    /// How many are inside, with those who are not named.
    pub count: usize,
    /// Whether one has to knock.
    pub locked: bool,
}

/// The reply to `lobby-watch`: `ok` tells which of the two it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LobbyReply {
    /// What is seen.
    Seen(Lobby),
    /// Nothing is.
    Refused(Refused),
}

/// The payload of `knock`: please let me into a locked room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knock {
    /// The room.
    pub room: RoomName,
    /// What the host is told.
    pub name: DisplayName,
}

/// The payload of `knock-result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnockResult {
    /// Whether this connection may enter now.
    pub admitted: bool,
}

impl LobbyReply {
    /// Parses the reply.
    ///
    /// # Errors
    /// It is neither of the two.
    pub fn parse(reply: &str) -> Result<Self, MalformedJson> {
        Ok(parse_reply(reply)?.map_or_else(Self::Refused, Self::Seen))
    }
}

impl Serialize for LobbyReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seen(rest) => Tagged {
                ok: true,
                protocol: Some(PROTOCOL_VERSION),
                rest,
            }
            .serialize(serializer),
            Self::Refused(rest) => Tagged {
                ok: false,
                protocol: None,
                rest,
            }
            .serialize(serializer),
        }
    }
}
