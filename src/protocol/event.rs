//! The events of both directions: the seed's with their names and fields, and ours beside them.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{CreateSession, Member, ParticipantId, Presence, Refusal, Refused, Signal, json};

/// An event with a name and one payload.
pub trait WireEvent: Serialize + Sized {
    /// A payload that has not been parsed: JSON as whoever hears the event gets it.
    type Payload: ?Sized;

    /// The name on the wire; [`Serialize`] gives the payload.
    fn name(&self) -> &'static str;

    /// Parses a payload by the event's name.
    ///
    /// # Errors
    /// [`Refusal::UnknownEvent`], or what is wrong with the payload.
    fn parse(name: &str, payload: &Self::Payload) -> Result<Self, Refusal>;
}

/// What a client says to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ClientEvent {
    /// `create-session`: enter a room. The reply, if one is asked for, is a
    /// [`SessionReply`](super::SessionReply).
    CreateSession(CreateSession),
    /// `conn-init`: I am ready for the newcomer.
    ConnInit(Introduced),
    /// `conn-renew`: my connection with this participant is beyond repair, introduce us again.
    ConnRenew(Introduced),
    /// `conn-signal`: to one participant.
    ConnSignal(Signalled),
    /// `participant-state`: my name, microphone or camera changed.
    ParticipantState(Presence),
    /// `leave-session`: I leave the room, for good.
    LeaveSession(Nothing),
}

/// What the server says to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ServerEvent {
    /// `conn-prepare`: prepare a peer that does not initiate, then answer `conn-init`.
    ConnPrepare(Prepare),
    /// `conn-init`: this participant is ready, make the initiating peer.
    ConnInit(Introduced),
    /// `conn-signal`: from one participant.
    ConnSignal(Signalled),
    /// `participant-state`: someone entered, or shows something else now.
    ParticipantState(Member),
    /// `participant-left`: someone is gone for good.
    ParticipantLeft(Left),
    /// `refused`: something that was sent without asking for a reply is refused.
    Refused(Refused),
    /// `server-closing`: the server is going down; media goes on, come back to the next one.
    ServerClosing(Nothing),
}

/// The payload of `conn-prepare`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepare {
    /// The newcomer.
    pub just_joined_user_socket_id: ParticipantId,
    /// Which introduction of the two this is, from 1; signals that carry another are dropped.
    #[serde(default)]
    pub introduction: u32,
}

/// The payload of `conn-init` and `conn-renew`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Introduced {
    /// To the server: whom it is meant for. From the server: who is meant.
    pub conn_user_socket_id: ParticipantId,
    /// Which introduction of the two this is. A client of the seed leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduction: Option<u32>,
}

/// The payload of `conn-signal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signalled {
    /// To the server: whom it is for. From the server: whom it is from. The seed's server names the
    /// target `peerSocketId`.
    #[serde(alias = "peerSocketId")]
    pub conn_user_socket_id: ParticipantId,
    /// The signal.
    pub signal: Signal,
    /// The introduction that the sender's peer was made for. A client of the seed leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduction: Option<u32>,
}

/// The payload of `participant-left`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Who.
    pub id: ParticipantId,
}

/// An empty payload, `{}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Nothing {}

impl WireEvent for ClientEvent {
    type Payload = RawValue;

    fn name(&self) -> &'static str {
        match self {
            Self::CreateSession(_) => "create-session",
            Self::ConnInit(_) => "conn-init",
            Self::ConnRenew(_) => "conn-renew",
            Self::ConnSignal(_) => "conn-signal",
            Self::ParticipantState(_) => "participant-state",
            Self::LeaveSession(_) => "leave-session",
        }
    }

    fn parse(name: &str, payload: &RawValue) -> Result<Self, Refusal> {
        Ok(match name {
            "create-session" => Self::CreateSession(CreateSession::parse(payload)?),
            "conn-init" => Self::ConnInit(read(payload)?),
            "conn-renew" => Self::ConnRenew(read(payload)?),
            "conn-signal" => Self::ConnSignal(read(payload)?),
            "participant-state" => Self::ParticipantState(read(payload)?),
            "leave-session" => Self::LeaveSession(Nothing {}),
            other => return Err(unknown(other)),
        })
    }
}

impl WireEvent for ServerEvent {
    type Payload = str;

    fn name(&self) -> &'static str {
        match self {
            Self::ConnPrepare(_) => "conn-prepare",
            Self::ConnInit(_) => "conn-init",
            Self::ConnSignal(_) => "conn-signal",
            Self::ParticipantState(_) => "participant-state",
            Self::ParticipantLeft(_) => "participant-left",
            Self::Refused(_) => "refused",
            Self::ServerClosing(_) => "server-closing",
        }
    }

    fn parse(name: &str, payload: &str) -> Result<Self, Refusal> {
        Ok(match name {
            "conn-prepare" => Self::ConnPrepare(hear(payload)?),
            "conn-init" => Self::ConnInit(hear(payload)?),
            "conn-signal" => Self::ConnSignal(hear(payload)?),
            "participant-state" => Self::ParticipantState(hear(payload)?),
            "participant-left" => Self::ParticipantLeft(hear(payload)?),
            "refused" => Self::Refused(hear(payload)?),
            "server-closing" => Self::ServerClosing(Nothing {}),
            other => return Err(unknown(other)),
        })
    }
}

fn read<T: DeserializeOwned>(payload: &RawValue) -> Result<T, Refusal> {
    serde_json::from_str(payload.get()).map_err(|error| Refusal::Malformed(error.to_string()))
}

fn hear<'a, T: Deserialize<'a>>(payload: &'a str) -> Result<T, Refusal> {
    json::read(payload).map_err(|_| Refusal::Malformed(String::new()))
}

fn unknown(name: &str) -> Refusal {
    Refusal::UnknownEvent(name.chars().take(64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "abcdefghijklmnopqrst";

    fn client(name: &str, payload: &str) -> Result<ClientEvent, Refusal> {
        ClientEvent::parse(name, &RawValue::from_string(payload.to_owned()).unwrap())
    }

    #[test]
    fn the_events_of_the_seed_are_understood() {
        let enter = client("create-session", r#""standup""#).unwrap();
        let ClientEvent::CreateSession(enter) = enter else {
            panic!("{enter:?}")
        };
        assert_eq!(
            (enter.room.as_str(), enter.resumable, enter.presence),
            ("standup", false, Presence::unnamed())
        );

        let ready = client("conn-init", &format!(r#"{{"connUserSocketId":"{ID}"}}"#)).unwrap();
        let ClientEvent::ConnInit(ready) = ready else {
            panic!("{ready:?}")
        };
        assert_eq!(
            (ready.conn_user_socket_id.as_str(), ready.introduction),
            (ID, None)
        );

        for target in ["connUserSocketId", "peerSocketId"] {
            let json = format!(
                r#"{{"{target}":"{ID}","signal":{{"renegotiate":true,"type":"renegotiate"}}}}"#
            );
            let signal = client("conn-signal", &json).unwrap();
            let ClientEvent::ConnSignal(signal) = signal else {
                panic!("{signal:?}")
            };
            assert_eq!(
                (signal.conn_user_socket_id.as_str(), signal.signal),
                (ID, Signal::renegotiate())
            );
        }
    }

    #[test]
    fn events_that_do_not_fit_are_refused_by_code() {
        for (name, payload, code) in [
            ("create-session", "7", "malformed"),
            ("create-session", "{}", "malformed"),
            ("create-session", r#""a b""#, "bad-room-name"),
            ("create-session", r#"{"room":""}"#, "bad-room-name"),
            ("create-session", r#"{"room":"a","name":7}"#, "malformed"),
            ("conn-init", "null", "malformed"),
            ("conn-init", r#"{"connUserSocketId":"short"}"#, "malformed"),
            ("conn-signal", "[]", "malformed"),
            ("participant-state", r#"{"microphone":"loud"}"#, "malformed"),
            ("toString", "{}", "unknown-event"),
        ] {
            assert_eq!(
                client(name, payload).unwrap_err().code(),
                code,
                "{name} {payload}"
            );
        }
    }

    #[test]
    fn a_name_of_any_length_is_quoted_in_part() {
        let refusal = client(&"é".repeat(5_000), "{}").unwrap_err();
        assert!(refusal.to_string().len() < 300);
    }
}
