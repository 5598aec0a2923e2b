//! The replies to events that ask for one: what was asked for, or a refusal, told apart by `ok`.

use serde::{Deserialize, Serialize};

use super::{
    Refused,
    json::{self, Unreadable},
};

/// A reply as it is written.
#[derive(Serialize)]
pub(super) struct Tagged<'a, T> {
    /// Whether it was granted.
    pub ok: bool,
    /// What it says.
    #[serde(flatten)]
    pub rest: &'a T,
}

/// Reads what was granted, or why it was not.
pub(super) fn parse_reply<'a, T: Deserialize<'a>>(
    reply: &'a str,
) -> Result<Result<T, Refused>, Unreadable> {
    #[derive(Deserialize)]
    struct Tag {
        ok: bool,
    }
    let Tag { ok } = json::read(reply)?;
    if ok {
        json::read(reply).map(Ok)
    } else {
        json::read(reply).map(Err)
    }
}
