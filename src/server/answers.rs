//! Refusals of plain requests, in the form that refused events have.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal: `code` for programs, `message` for people.
pub fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "ok": false, "code": code, "message": message });
    (status, Json(body)).into_response()
}
