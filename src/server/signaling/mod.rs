//! Socket.IO on one side, [`room::Rooms`](crate::room::Rooms) on the other; nothing about a room is
//! decided here.
//!
//! **Order.** What a client sends is handled on the task that reads its socket, which takes the one lock
//! of the [`hub`] and has queued everything that follows before it reads on. So a participant's events
//! are handled as they were sent, and a room's outputs reach each socket in the room's order.

mod account;
mod client;
mod event_handler;
mod hub;
mod log;
mod packet;
mod sessions;
#[cfg(test)]
mod tests;

pub use hub::Hub;
pub use sessions::Sessions;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engineioxide::{config::EngineIoConfig, service::EngineIoService, socket::Sid};
use hyper::upgrade::OnUpgrade;

use super::{config::Heartbeat, connections::ConnectionPermit, net::ConnectionHandle};
use crate::protocol::MESSAGE_BYTES;

/// Packets that wait for one client; their bytes are bounded by [`account`].
const BUFFERED_PACKETS: usize = 2_048;

/// How long the way to a WebSocket may take: until what waits was polled, and then until the client has done its part. For the
/// latter engineioxide waits as long.
const UPGRADE: Duration = Duration::from_secs(10);

/// Makes the service of the sessions.
pub fn service<S: Clone>(
    sessions: Arc<Sessions>,
    heartbeat: Heartbeat,
    inner: S,
) -> EngineIoService<Sessions, S> {
    let config = EngineIoConfig::builder()
        .req_path("/socket.io")
        .ping_interval(heartbeat.interval)
        .ping_timeout(heartbeat.timeout)
        .max_payload(MESSAGE_BYTES as u64)
        .ws_max_message_size(MESSAGE_BYTES)
        .ws_max_frame_size(MESSAGE_BYTES)
        // It is kept while nothing comes. What is longer gets a place of its own, and comes from the kernel at once all the
        // same: see `net::stream`.
        .ws_read_buffer_size(256)
        .max_buffer_size(BUFFERED_PACKETS)
        .upgrade_timeout(UPGRADE)
        .build();
    EngineIoService::with_config_inner(inner, sessions, config)
}

/// Tells the session which connection has become its WebSocket, and has nothing lost on the way; too many attempts of one
/// session are refused.
///
/// A connection that stays one of requests may be a proxy's, which carries those of others: it is none of the session's.
pub async fn note_upgrade(
    State(sessions): State<Arc<Sessions>>,
    request: Request,
    next: Next,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let mut fields = query.split('&');
    let sid: Option<Sid> = query
        .split('&')
        .find_map(|field| field.strip_prefix("sid="))
        .and_then(|sid| sid.parse().ok());
    let is_websocket = fields.any(|field| field == "transport=websocket")
        && request.extensions().get::<OnUpgrade>().is_some();
    let client = sid
        .filter(|_| is_websocket)
        .and_then(|sid| sessions.client(sid));
    let Some(client) = client else {
        return next.run(request).await;
    };
    if !client.may_upgrade() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let Ok(upgrade) = tokio::time::timeout(UPGRADE, client.hold_for_upgrade()).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let carrier = request.extensions().get::<ConnectionHandle>().cloned();
    let response = next.run(request).await;
    // Before this answer is written, nothing comes over the WebSocket.
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        client.upgrades(carrier);
        tokio::spawn(async move {
            // What is held is let go when this is dropped.
            let _ = tokio::time::timeout(UPGRADE, upgrade.done()).await;
        });
    }
    response
}

/// Drops what a socket's request carries beyond the handshake: engineioxide keeps the head of the
/// request for as long as the socket lives.
pub async fn strip_request(mut request: Request, next: Next) -> Response {
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
    if let Some(carrier) = given.remove::<ConnectionHandle>() {
        request.extensions_mut().insert(carrier);
    }
    // The session is counted for as long as it keeps this.
    if let Some(held) = given.remove::<Arc<ConnectionPermit>>() {
        request.extensions_mut().insert(held);
    }
    next.run(request).await
}
