//! Who is served: connections are refused before any work is done for them, requests once it is known whose they are.
//!
//! A connection of a proxy carries the requests of many: so the network of a client is decided for each request.

use std::{
    io::{Read, Write},
    net::IpAddr,
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use tokio::net::TcpStream;

use super::{
    answers::{self, RefusalText},
    assets,
    config::Settings,
    connections::{ConnectionLimits, ConnectionPermit, Connections, Kind, Refused, RequestCost},
    descriptors::Capacity,
    forwarded::{TrustedProxies, is_passed_on},
    log_throttle::LogThrottle,
};
use crate::room::Network;

/// What is still answered when the server has as many connections as it may.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];
/// Files that are in no folder of files.
const FILES: [&str; 2] = ["/manifest.webmanifest", "/robots.txt"];
/// Seconds after which who was refused may try again.
const RETRY_AFTER: &str = "10";

/// Decides who is served. Clones decide together.
#[derive(Clone)]
pub struct Gate(Arc<Shared>);

struct Shared {
    connections: Connections,
    proxies: TrustedProxies,
    /// Whether somebody of a network is in a room.
    is_inside: Box<dyn Fn(Network) -> bool + Send + Sync>,
    /// Whether people come by a proxy, as far as the settings tell.
    expects_proxy: bool,
    hint: LogThrottle,
    refused: LogThrottle,
    full: LogThrottle,
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    address: IpAddr,
    /// Whether there is place for it only to ask whether the server is well.
    is_newcomer: bool,
}

impl Peer {
    /// Whether it is to be quick, since there are few connections left.
    pub fn is_newcomer(self) -> bool {
        self.is_newcomer
    }
}

impl Gate {
    /// Opens as far as the settings and the system say.
    pub fn new(
        settings: &Settings,
        capacity: Capacity,
        is_inside: impl Fn(Network) -> bool + Send + Sync + 'static,
    ) -> Self {
        let unlimited = settings
            .unlimited_address
            .iter()
            .chain(&settings.trusted_proxy);
        let limits = ConnectionLimits {
            each: settings.max_connections_per_address,
            unlimited: unlimited.map(|range| range.prefix()).collect(),
        };
        let expects_proxy = settings
            .public_url
            .as_ref()
            .is_some_and(|url| url.as_str().starts_with("https:"));
        Self(Arc::new(Shared {
            connections: Connections::new(limits, capacity),
            proxies: TrustedProxies::new(&settings.trusted_proxy),
            is_inside: Box::new(is_inside),
            expects_proxy,
            hint: LogThrottle::default(),
            refused: LogThrottle::default(),
            full: LogThrottle::default(),
        }))
    }

    /// Takes a connection, or turns it away with a word.
    pub fn take(
        &self,
        stream: TcpStream,
        from: IpAddr,
    ) -> Option<(TcpStream, Peer, ConnectionPermit)> {
        let network = from.into();
        match self
            .0
            .connections
            .take(network, || (self.0.is_inside)(network))
        {
            Ok(held) => {
                let peer = Peer {
                    address: from,
                    is_newcomer: held.kind() == Kind::Newcomer,
                };
                Some((stream, peer, held))
            }
            Err(refused) => {
                self.log_refusal(refused);
                refuse_unread(stream, refused);
                None
            }
        }
    }

    /// Says in the log that somebody is refused, but not whenever somebody is.
    fn log_refusal(&self, refused: Refused) {
        match refused {
            Refused::Full if self.0.full.is_due() => {
                tracing::warn!(
                    "there are as many connections as files may be open: newcomers are refused"
                );
            }
            Refused::TooMany | Refused::TooFast if self.0.refused.is_due() => {
                tracing::warn!(
                    "an address has more connections than --max-connections-per-address: it is refused more"
                );
            }
            _ => tracing::trace!(?refused, "a connection is refused"),
        }
    }

    /// Says once which setting makes a proxy's clients known.
    fn log_proxy_hint(&self, peer: IpAddr, request: &Request) {
        let is_near = match peer.to_canonical() {
            IpAddr::V4(address) => address.is_loopback() || address.is_private(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
        };
        let is_unknown = is_near && !self.0.proxies.has(peer);
        if self.0.expects_proxy
            && is_unknown
            && is_passed_on(request.headers())
            && self.0.hint.is_first()
        {
            tracing::warn!(
                "requests come with the addresses of clients from {peer}: if that is your proxy, --trusted-proxy {peer} \
                 has the limits per address hold for its clients",
            );
        }
    }
}

/// Refuses requests above what a network may have. One that begins a session has what counts it, and tells whose it is.
pub async fn guard(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<Peer>().copied() else {
        return next.run(request).await;
    };
    let is_about_health = HEALTH.contains(&request.uri().path());
    let as_page = answers::wants_page(request.headers());
    if peer.is_newcomer && !is_about_health {
        return answer(Refused::Full, as_page);
    }
    gate.log_proxy_hint(peer.address, &request);
    let client = gate.0.proxies.client(peer.address, request.headers());
    let network = Network::from(client);
    let is_passed_on = client != peer.address.to_canonical();
    // A proxy's connection is taken before it is known whose requests it carries.
    if is_passed_on
        && !is_about_health
        && gate.0.connections.is_scarce()
        && !(gate.0.is_inside)(network)
    {
        return refuse(&gate, Refused::Full, as_page);
    }
    let taken = gate.0.connections.charge(network, cost_of(request.uri()));
    let under_way = match taken.and_then(|()| {
        (is_passed_on && !is_about_health)
            .then(|| gate.0.connections.take_request(network))
            .transpose()
    }) {
        Ok(held) => held,
        Err(refused) => return refuse(&gate, refused, as_page),
    };
    if begins_session(request.uri()) {
        match gate.0.connections.take_session(network) {
            Ok(held) => request.extensions_mut().insert(Arc::new(held)),
            Err(refused) => return refuse(&gate, refused, as_page),
        };
    }
    let response = next.run(request).await;
    drop(under_way);
    response
}

fn refuse(gate: &Gate, refused: Refused, as_page: bool) -> Response {
    gate.log_refusal(refused);
    answer(refused, as_page)
}

fn answer(refused: Refused, as_page: bool) -> Response {
    let (status, text) = text_of(refused);
    let mut response = match as_page {
        true => (status, Html(text.page())).into_response(),
        false => answers::refused(status, text.code, text.message),
    };
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    if refused == Refused::Full {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn text_of(refused: Refused) -> (StatusCode, RefusalText) {
    match refused {
        Refused::TooMany | Refused::TooFast => (
            StatusCode::TOO_MANY_REQUESTS,
            RefusalText {
                code: "address-limit",
                heading: "Too many connections from your address",
                message: "Your address has more connections here than one may. Try again in a while.",
            },
        ),
        Refused::Full => (
            StatusCode::SERVICE_UNAVAILABLE,
            RefusalText {
                code: "server-full",
                heading: "This server is full",
                message: "This server has as many connections as it can hold. Try again in a while.",
            },
        ),
    }
}

/// Whether a request begins a session of Engine.IO: the others name theirs.
fn begins_session(uri: &Uri) -> bool {
    let names_one = || {
        uri.query()
            .unwrap_or_default()
            .split('&')
            .any(|pair| pair.starts_with("sid="))
    };
    uri.path().starts_with("/socket.io") && !names_one()
}

/// What a request has the server do.
fn cost_of(uri: &Uri) -> RequestCost {
    let path = uri.path();
    let is_file = || {
        let inside = |folder| {
            path.strip_prefix(folder)
                .is_some_and(|rest: &str| rest.starts_with('/'))
        };
        inside(assets::PREFIX) || inside("/assets") || FILES.contains(&path)
    };
    match () {
        () if begins_session(uri) => RequestCost::Session,
        () if path.starts_with("/socket.io") || HEALTH.contains(&path) || is_file() => {
            RequestCost::Little
        }
        () => RequestCost::Page,
    }
}

/// Answers without having read, as far as the socket takes it at once, and closes.
fn refuse_unread(stream: TcpStream, refused: Refused) {
    let (status, text) = text_of(refused);
    let page = text.page();
    let answer = format!(
        "HTTP/1.1 {status}\r\nretry-after: {RETRY_AFTER}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{page}",
        page.len()
    );
    if let Ok(mut stream) = stream.into_std() {
        // What stays unread would have the system throw away the answer, too.
        let _ = stream.read(&mut [0; 2_048]);
        let _ = stream.write(answer.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_begins_where_none_is_named() {
        for (target, begins) in [
            ("/socket.io/?EIO=4&transport=websocket", true),
            ("/socket.io/?EIO=4&transport=polling&t=sid=", true),
            ("/socket.io/", true),
            ("/socket.io/?EIO=4&transport=websocket&sid=abc", false),
            ("/socket.io/?sid=abc", false),
            ("/r/socket.io", false),
        ] {
            assert_eq!(begins_session(&target.parse().unwrap()), begins, "{target}");
        }
    }

    #[test]
    fn files_health_and_what_belongs_to_a_session_are_little_work() {
        for (target, work) in [
            ("/", RequestCost::Page),
            ("/r/standup?lang=de", RequestCost::Page),
            ("/nowhere", RequestCost::Page),
            ("/pkgs", RequestCost::Page),
            ("/manifest.webmanifest", RequestCost::Little),
            ("/assets/theme.js", RequestCost::Little),
            ("/pkg/front-0123456789abcdef.js", RequestCost::Little),
            ("/healthz", RequestCost::Little),
            ("/socket.io/?EIO=4&transport=polling", RequestCost::Session),
            (
                "/socket.io/?EIO=4&transport=polling&sid=a",
                RequestCost::Little,
            ),
        ] {
            assert_eq!(cost_of(&target.parse().unwrap()), work, "{target}");
        }
    }
}
