//! Entering a room: what the client says, and what it is told.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{
    BadRoomName, DisplayName, HELD_PEERS, PROTOCOL_VERSION, ParticipantId, PeerRef, Presence,
    Refusal, Refused, RoomName, RoomState, Stamp, TOKEN_BYTES,
    json::MalformedJson,
    reply::{Tagged, parse_reply},
};

/// The payload of `create-session`: a room's name alone, as in the seed, or an object with more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSession {
    /// The room to enter; it is made if nobody is in it.
    pub room: RoomName,
    /// What the others see of the newcomer.
    #[serde(flatten)]
    pub presence: Presence,
    /// The token of an earlier [`Admission`], to come back as the same participant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume: Option<Box<str>>,
    /// With `resume`: the peers that the client still holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<HeldPeer>,
    /// Whether nobody has to wait for a `conn-init` of this client: it prepares a peer as soon as it is told,
    /// before it takes anything that follows.
    pub auto_prepare: bool,
    /// Whether the client knows of the SFU, and may be introduced to it.
    pub supports_sfu: bool,
    /// Whether the object form was used: such a client knows how to come back.
    #[serde(skip)]
    pub resumable: bool,
}

/// A peer that a returning participant still holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPeer {
    /// Who.
    pub id: ParticipantId,
    /// Whether the returning participant makes the offers.
    pub initiator: bool,
    /// The introduction that the peer was made for.
    pub generation: u32,
}

/// A participant as the others see it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "FlatMember")]
pub struct Member {
    /// Who.
    pub id: ParticipantId,
    /// What it shows.
    pub presence: Presence,
    /// While its hand is up: counts the hands that have gone up in the room, for their order.
    pub hand: Option<u32>,
    /// Whether its socket is away and it is waited for.
    pub away: bool,
}

/// A [`Member`] field by field: serde's flattening would buffer it, which makes the front end larger.
#[derive(Serialize, Deserialize)]
struct FlatMember<'a> {
    id: ParticipantId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, DisplayName>>,
    #[serde(default = "yes")]
    microphone: bool,
    #[serde(default = "yes")]
    camera: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hand: Option<u32>,
    #[serde(default)]
    screen: bool,
    #[serde(default)]
    recording: bool,
    #[serde(default)]
    away: bool,
}

impl From<FlatMember<'_>> for Member {
    fn from(flat: FlatMember<'_>) -> Self {
        Self {
            id: flat.id,
            presence: Presence {
                name: flat.name.map(Cow::into_owned),
                microphone: flat.microphone,
                camera: flat.camera,
                hand: flat.hand.is_some(),
                screen: flat.screen,
                recording: flat.recording,
            },
            hand: flat.hand,
            away: flat.away,
        }
    }
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FlatMember {
            id: self.id,
            name: self.presence.name.as_ref().map(Cow::Borrowed),
            microphone: self.presence.microphone,
            camera: self.presence.camera,
            hand: self.hand,
            screen: self.presence.screen,
            recording: self.presence.recording,
            away: self.away,
        }
        .serialize(serializer)
    }
}

/// The reply to a `create-session` that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Admission {
    /// The client's own id in this room.
    pub you: ParticipantId,
    /// Brings the participant back after its socket was cut; a secret, and good for one return.
    pub resume: Box<str>,
    /// The room's name as it was first typed.
    pub room: RoomName,
    /// Names the meeting: the same for everyone in it, and another one when the room begins anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<Stamp>,
    /// Whether the participant came back rather than entered.
    pub resumed: bool,
    /// Whether the server was restarted since, so that `participants` may still lack some who return.
    pub recovering: bool,
    /// Who the host is, and whether newcomers have to knock.
    #[serde(default)]
    pub state: RoomState,
    /// Who else is here.
    pub participants: Vec<Member>,
    /// Those of them who are ready for the client already, as if each had sent `conn-init`. Only for one that
    /// knows of [`CreateSession::auto_prepare`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepared: Vec<PeerRef>,
    /// Whether the server has an SFU.
    #[serde(default)]
    pub sfu_available: bool,
    /// STUN and TURN servers to use; none by default.
    pub ice_servers: Vec<IceServer>,
    /// As many as the room takes.
    pub max_participants: usize,
}

/// A STUN or TURN server (W3C WebRTC section 4.2.4, `RTCIceServer`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URL.
    pub urls: Box<str>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<Box<str>>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Box<str>>,
}

/// The reply to `create-session`: `ok` tells which of the two it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionReply {
    /// Inside.
    Admitted(Box<Admission>),
    /// Not inside.
    Refused(Refused),
}

impl CreateSession {
    /// Parses the payload.
    ///
    /// # Errors
    /// [`Refusal::BadRoomName`] with the reason, or [`Refusal::Malformed`].
    pub fn parse(payload: &RawValue) -> Result<Self, Refusal> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Object {
            room: Box<str>,
            #[serde(flatten)]
            presence: Presence,
            #[serde(default)]
            resume: Option<Box<str>>,
            #[serde(default)]
            peers: Vec<HeldPeer>,
            #[serde(default)]
            auto_prepare: bool,
            #[serde(default)]
            supports_sfu: bool,
        }

        let malformed = |error: serde_json::Error| Refusal::Malformed(error.to_string());
        if payload.get().starts_with('"') {
            let room: Box<str> = serde_json::from_str(payload.get()).map_err(malformed)?;
            return Ok(Self::named(RoomName::parse(&room)?));
        }
        let object: Object = serde_json::from_str(payload.get()).map_err(malformed)?;
        if object.peers.len() > HELD_PEERS {
            return Err(Refusal::Malformed(format!("at most {HELD_PEERS} peers")));
        }
        if object
            .resume
            .as_ref()
            .is_some_and(|token| token.len() > TOKEN_BYTES)
        {
            return Err(Refusal::ResumeRefused);
        }
        Ok(Self {
            room: RoomName::parse(&object.room)?,
            presence: object.presence,
            resume: object.resume,
            peers: object.peers,
            auto_prepare: object.auto_prepare,
            supports_sfu: object.supports_sfu,
            resumable: true,
        })
    }

    /// The seed's form: a room and nothing else.
    pub fn named(room: RoomName) -> Self {
        Self {
            room,
            presence: Presence::unnamed(),
            resume: None,
            peers: Vec::new(),
            auto_prepare: false,
            supports_sfu: false,
            resumable: false,
        }
    }
}

impl From<BadRoomName> for Refused {
    fn from(error: BadRoomName) -> Self {
        Self::new(&Refusal::BadRoomName(error), None)
    }
}

impl Serialize for SessionReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Admitted(rest) => Tagged {
                ok: true,
                protocol: Some(PROTOCOL_VERSION),
                rest: &**rest,
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

impl SessionReply {
    /// Parses the reply.
    ///
    /// # Errors
    /// It is neither of the two.
    pub fn parse(reply: &str) -> Result<Self, MalformedJson> {
        let reply = parse_reply(reply)?;
        Ok(reply.map_or_else(Self::Refused, |admission| {
            Self::Admitted(Box::new(admission))
        }))
    }
}

/// What holds where a client says nothing.
fn yes() -> bool {
    true
}
