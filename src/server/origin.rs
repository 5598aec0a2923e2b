//! Which web pages may talk to this server. Socket.IO checks no origin by itself, and a WebSocket
//! crosses origins freely (RFC 6455 section 10.2).

use std::{fmt, str::FromStr};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::config::{PublicUrl, Settings};

/// An origin that the host lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginRule {
    /// `*`
    Any,
    /// `https://example.org`, with the port where it has one of its own.
    Exactly(Box<str>),
}

/// What decides about a request.
#[derive(Debug, Clone)]
pub struct Origins {
    rules: Vec<OriginRule>,
    public_url: Option<PublicUrl>,
}

impl Origins {
    /// Takes the host's rules.
    pub fn new(settings: &Settings) -> Self {
        Self {
            rules: settings.allow_origin.clone(),
            public_url: settings.public_url.clone(),
        }
    }

    /// Lets the browsers of the allowed origins read the answers to long polling.
    pub fn cors(self) -> CorsLayer {
        CorsLayer::new()
            .allow_methods([axum::http::Method::GET, axum::http::Method::POST])
            .allow_headers([header::CONTENT_TYPE])
            .allow_origin(AllowOrigin::predicate(move |origin, parts| {
                self.allows(origin, &parts.headers)
            }))
    }

    /// A request without an origin comes from no page; one from a page has to be ours or allowed.
    fn allows(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let own = match &self.public_url {
            Some(url) => url.as_str() == origin,
            None => origin
                .split_once("://")
                .is_some_and(|(_, authority)| Some(authority) == host),
        };
        own || self.rules.iter().any(|rule| rule.matches(origin))
    }
}

/// Refuses requests from pages of other origins.
pub async fn guard(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    match request.headers().get(header::ORIGIN) {
        Some(origin) if !origins.allows(origin, request.headers()) => {
            let sentence = "This page's origin may not use this server; its host can allow it with --allow-origin.\n";
            (StatusCode::FORBIDDEN, sentence).into_response()
        }
        _ => next.run(request).await,
    }
}

impl OriginRule {
    fn matches(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(allowed) => **allowed == *origin,
        }
    }
}

impl FromStr for OriginRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let url: PublicUrl = text
            .parse()
            .map_err(|_| format!("{text:?} is no origin like https://example.org"))?;
        Ok(Self::Exactly(url.as_str().to_ascii_lowercase().into()))
    }
}

impl fmt::Display for OriginRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Exactly(origin) => f.write_str(origin),
        }
    }
}
