//! Socket.IO on one side, [`room::Rooms`](crate::room::Rooms) on the other; nothing about a room is
//! decided here.
//!
//! **Order.** socketioxide gives every message its own task, so two events of one socket could be
//! handled out of order. Our handler ([`inbox`]) is not a task: it runs on the task that reads the
//! socket, takes the one lock of the [`hub`], and has queued everything that follows before it
//! returns. So a participant's events are handled as they were sent, and a room's outputs reach each
//! socket in the room's order.

mod hub;
mod inbox;
mod limiter;

pub use hub::Hub;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use hyper::upgrade::OnUpgrade;
use socketioxide::{
    SocketIo, extract::SocketRef, service::SocketIoService, socket::DisconnectReason,
};

use self::inbox::Inbox;
use super::{config::Heartbeat, net::Cut};
use crate::{protocol::MESSAGE_BYTES, room::Network};

/// How long a socket that was told to go may take to read it.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Packets that wait for a slow reader before it is cut.
const BUFFERED_PACKETS: usize = 2_048;

/// Makes the Socket.IO service over a hub.
pub fn service<S: Clone>(
    hub: Arc<Hub>,
    heartbeat: Heartbeat,
    inner: S,
) -> (SocketIoService<S>, SocketIo) {
    let (service, io) = SocketIo::builder()
        .ping_interval(heartbeat.interval)
        .ping_timeout(heartbeat.timeout)
        .max_payload(MESSAGE_BYTES as u64)
        .ws_max_message_size(MESSAGE_BYTES)
        .ws_max_frame_size(MESSAGE_BYTES)
        .ws_read_buffer_size(1024)
        .max_buffer_size(BUFFERED_PACKETS)
        .connect_timeout(Duration::from_secs(15))
        .build_with_inner_svc(inner);
    // The handlers are there before the client is told that it is connected: no early event is lost.
    let prepare = move |socket: SocketRef| {
        attach(&hub, &socket);
        std::future::ready(Ok::<(), std::convert::Infallible>(()))
    };
    io.ns(
        "/",
        socketioxide::handler::ConnectHandler::with(|| std::future::ready(()), prepare),
    );
    (service, io)
}

fn attach(hub: &Arc<Hub>, socket: &SocketRef) {
    let extensions = &socket.req_parts().extensions;
    let network = extensions.get::<Network>().copied();
    let connection = hub.connect(network.unwrap_or(Network::V4([0; 4])));
    let cut = extensions.get::<Cut>().cloned().unwrap_or_default();
    socket.on_fallback(Inbox::new(hub.clone(), connection, cut.clone()));
    let hub = hub.clone();
    socket.on_disconnect(move |reason: DisconnectReason| {
        match reason {
            DisconnectReason::ClientNSDisconnect => hub.leave(connection),
            DisconnectReason::ClosingServer => {}
            _ => hub.lose(connection),
        }
        async move {
            tokio::time::sleep(LAST_WORDS).await;
            cut.cut();
        }
    });
}

/// Drops what a socket's request carries beyond the handshake: engineioxide keeps the head of the
/// request for as long as the socket lives.
pub async fn trim(mut request: Request, next: Next) -> Response {
    let mut headers = HeaderMap::with_capacity(1);
    for name in [header::SEC_WEBSOCKET_KEY, header::CONTENT_TYPE] {
        // Copied: as it comes, a value is a slice that keeps all of hyper's read buffer alive.
        let copy = request
            .headers()
            .get(&name)
            .map(|value| HeaderValue::from_bytes(value.as_bytes()));
        if let Some(Ok(value)) = copy {
            headers.insert(name, value);
        }
    }
    *request.headers_mut() = headers;
    if let Ok(uri) = request.uri().to_string().parse() {
        *request.uri_mut() = uri;
    }
    let mut given = std::mem::take(request.extensions_mut());
    if let Some(upgrade) = given.remove::<OnUpgrade>() {
        request.extensions_mut().insert(upgrade);
    }
    if let Some(cut) = given.remove::<Cut>() {
        request.extensions_mut().insert(cut);
    }
    if let Some(network) = given.remove::<Network>() {
        request.extensions_mut().insert(network);
    }
    next.run(request).await
}
