//! What the frames of a Socket.IO link mean, whatever carries them: the same for a page and for a bot.

use std::time::Duration;

use super::io::Input;
use crate::protocol::{
    ClientEvent, LobbyReply, MalformedJson, MessageBody, Refused, ServerEvent, SessionReply,
    Stamped, WireEvent,
    frame::{self, Handshake, ServerFrame},
    parse_stamped,
};

/// The number by which `create-session` is answered.
const CREATE_SESSION_ACK: u32 = 1;
/// And `lobby-watch`.
const LOBBY_WATCH_ACK: u32 = 2;
/// And a `message` of the chat; the server answers in order.
const MESSAGE_ACK: u32 = 3;
/// And `echo`. Nothing else asks for a reply.
const ECHO_ACK: u32 = 4;

/// What a link brings.
#[derive(Debug)]
pub enum LinkEvent {
    /// The server has told how long it may be silent.
    Handshake {
        /// Longest silence of a server that is there.
        longest_silence: Duration,
    },
    /// Inside the namespace.
    Opened,
    /// Ended, or could not be opened. Nothing follows.
    Lost,
    /// The server will have no link with this client. Nothing follows.
    Refused(Refused),
    /// The reply to `create-session`.
    Reply(SessionReply),
    /// The reply to `lobby-watch`.
    Lobby(LobbyReply),
    /// The reply to the first `message` of the chat that has none yet.
    MessageReply(Result<Stamped, Refused>),
    /// The reply to `echo`.
    Echoed,
    /// Something that means nothing but that the server is there.
    Alive,
    /// An event.
    Event(ServerEvent),
}

/// What a frame means to the transport.
#[derive(Debug)]
pub enum FrameOutcome {
    /// The session is open: [`frame::CONNECT`] is the answer.
    Open(Handshake),
    /// A ping: [`frame::PONG`] is the answer.
    Ping,
    /// Something for the call.
    Report(LinkEvent),
    /// Something that this client does not know.
    Nothing,
    /// The link is over.
    End,
}

/// Reads one frame.
pub fn read_frame(text: &str) -> FrameOutcome {
    let Ok(frame) = ServerFrame::parse(text) else {
        return FrameOutcome::End;
    };
    match frame {
        ServerFrame::Open(handshake) => FrameOutcome::Open(handshake),
        ServerFrame::Ping => FrameOutcome::Ping,
        ServerFrame::Connected => FrameOutcome::Report(LinkEvent::Opened),
        ServerFrame::Close | ServerFrame::Disconnected | ServerFrame::ConnectError(_) => {
            FrameOutcome::End
        }
        // An event that a newer server knows and this client does not is nothing to it.
        ServerFrame::Event(event) => match ServerEvent::parse(&event.name, event.payload) {
            Ok(event) => FrameOutcome::Report(LinkEvent::Event(event)),
            Err(_) => FrameOutcome::Nothing,
        },
        ServerFrame::Ack(number, reply) => match parse_ack(number, reply) {
            Ok(Some(event)) => FrameOutcome::Report(event),
            Ok(None) => FrameOutcome::Nothing,
            Err(MalformedJson) => FrameOutcome::End,
        },
        ServerFrame::Other => FrameOutcome::Report(LinkEvent::Alive),
    }
}

/// The frame of an event, which asks for a reply where [`read_frame`] knows one.
pub fn write_frame(event: &ClientEvent) -> String {
    let ack = match event {
        ClientEvent::CreateSession(_) => Some(CREATE_SESSION_ACK),
        ClientEvent::LobbyWatch(_) => Some(LOBBY_WATCH_ACK),
        ClientEvent::Message(say) if matches!(say.body, MessageBody::Chat(_)) => Some(MESSAGE_ACK),
        ClientEvent::Echo(_) => Some(ECHO_ACK),
        _ => None,
    };
    frame::event(event.name(), event, ack)
}

fn parse_ack(number: u32, reply: &str) -> Result<Option<LinkEvent>, MalformedJson> {
    Ok(Some(match number {
        CREATE_SESSION_ACK => LinkEvent::Reply(SessionReply::parse(reply)?),
        LOBBY_WATCH_ACK => LinkEvent::Lobby(LobbyReply::parse(reply)?),
        MESSAGE_ACK => LinkEvent::MessageReply(parse_stamped(reply)?),
        // Whatever the answer is, somebody has given it.
        ECHO_ACK => LinkEvent::Echoed,
        _ => return Ok(None),
    }))
}

impl From<LinkEvent> for Input {
    fn from(event: LinkEvent) -> Self {
        match event {
            LinkEvent::Opened => Self::LinkOpened,
            LinkEvent::Handshake { longest_silence } => Self::LinkHandshake { longest_silence },
            LinkEvent::Lost => Self::LinkLost,
            LinkEvent::Refused(refused) => Self::LinkRefused(refused),
            LinkEvent::Reply(reply) => Self::Reply(reply),
            LinkEvent::Lobby(reply) => Self::Lobby(reply),
            LinkEvent::MessageReply(reply) => Self::MessageReply(reply),
            LinkEvent::Echoed => Self::Echoed,
            LinkEvent::Alive => Self::Heard,
            LinkEvent::Event(event) => Self::Event(event),
        }
    }
}
