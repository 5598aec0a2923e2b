//! Refusals of plain requests, in the form that refused events have; for who looks at a page, as one.

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal: `code` for programs, `message` for people.
pub fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "ok": false, "code": code, "message": message });
    (status, Json(body)).into_response()
}

/// What a refusal says to people.
#[derive(Debug, Clone, Copy)]
pub struct RefusalText {
    /// For programs, and to ask somebody about.
    pub code: &'static str,
    /// What is the matter.
    pub heading: &'static str,
    /// What to do.
    pub message: &'static str,
}

impl RefusalText {
    /// A page of its own, which loads nothing else: that would be refused, too.
    pub fn page(&self) -> String {
        let Self {
            code,
            heading,
            message,
        } = self;
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{heading}</title></head>\
             <body><main><h1>{heading}</h1><p>{message}</p><p><a href=\"\">Try again</a></p><p><small>{code}</small></p></main>\
             </body></html>"
        )
    }
}

/// Whether a browser asks for a page, to show it (RFC 9110 section 12.5.1): its programs take everything.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).map(|value| value.as_bytes());
    accepted.is_some_and(|accepted| accepted.starts_with(b"text/html"))
}
