//! The way to the server: an answer, a WebSocket with a room behind it, and long polling.

use std::time::Duration;

use futures::{StreamExt, channel::mpsc};
use wasm_bindgen::JsCast;
use web_sys::Response;

use super::found::Found;
use crate::{
    call::{
        LinkEvent, Transport,
        diagnostics::{Detail, Fact, Fault, Finding, Value},
    },
    platform::{clock::now, link::Link, promise, task::within},
    protocol::{ClientEvent, CreateSession, IceServer, Presence, RoomName, SessionReply},
};

/// Milliseconds that each may take.
const TIMEOUT: u32 = 8_000;

/// What came of it, and what the server says that it has.
#[derive(Default)]
pub struct ServerOffer {
    /// STUN and TURN servers.
    pub ice_servers: Vec<IceServer>,
    /// Whether it forwards media.
    pub forwards: bool,
}

/// Tries all three.
pub async fn check_server() -> (Found, ServerOffer) {
    let begun = now();
    let mut facts = Vec::new();
    if get("/healthz").await.is_none() {
        return (
            (Finding::Failed(Fault::Away), facts),
            ServerOffer::default(),
        );
    }
    let since = |begun: Duration| (now() - begun).as_millis() as u32;
    facts.push(Fact::new(Detail::Answer, Value::Milliseconds(since(begun))));
    // As Engine.IO begins over HTTP; the server forgets whoever does not go on.
    let polled = get("/socket.io/?EIO=4&transport=polling").await;
    let polls = polled.is_some_and(|text| text.starts_with("0{"));
    let begun = now();
    let mut means = ServerOffer::default();
    let mut finding = try_transport(Transport::WebSocket, &mut means).await;
    let opens = finding.is_some();
    if opens {
        facts.push(Fact::new(
            Detail::WebSocket,
            Value::Milliseconds(since(begun)),
        ));
    } else if polls {
        // As a meeting does; what follows is checked all the same.
        finding = try_transport(Transport::Polling, &mut means).await;
    }
    let finding = match finding {
        Some(Finding::Passed) if !opens => Finding::Failed(Fault::WebSocket),
        finding => finding.unwrap_or(Finding::Failed(Fault::WebSocket)),
    };
    facts.push(Fact::new(Detail::Polling, Value::Flag(polls)));
    ((finding, facts), means)
}

/// Enters a room by this transport; nothing if no link opens.
async fn try_transport(transport: Transport, offer: &mut ServerOffer) -> Option<Finding> {
    let (tell, mut told) = mpsc::unbounded();
    let link = Link::open(transport, move |event| {
        let _ = tell.unbounded_send(event);
    });
    let entering = enter(&link, &mut told);
    match within(TIMEOUT, entering).await.flatten()? {
        SessionReply::Admitted(admission) => {
            offer.ice_servers = admission.ice_servers;
            offer.forwards = admission.sfu_available;
            Some(Finding::Passed)
        }
        SessionReply::Refused(_) => Some(Finding::Failed(Fault::Refused)),
    }
}

/// A room that nobody else is in.
pub fn empty_room() -> Option<RoomName> {
    let part = || ((js_sys::Math::random() * 1e9) as u32).to_string();
    RoomName::parse(&["check-", &part(), "-", &part()].concat()).ok()
}

async fn enter(
    link: &Link,
    events: &mut mpsc::UnboundedReceiver<LinkEvent>,
) -> Option<SessionReply> {
    loop {
        match events.next().await? {
            LinkEvent::Opened => link.emit(&ClientEvent::CreateSession(CreateSession {
                room: empty_room()?,
                presence: Presence::unnamed(),
                resume: None,
                peers: Vec::new(),
                auto_prepare: false,
                supports_sfu: false,
                resumable: false,
            })),
            LinkEvent::Reply(reply) => return Some(reply),
            LinkEvent::Lost | LinkEvent::Refused(_) => return None,
            _ => {}
        }
    }
}

async fn get(address: &str) -> Option<String> {
    let response = async {
        let response = promise::wait(web_sys::window()?.fetch_with_str(address))
            .await
            .ok()?;
        let response: Response = response.unchecked_into();
        let text = promise::wait(response.text().ok()?).await.ok()?;
        text.as_string().filter(|_| response.ok())
    };
    within(TIMEOUT, response).await.flatten()
}
