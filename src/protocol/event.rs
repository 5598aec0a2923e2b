//! The events of both directions: the seed's with their names and fields, and ours beside them.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{
    Carried, CreateSession, HostAction, HostAsks, Introduced, Knock, KnockAnswered, Knocking, Left,
    Lobby, LookIn, Member, NewToken, Nothing, Prepare, Presence, Refusal, Refused, RoomState, Said,
    Say, Signalled, json,
};

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
    /// `conn-forward`: there is no way to this participant, bring us together by the forwarding unit.
    ConnForward(Introduced),
    /// `conn-signal`: to one participant.
    ConnSignal(Signalled),
    /// `participant-state`: my name, microphone or camera changed.
    ParticipantState(Presence),
    /// `say`: to one or to all others in the room.
    Say(Say),
    /// `host`: something that only the host may do.
    Host(HostAction),
    /// `look-in`: tell me who is in a room before I enter it. The reply is a
    /// [`LobbyReply`](super::LobbyReply).
    LookIn(LookIn),
    /// `knock`: please let me into a locked room.
    Knock(Knock),
    /// `leave-session`: I leave the room, for good; or I knock and look in no more.
    LeaveSession(Nothing),
    /// `echo`: are you still there? The reply is that it is done.
    Echo(Nothing),
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
    /// `carried`: what the forwarding unit carries to you, and where.
    Carried(Carried),
    /// `participant-state`: someone entered, or shows something else now.
    ParticipantState(Member),
    /// `participant-left`: someone is gone for good.
    ParticipantLeft(Left),
    /// `room-state`: another host, or the room is locked or unlocked.
    RoomState(RoomState),
    /// `host-asks`: the host wants something of you.
    HostAsks(HostAsks),
    /// `knocking`: who waits at the door; to the host, whenever it changes.
    Knocking(Knocking),
    /// `knock-answered`: the host has answered, or nobody has to any more.
    KnockAnswered(KnockAnswered),
    /// `lobby-state`: what is seen from outside has changed.
    LobbyState(Lobby),
    /// `said`: from one participant.
    Said(Said),
    /// `resume-token`: come back with this one from now on.
    ResumeToken(NewToken),
    /// `removed`: the host has put you out of the room.
    Removed(Nothing),
    /// `ended`: the host has ended the meeting.
    Ended(Nothing),
    /// `moved`: you came back on another connection, and this one is about to be closed.
    Moved(Nothing),
    /// `refused`: something that was sent without asking for a reply is refused.
    Refused(Refused),
    /// `server-closing`: the server is going down; media goes on, come back to the next one.
    ServerClosing(Nothing),
}

impl WireEvent for ClientEvent {
    type Payload = RawValue;

    fn name(&self) -> &'static str {
        match self {
            Self::CreateSession(_) => "create-session",
            Self::ConnInit(_) => "conn-init",
            Self::ConnRenew(_) => "conn-renew",
            Self::ConnForward(_) => "conn-forward",
            Self::ConnSignal(_) => "conn-signal",
            Self::ParticipantState(_) => "participant-state",
            Self::Say(_) => "say",
            Self::Host(_) => "host",
            Self::LookIn(_) => "look-in",
            Self::Knock(_) => "knock",
            Self::LeaveSession(_) => "leave-session",
            Self::Echo(_) => "echo",
        }
    }

    fn parse(name: &str, payload: &RawValue) -> Result<Self, Refusal> {
        Ok(match name {
            "create-session" => Self::CreateSession(CreateSession::parse(payload)?),
            "conn-init" => Self::ConnInit(read(payload)?),
            "conn-renew" => Self::ConnRenew(read(payload)?),
            "conn-forward" => Self::ConnForward(read(payload)?),
            "conn-signal" => Self::ConnSignal(read(payload)?),
            "participant-state" => Self::ParticipantState(read(payload)?),
            "say" => Self::Say(Say::parse(payload)?),
            "host" => Self::Host(read(payload)?),
            "look-in" => Self::LookIn(read(payload)?),
            "knock" => Self::Knock(read(payload)?),
            "leave-session" => Self::LeaveSession(Nothing {}),
            "echo" => Self::Echo(Nothing {}),
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
            Self::Carried(_) => "carried",
            Self::ParticipantState(_) => "participant-state",
            Self::ParticipantLeft(_) => "participant-left",
            Self::RoomState(_) => "room-state",
            Self::HostAsks(_) => "host-asks",
            Self::Knocking(_) => "knocking",
            Self::KnockAnswered(_) => "knock-answered",
            Self::LobbyState(_) => "lobby-state",
            Self::Said(_) => "said",
            Self::ResumeToken(_) => "resume-token",
            Self::Removed(_) => "removed",
            Self::Ended(_) => "ended",
            Self::Moved(_) => "moved",
            Self::Refused(_) => "refused",
            Self::ServerClosing(_) => "server-closing",
        }
    }

    fn parse(name: &str, payload: &str) -> Result<Self, Refusal> {
        Ok(match name {
            "conn-prepare" => Self::ConnPrepare(hear(payload)?),
            "conn-init" => Self::ConnInit(hear(payload)?),
            "conn-signal" => Self::ConnSignal(hear(payload)?),
            "carried" => Self::Carried(hear(payload)?),
            "participant-state" => Self::ParticipantState(hear(payload)?),
            "participant-left" => Self::ParticipantLeft(hear(payload)?),
            "room-state" => Self::RoomState(hear(payload)?),
            "host-asks" => Self::HostAsks(hear(payload)?),
            "knocking" => Self::Knocking(hear(payload)?),
            "knock-answered" => Self::KnockAnswered(hear(payload)?),
            "lobby-state" => Self::LobbyState(hear(payload)?),
            "said" => Self::Said(hear(payload)?),
            "resume-token" => Self::ResumeToken(hear(payload)?),
            "removed" => Self::Removed(Nothing {}),
            "ended" => Self::Ended(Nothing {}),
            "moved" => Self::Moved(Nothing {}),
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
    use crate::protocol::Signal;

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
            ("host", "{}", "malformed"),
            ("host", r#"{"action":"lock"}"#, "malformed"),
            ("host", r#"{"action":"mute","id":"short"}"#, "malformed"),
            ("host", r#"{"action":"crown"}"#, "malformed"),
            ("say", "{}", "malformed"),
            ("knock", r#"{"room":"a"}"#, "malformed"),
            ("knock", r#"{"room":"a b","name":"Ada"}"#, "malformed"),
            ("look-in", "{}", "malformed"),
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
    fn what_a_host_does_comes_back_as_it_was() {
        let about = |action: &str| format!(r#"{{"action":"{action}","id":"{ID}"}}"#);
        for json in [
            r#"{"action":"lock","locked":true}"#.to_owned(),
            format!(r#"{{"action":"admit","id":"{ID}","admit":false}}"#),
            about("mute"),
            r#"{"action":"mute-all"}"#.to_owned(),
            about("lower-hand"),
            r#"{"action":"lower-hands"}"#.to_owned(),
            about("remove"),
            format!(r#"{{"action":"remove","id":"{ID}","address":false,"lock":true}}"#),
            about("hand-over"),
            r#"{"action":"end"}"#.to_owned(),
        ] {
            let event = client("host", &json).unwrap();
            assert_eq!(serde_json::to_string(&event).unwrap(), json);
        }
    }

    #[test]
    fn what_is_carried_is_heard_as_it_was_said() {
        for slot in ["microphone", "camera", "screen-sound", "screen"] {
            let json = format!(r#"{{"places":[{{"mid":"x7","from":"{ID}","slot":"{slot}"}}]}}"#);
            let event = ServerEvent::parse("carried", &json).unwrap();
            assert_eq!(serde_json::to_string(&event).unwrap(), json);
        }
        let prepare =
            format!(r#"{{"justJoinedUserSocketId":"{ID}","introduction":1,"unit":true}}"#);
        let event = ServerEvent::parse("conn-prepare", &prepare).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), prepare);
    }

    #[test]
    fn a_name_of_any_length_is_quoted_in_part() {
        let refusal = client(&"é".repeat(5_000), "{}").unwrap_err();
        assert!(refusal.to_string().len() < 300);
    }
}
