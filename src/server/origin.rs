//! Which web pages may talk to this server. Socket.IO checks no origin by itself, and a WebSocket
//! crosses origins freely (RFC 6455 section 10.2).

use std::{fmt, str::FromStr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::{answers, log_throttle::LogThrottle, public_url::PublicUrl};

/// Longest part of a header that a sentence repeats, in characters.
const SHOWN_CHARS: usize = 200;

/// An origin that the operator lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginRule {
    /// `*`
    Any,
    /// `https://example.org`, with the port where it has one of its own.
    Exactly(PublicUrl),
}

/// What decides about a request.
#[derive(Debug, Clone)]
pub struct Origins {
    rules: Vec<OriginRule>,
    public_url: Option<PublicUrl>,
    said: Arc<LogThrottle>,
}

impl Origins {
    /// Takes the operator's rules; the pages of the server itself, which is at this URL, are always let in.
    pub fn new(rules: &[OriginRule], public_url: Option<&PublicUrl>) -> Self {
        Self {
            rules: rules.to_vec(),
            public_url: public_url.cloned(),
            said: Arc::default(),
        }
    }

    /// Lets the browsers of the allowed origins read the answers to long polling.
    pub fn cors(self) -> CorsLayer {
        CorsLayer::new()
            .allow_methods([axum::http::Method::GET, axum::http::Method::POST])
            .allow_headers([header::CONTENT_TYPE])
            .allow_origin(AllowOrigin::predicate(move |origin, parts| {
                text_of(origin)
                    .parse()
                    .is_ok_and(|site| self.allows(&site, &parts.headers))
                    || self.rules.contains(&OriginRule::Any)
            }))
    }

    /// Why a request is refused. One that names no page comes from none; one from a page has to be ours or allowed.
    fn refusal(&self, headers: &HeaderMap) -> Option<String> {
        if self.rules.contains(&OriginRule::Any) {
            return None;
        }
        let site = match (headers.get(header::ORIGIN), headers.get(header::REFERER)) {
            (Some(origin), _) => match text_of(origin).parse() {
                Ok(site) => site,
                Err(_) => return Some(self.sentence(text_of(origin), headers)),
            },
            // A browser says no origin with a `GET` to the site of the page (Fetch section 3.2): so the handshake
            // of long polling would be granted, and everything after it refused.
            (None, Some(page)) => PublicUrl::of_page(text_of(page))?,
            (None, None) => return None,
        };
        (!self.allows(&site, headers)).then(|| self.sentence(site.as_str(), headers))
    }

    fn allows(&self, site: &PublicUrl, headers: &HeaderMap) -> bool {
        let own = match &self.public_url {
            Some(url) => url == site,
            None => site.is_asked_as(host_of(headers)),
        };
        own || self.rules.iter().any(|rule| rule.matches(site))
    }

    /// Which setting lets pages of this origin in.
    fn sentence(&self, origin: &str, headers: &HeaderMap) -> String {
        let origin: String = origin.chars().take(SHOWN_CHARS).collect();
        let asked = match &self.public_url {
            Some(url) => format!("--public-url says {url}"),
            None => {
                let host: String = host_of(headers).chars().take(SHOWN_CHARS).collect();
                format!("the server was asked as {host}")
            }
        };
        match origin.parse::<PublicUrl>() {
            Ok(site) => format!(
                "This page came from {site}, but {asked}. If that is where people reach this server, its operator \
                 starts it with --public-url {site}; pages of another site are let in by --allow-origin {site}."
            ),
            Err(_) => format!(
                "This page has no address of the web (its origin is {origin:?}), so it may not use this server; its \
                 operator lets every page in by --allow-origin '*'."
            ),
        }
    }
}

/// Refuses requests from pages of other origins.
pub async fn guard(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let Some(sentence) = origins.refusal(request.headers()) else {
        return next.run(request).await;
    };
    if origins.said.is_due() {
        tracing::warn!("a page is refused: {}", sentence.escape_debug());
    } else {
        tracing::debug!("a page is refused: {}", sentence.escape_debug());
    }
    answers::refused(StatusCode::FORBIDDEN, "origin-refused", &sentence)
}

fn text_of(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_default()
}

fn host_of(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).map_or("", text_of)
}

impl OriginRule {
    fn matches(&self, site: &PublicUrl) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(allowed) => allowed == site,
        }
    }
}

impl FromStr for OriginRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::Any);
        }
        text.parse()
            .map(Self::Exactly)
            .map_err(|_| format!("{text:?} is no origin like https://example.org"))
    }
}

impl fmt::Display for OriginRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Exactly(origin) => origin.fmt(f),
        }
    }
}
