//! The payloads of the seed's events, and the small ones that stand beside them.

use serde::{Deserialize, Serialize};

use super::{ParticipantId, Signal, TrackSource};

/// The payload of `conn-prepare`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepare {
    /// The newcomer.
    pub just_joined_user_socket_id: ParticipantId,
    /// Which introduction of the two this is, from 1; signals that carry another are dropped.
    #[serde(default)]
    pub generation: u32,
    /// Whether it is no person but the server's SFU, which receives every track once and passes it on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sfu: bool,
}

/// The payload of `conn-init` and `peer-restart`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerRef {
    /// To the server: whom it is meant for. From the server: who is meant.
    pub conn_user_socket_id: ParticipantId,
    /// Which introduction of the two this is. A client of the seed leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u32>,
}

/// The payload of `conn-signal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignalMessage {
    /// To the server: whom it is for. From the server: whom it is from. The seed's server names the
    /// target `peerSocketId`.
    #[serde(alias = "peerSocketId")]
    pub conn_user_socket_id: ParticipantId,
    /// The signal.
    pub signal: Signal,
    /// The introduction that the sender's peer was made for. A client of the seed leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u32>,
}

/// The payload of `participant-left`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantLeft {
    /// Who.
    pub id: ParticipantId,
}

/// The payload of `tracks`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tracks {
    /// Every place in which the connection with the SFU carries something now.
    pub tracks: Vec<TrackMapping>,
    /// What cannot be carried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingTrack>,
}

/// Something that the SFU cannot carry, since it passes on no format that both sides know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingTrack {
    /// Whose track it is.
    pub participant: ParticipantId,
    /// What the track is for.
    pub source: TrackSource,
    /// Whose browser does not know the formats.
    pub side: Side,
}

/// One of the two ends of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Who sends it.
    Sender,
    /// Who is to receive it.
    Receiver,
}

/// A media section of the connection with the SFU, and whose track it carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackMapping {
    /// Names the section (RFC 5888 section 4).
    pub mid: Box<str>,
    /// Whose track it is.
    pub participant: ParticipantId,
    /// What the track is for.
    pub source: TrackSource,
}

/// The payload of `resume-token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeToken {
    /// The token to come back with from now on.
    pub resume: Box<str>,
}

/// An empty payload, `{}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Empty {}
