//! The Socket.IO link to the server, over one WebSocket.

use std::{cell::Cell, rc::Rc};

use futures::{
    FutureExt, SinkExt, StreamExt,
    channel::mpsc::{self, UnboundedReceiver, UnboundedSender},
    future::{AbortHandle, Either, abortable, select},
    stream::{SplitSink, SplitStream},
};
use gloo_net::websocket::{Message, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use crate::protocol::{
    Body, ClientEvent, LobbyReply, Refused, ServerEvent, SessionReply, Unreadable, WireEvent,
    frame::{self, Handshake, ServerFrame},
    parse_done,
};

/// How long the transport may take to open, in milliseconds.
const OPENING: u32 = 10_000;
/// The number by which `create-session` is answered.
const ENTRY: u32 = 1;
/// And `look-in`.
const LOOK: u32 = 2;
/// And a `say` of the chat; the server answers in order. Nothing else asks for a reply.
const CHAT: u32 = 3;

/// What a link brings.
#[derive(Debug)]
pub enum LinkEvent {
    /// Inside the namespace.
    Opened,
    /// Ended, or could not be opened. Nothing follows.
    Lost,
    /// The reply to `create-session`.
    Reply(SessionReply),
    /// The reply to `look-in`.
    Lobby(LobbyReply),
    /// The reply to the first `say` of the chat that has none yet.
    Said(Result<(), Refused>),
    /// An event.
    Event(ServerEvent),
}

/// A link to the server. Dropping it leaves the namespace, after what was sent before.
pub struct Link {
    outgoing: UnboundedSender<String>,
    reading: AbortHandle,
    /// Whether there is still someone to say farewell to.
    alive: Rc<Cell<bool>>,
}

impl Link {
    /// Opens a link to the server that the page came from. `report` is told what it brings, never from
    /// within this call, and nothing after the link is dropped.
    pub fn open(report: impl Fn(LinkEvent) + 'static) -> Self {
        let (outgoing, queue) = mpsc::unbounded();
        let pong = outgoing.clone();
        let alive = Rc::new(Cell::new(true));
        let living = alive.clone();
        let (reading, abort) = abortable(async move {
            if let Some(socket) = url().and_then(|url| WebSocket::open(&url).ok()) {
                let (sink, stream) = socket.split();
                spawn_local(write(queue, sink));
                read(stream, &pong, &report).await;
            }
            living.set(false);
            report(LinkEvent::Lost);
        });
        spawn_local(reading.map(drop));
        Self {
            outgoing,
            reading: abort,
            alive,
        }
    }

    /// Sends an event.
    pub fn emit(&self, event: &ClientEvent) {
        let ack = match event {
            ClientEvent::CreateSession(_) => Some(ENTRY),
            ClientEvent::LookIn(_) => Some(LOOK),
            ClientEvent::Say(say) if matches!(say.body, Body::Chat(_)) => Some(CHAT),
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

fn url() -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss"
    } else {
        "ws"
    };
    Some(format!(
        "{scheme}://{}{}",
        location.host().ok()?,
        frame::WEBSOCKET_PATH
    ))
}

async fn write(mut queue: UnboundedReceiver<String>, mut sink: SplitSink<WebSocket, Message>) {
    while let Some(text) = queue.next().await {
        if sink.send(Message::Text(text)).await.is_err() {
            break;
        }
    }
    let _ = sink.close().await;
}

/// Reads until the link ends, or is silent for longer than the server said it would be.
async fn read(
    mut stream: SplitStream<WebSocket>,
    pong: &UnboundedSender<String>,
    report: &impl Fn(LinkEvent),
) {
    let mut patience = OPENING;
    loop {
        let text = match select(stream.next(), TimeoutFuture::new(patience)).await {
            Either::Left((Some(Ok(Message::Text(text))), _)) => text,
            Either::Left((Some(Ok(Message::Bytes(_))), _)) => continue,
            Either::Left((Some(Err(_)) | None, _)) | Either::Right(_) => return,
        };
        match take(&text, pong, report) {
            Taken::Open(handshake) => {
                patience = u32::try_from(handshake.patience().as_millis()).unwrap_or(OPENING)
            }
            Taken::Read => {}
            Taken::End => return,
        }
    }
}

enum Taken {
    Open(Handshake),
    Read,
    End,
}

fn take(text: &str, pong: &UnboundedSender<String>, report: &impl Fn(LinkEvent)) -> Taken {
    let Ok(frame) = ServerFrame::parse(text) else {
        return Taken::End;
    };
    match frame {
        ServerFrame::Open(handshake) => {
            let _ = pong.unbounded_send(frame::CONNECT.to_owned());
            return Taken::Open(handshake);
        }
        ServerFrame::Ping => {
            let _ = pong.unbounded_send(frame::PONG.to_owned());
        }
        ServerFrame::Connected => report(LinkEvent::Opened),
        ServerFrame::Close | ServerFrame::Disconnected | ServerFrame::ConnectError(_) => {
            return Taken::End;
        }
        // An event that a newer server knows and this client does not is nothing to it.
        ServerFrame::Event(event) => {
            if let Ok(event) = ServerEvent::parse(&event.name, event.payload) {
                report(LinkEvent::Event(event));
            }
        }
        ServerFrame::Ack(number, reply) => match answer(number, reply) {
            Ok(event) => event.into_iter().for_each(report),
            Err(Unreadable) => return Taken::End,
        },
        ServerFrame::Other => {}
    }
    Taken::Read
}

/// What a reply is to the event that was sent with this number.
fn answer(number: u32, reply: &str) -> Result<Option<LinkEvent>, Unreadable> {
    Ok(Some(match number {
        ENTRY => LinkEvent::Reply(SessionReply::parse(reply)?),
        LOOK => LinkEvent::Lobby(LobbyReply::parse(reply)?),
        CHAT => LinkEvent::Said(parse_done(reply)?),
        _ => return Ok(None),
    }))
}
