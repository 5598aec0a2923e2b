//! What both transports read with: frames become events, and some are answered at once.

use std::{cell::Cell, rc::Rc, time::Duration};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use wasm_bindgen::JsValue;

use crate::{
    platform::js,
    protocol::{
        LobbyReply, MalformedJson, Refused, ServerEvent, SessionReply, Stamped, WireEvent,
        frame::{self, Handshake, ServerFrame},
        parse_stamped,
    },
};

/// The number by which `create-session` is answered.
pub(super) const CREATE_SESSION_ACK: u32 = 1;
/// And `lobby-watch`.
pub(super) const LOBBY_WATCH_ACK: u32 = 2;
/// And a `message` of the chat; the server answers in order.
pub(super) const MESSAGE_ACK: u32 = 3;
/// And `echo`. Nothing else asks for a reply.
pub(super) const ECHO_ACK: u32 = 4;

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
    /// The server will have no link with this page. Nothing follows.
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

/// What a transport reads with, and answers.
pub(super) struct Reader<R> {
    pub report: R,
    /// What is sent.
    pub outgoing: UnboundedSender<String>,
    /// As the link's.
    pub alive: Rc<Cell<bool>>,
}

/// What is to be sent, in order. It ends when the link is dropped.
pub(super) type Queue = UnboundedReceiver<String>;

/// Ends the requests of an `AbortController`.
pub(super) fn abort(controller: &JsValue) {
    let _ = js::call(controller, "abort", &JsValue::UNDEFINED);
}

/// What a frame means to the transport.
pub(super) enum FrameOutcome {
    Open(Handshake),
    Read,
    End,
}

impl<R: Fn(LinkEvent)> Reader<R> {
    /// Takes one frame.
    pub fn take(&self, text: &str) -> FrameOutcome {
        let Ok(frame) = ServerFrame::parse(text) else {
            return FrameOutcome::End;
        };
        match frame {
            ServerFrame::Open(handshake) => {
                self.alive.set(true);
                (self.report)(LinkEvent::Handshake {
                    longest_silence: handshake.patience(),
                });
                let _ = self.outgoing.unbounded_send(frame::CONNECT.to_owned());
                return FrameOutcome::Open(handshake);
            }
            ServerFrame::Ping => {
                let _ = self.outgoing.unbounded_send(frame::PONG.to_owned());
                (self.report)(LinkEvent::Alive);
            }
            ServerFrame::Connected => (self.report)(LinkEvent::Opened),
            ServerFrame::Close | ServerFrame::Disconnected | ServerFrame::ConnectError(_) => {
                return FrameOutcome::End;
            }
            // An event that a newer server knows and this client does not is nothing to it.
            ServerFrame::Event(event) => {
                if let Ok(event) = ServerEvent::parse(&event.name, event.payload) {
                    (self.report)(LinkEvent::Event(event));
                }
            }
            ServerFrame::Ack(number, reply) => match parse_ack(number, reply) {
                Ok(event) => event.into_iter().for_each(&self.report),
                Err(MalformedJson) => return FrameOutcome::End,
            },
            ServerFrame::Other => (self.report)(LinkEvent::Alive),
        }
        FrameOutcome::Read
    }
}

/// What a reply is to the event that was sent with this number.
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
