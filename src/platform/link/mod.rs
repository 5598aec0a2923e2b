//! The Socket.IO link to the server, over one WebSocket or by long polling.

mod polling;
mod websocket;

use std::{cell::Cell, rc::Rc};

use futures::{
    FutureExt,
    channel::mpsc::{self, UnboundedReceiver, UnboundedSender},
    future::{AbortHandle, abortable},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::js;
use crate::{
    call::Transport,
    protocol::{
        ClientEvent, LobbyReply, MalformedJson, MessageBody, Refused, ServerEvent, SessionReply,
        Stamped, WireEvent,
        frame::{self, Handshake, ServerFrame},
        parse_stamped,
    },
};

/// How long a transport may be silent before it has said how long it may be, in milliseconds. When an attempt is given up
/// is not decided here.
const OPEN_TIMEOUT: u32 = 30_000;
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

/// A link to the server. Dropping it leaves the namespace, after what was sent before.
pub struct Link {
    outgoing: UnboundedSender<String>,
    reading: AbortHandle,
    /// Whether there is someone to say farewell to.
    alive: Rc<Cell<bool>>,
    /// Ends what is being sent (DOM section 3.1, `AbortController`).
    sending: Option<JsValue>,
}

/// What a transport reads with, and answers.
struct Reader<R> {
    report: R,
    /// What is sent.
    outgoing: UnboundedSender<String>,
    /// As the link's.
    alive: Rc<Cell<bool>>,
}

/// What is to be sent, in order. It ends when the link is dropped.
type Queue = UnboundedReceiver<String>;

impl Link {
    /// Opens a link to the server that the page came from. `report` is told what it brings, never from
    /// within this call, and nothing after the link is dropped.
    pub fn open(transport: Transport, report: impl Fn(LinkEvent) + 'static) -> Self {
        let (outgoing, queue) = mpsc::unbounded();
        let alive = Rc::new(Cell::new(false));
        let reader = Reader {
            report,
            outgoing: outgoing.clone(),
            alive: alive.clone(),
        };
        let sending = js::make("AbortController", &[]).ok();
        let posting = sending.clone();
        let (reading, abort) = abortable(async move {
            let end = match transport {
                Transport::WebSocket => websocket::run(queue, &reader).await,
                Transport::Polling => polling::run(queue, posting, &reader).await,
            };
            reader.alive.set(false);
            (reader.report)(end);
        });
        spawn_local(reading.map(drop));
        Self {
            outgoing,
            reading: abort,
            alive,
            sending,
        }
    }

    /// Lets go of it without a farewell, and of what is on its way.
    pub fn abandon(self) {
        self.alive.set(false);
        if let Some(sending) = &self.sending {
            abort(sending);
        }
    }

    /// Sends an event.
    pub fn emit(&self, event: &ClientEvent) {
        let ack = match event {
            ClientEvent::CreateSession(_) => Some(CREATE_SESSION_ACK),
            ClientEvent::LobbyWatch(_) => Some(LOBBY_WATCH_ACK),
            ClientEvent::Message(say) if matches!(say.body, MessageBody::Chat(_)) => {
                Some(MESSAGE_ACK)
            }
            ClientEvent::Echo(_) => Some(ECHO_ACK),
            _ => None,
        };
        let _ = self
            .outgoing
            .unbounded_send(frame::event(event.name(), event, ack));
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.reading.abort();
        if self.alive.get() {
            let _ = self.outgoing.unbounded_send(frame::DISCONNECT.to_owned());
        }
        self.outgoing.close_channel();
    }
}

/// Ends the requests of an `AbortController`.
fn abort(controller: &JsValue) {
    let _ = js::call(controller, "abort", &JsValue::UNDEFINED);
}

enum FrameOutcome {
    Open(Handshake),
    Read,
    End,
}

impl<R: Fn(LinkEvent)> Reader<R> {
    /// Takes one frame.
    fn take(&self, text: &str) -> FrameOutcome {
        let Ok(frame) = ServerFrame::parse(text) else {
            return FrameOutcome::End;
        };
        match frame {
            ServerFrame::Open(handshake) => {
                self.alive.set(true);
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

/// The longest silence of a server that is there, in milliseconds.
fn silence_timeout(handshake: &Handshake) -> u32 {
    u32::try_from(handshake.patience().as_millis()).unwrap_or(OPEN_TIMEOUT)
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
