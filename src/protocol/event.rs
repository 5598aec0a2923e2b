//! The events of both directions: the seed's with their names and fields, and ours beside them.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{
    CreateSession, Empty, HostAction, HostRequested, Knock, KnockResult, Knocking, Lobby,
    LobbyWatch, Member, MessageFrom, MessageTo, ParticipantLeft, PeerRef, Prepare, Presence,
    Refusal, Refused, ResumeToken, RoomState, SignalMessage, Tracks, json,
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
    ConnInit(PeerRef),
    /// `peer-restart`: my connection with this participant is beyond repair, introduce us again.
    PeerRestart(PeerRef),
    /// `sfu-request`: there is no way to this participant, bring us together by the SFU.
    SfuRequest(PeerRef),
    /// `sfu-unreachable`: I find no way to the SFU, connect me with everybody straight.
    SfuUnreachable(Empty),
    /// `peer-request`: I need a connection of our own with this participant.
    PeerRequest(PeerRef),
    /// `peer-release`: I need my connection with this participant, or with the SFU, no more.
    PeerRelease(PeerRef),
    /// `conn-signal`: to one participant.
    ConnSignal(SignalMessage),
    /// `participant-state`: my name, microphone or camera changed.
    ParticipantState(Presence),
    /// `message`: to one or to all others in the room.
    Message(MessageTo),
    /// `host`: something that only the host may do.
    Host(HostAction),
    /// `lobby-watch`: tell me who is in a room before I enter it. The reply is a
    /// [`LobbyReply`](super::LobbyReply).
    LobbyWatch(LobbyWatch),
    /// `knock`: please let me into a locked room.
    Knock(Knock),
    /// `leave-session`: I leave the room, for good; or I knock and look in no more.
    LeaveSession(Empty),
    /// `echo`: are you still there? The reply is that it is done.
    Echo(Empty),
}

/// What the server says to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ServerEvent {
    /// `conn-prepare`: prepare a peer that does not initiate, then answer `conn-init`.
    ConnPrepare(Prepare),
    /// `conn-init`: this participant is ready, make the initiating peer.
    ConnInit(PeerRef),
    /// `conn-signal`: from one participant.
    ConnSignal(SignalMessage),
    /// `peer-closed`: neither needs this connection any more, close it.
    PeerClosed(PeerRef),
    /// `tracks`: what the SFU carries to you, and where.
    Tracks(Tracks),
    /// `participant-state`: someone entered, or shows something else now.
    ParticipantState(Member),
    /// `participant-left`: someone is gone for good.
    ParticipantLeft(ParticipantLeft),
    /// `room-state`: another host, or the room is locked or unlocked.
    RoomState(RoomState),
    /// `host-request`: the host wants something of you.
    HostRequest(HostRequested),
    /// `knocking`: who waits at the door; to the host, whenever it changes.
    Knocking(Knocking),
    /// `knock-result`: the host has answered, or nobody has to any more.
    KnockResult(KnockResult),
    /// `lobby-state`: what is seen from outside has changed.
    LobbyState(Lobby),
    /// `message`: from one participant.
    Message(MessageFrom),
    /// `resume-token`: come back with this one from now on.
    ResumeToken(ResumeToken),
    /// `kicked`: the host has put you out of the room.
    Kicked(Empty),
    /// `meeting-ended`: the host has ended the meeting.
    MeetingEnded(Empty),
    /// `session-replaced`: you came back on another connection, and this one is about to be closed.
    SessionReplaced(Empty),
    /// `refused`: something that was sent without asking for a reply is refused.
    Refused(Refused),
    /// `server-closing`: the server is going down; media goes on, come back to the next one.
    ServerClosing(Empty),
}

impl WireEvent for ClientEvent {
    type Payload = RawValue;

    fn name(&self) -> &'static str {
        match self {
            Self::CreateSession(_) => "create-session",
            Self::ConnInit(_) => "conn-init",
            Self::PeerRestart(_) => "peer-restart",
            Self::SfuRequest(_) => "sfu-request",
            Self::SfuUnreachable(_) => "sfu-unreachable",
            Self::PeerRequest(_) => "peer-request",
            Self::PeerRelease(_) => "peer-release",
            Self::ConnSignal(_) => "conn-signal",
            Self::ParticipantState(_) => "participant-state",
            Self::Message(_) => "message",
            Self::Host(_) => "host",
            Self::LobbyWatch(_) => "lobby-watch",
            Self::Knock(_) => "knock",
            Self::LeaveSession(_) => "leave-session",
            Self::Echo(_) => "echo",
        }
    }

    fn parse(name: &str, payload: &RawValue) -> Result<Self, Refusal> {
        Ok(match name {
            "create-session" => Self::CreateSession(CreateSession::parse(payload)?),
            "conn-init" => Self::ConnInit(parse_client(payload)?),
            "peer-restart" => Self::PeerRestart(parse_client(payload)?),
            "sfu-request" => Self::SfuRequest(parse_client(payload)?),
            "sfu-unreachable" => Self::SfuUnreachable(Empty {}),
            "peer-request" => Self::PeerRequest(parse_client(payload)?),
            "peer-release" => Self::PeerRelease(parse_client(payload)?),
            "conn-signal" => Self::ConnSignal(parse_client(payload)?),
            "participant-state" => Self::ParticipantState(parse_client(payload)?),
            "message" => Self::Message(MessageTo::parse(payload)?),
            "host" => Self::Host(parse_client(payload)?),
            "lobby-watch" => Self::LobbyWatch(parse_client(payload)?),
            "knock" => Self::Knock(parse_client(payload)?),
            "leave-session" => Self::LeaveSession(Empty {}),
            "echo" => Self::Echo(Empty {}),
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
            Self::PeerClosed(_) => "peer-closed",
            Self::Tracks(_) => "tracks",
            Self::ParticipantState(_) => "participant-state",
            Self::ParticipantLeft(_) => "participant-left",
            Self::RoomState(_) => "room-state",
            Self::HostRequest(_) => "host-request",
            Self::Knocking(_) => "knocking",
            Self::KnockResult(_) => "knock-result",
            Self::LobbyState(_) => "lobby-state",
            Self::Message(_) => "message",
            Self::ResumeToken(_) => "resume-token",
            Self::Kicked(_) => "kicked",
            Self::MeetingEnded(_) => "meeting-ended",
            Self::SessionReplaced(_) => "session-replaced",
            Self::Refused(_) => "refused",
            Self::ServerClosing(_) => "server-closing",
        }
    }

    fn parse(name: &str, payload: &str) -> Result<Self, Refusal> {
        Ok(match name {
            "conn-prepare" => Self::ConnPrepare(parse_server(payload)?),
            "conn-init" => Self::ConnInit(parse_server(payload)?),
            "conn-signal" => Self::ConnSignal(parse_server(payload)?),
            "peer-closed" => Self::PeerClosed(parse_server(payload)?),
            "tracks" => Self::Tracks(parse_server(payload)?),
            "participant-state" => Self::ParticipantState(parse_server(payload)?),
            "participant-left" => Self::ParticipantLeft(parse_server(payload)?),
            "room-state" => Self::RoomState(parse_server(payload)?),
            "host-request" => Self::HostRequest(parse_server(payload)?),
            "knocking" => Self::Knocking(parse_server(payload)?),
            "knock-result" => Self::KnockResult(parse_server(payload)?),
            "lobby-state" => Self::LobbyState(parse_server(payload)?),
            "message" => Self::Message(parse_server(payload)?),
            "resume-token" => Self::ResumeToken(parse_server(payload)?),
            "kicked" => Self::Kicked(Empty {}),
            "meeting-ended" => Self::MeetingEnded(Empty {}),
            "session-replaced" => Self::SessionReplaced(Empty {}),
            "refused" => Self::Refused(parse_server(payload)?),
            "server-closing" => Self::ServerClosing(Empty {}),
            other => return Err(unknown(other)),
        })
    }
}

fn parse_client<T: DeserializeOwned>(payload: &RawValue) -> Result<T, Refusal> {
    serde_json::from_str(payload.get()).map_err(|error| Refusal::Malformed(error.to_string()))
}

fn parse_server<'a, T: Deserialize<'a>>(payload: &'a str) -> Result<T, Refusal> {
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
            (ready.conn_user_socket_id.as_str(), ready.generation),
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
            ("message", "{}", "malformed"),
            ("knock", r#"{"room":"a"}"#, "malformed"),
            ("knock", r#"{"room":"a b","name":"Ada"}"#, "malformed"),
            ("lobby-watch", "{}", "malformed"),
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
            about("kick"),
            format!(r#"{{"action":"kick","id":"{ID}","address":false,"lock":true}}"#),
            about("hand-over"),
            r#"{"action":"end"}"#.to_owned(),
        ] {
            let event = client("host", &json).unwrap();
            assert_eq!(serde_json::to_string(&event).unwrap(), json);
        }
    }

    #[test]
    fn what_is_carried_is_heard_as_it_was_said() {
        for source in ["microphone", "camera", "screen-sound", "screen"] {
            let json = format!(
                r#"{{"tracks":[{{"mid":"x7","participant":"{ID}","source":"{source}"}}]}}"#
            );
            let event = ServerEvent::parse("tracks", &json).unwrap();
            assert_eq!(serde_json::to_string(&event).unwrap(), json);
        }
        let prepare = format!(r#"{{"justJoinedUserSocketId":"{ID}","generation":1,"sfu":true}}"#);
        let event = ServerEvent::parse("conn-prepare", &prepare).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), prepare);
    }

    #[test]
    fn a_name_of_any_length_is_quoted_in_part() {
        let refusal = client(&"é".repeat(5_000), "{}").unwrap_err();
        assert!(refusal.to_string().len() < 300);
    }
}
