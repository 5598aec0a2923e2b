//! Headers that keep a page to what it needs.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
};
use tower_http::set_header::SetResponseHeaderLayer;

use super::config::PublicUrl;

/// The content security policy of our pages (W3C CSP Level 3): our own scripts with this nonce, our own
/// styles, WebAssembly, and sockets to the host that served the page.
pub fn content_security_policy(nonce: &str, host: Option<&str>) -> String {
    // Some browsers do not take `self` for sockets.
    let sockets = host
        .filter(|host| is_authority(host))
        .map(|host| format!(" ws://{host} wss://{host}"));
    let sockets = sockets.unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; \
         connect-src 'self'{sockets}; worker-src 'self' blob:; manifest-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// What is the same on every response.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), \
         picture-in-picture=(self), screen-wake-lock=(self), autoplay=(self), \
         geolocation=(), payment=(), usb=()",
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

/// How long a browser that has been here speaks `https` only with this host: a year, and not with the hosts below it, which
/// may be others' (RFC 6797 section 6.1).
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Adds the headers to every response that does not have its own.
pub fn secure(router: Router, public_url: Option<&PublicUrl>) -> Router {
    // It holds for every port of a host: where ours is another one, the rest may be somebody's plain `http`.
    let is_strict = public_url.is_some_and(PublicUrl::is_https_at_its_own_port);
    let strict = is_strict.then_some((header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT));
    ALWAYS
        .into_iter()
        .chain(strict)
        .fold(router, |router, (name, value)| {
            router.layer(SetResponseHeaderLayer::if_not_present(
                name,
                HeaderValue::from_static(value),
            ))
        })
}

fn is_authority(host: &str) -> bool {
    !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
}
