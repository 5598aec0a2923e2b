//! The replies to events that ask for one: what was asked for, or a refusal, told apart by `ok`.

use serde::{Deserialize, Serialize};

use super::{
    Nothing, Refused,
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

/// Parses the reply to an event that has nothing to say in it but whether it was granted.
///
/// # Errors
/// It is no reply.
pub fn parse_done(reply: &str) -> Result<Result<(), Refused>, Unreadable> {
    Ok(parse_reply(reply)?.map(|Nothing {}| ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yes_and_a_no_are_told_apart() {
        assert_eq!(parse_done(r#"{"ok":true}"#), Ok(Ok(())));
        let no = r#"{"ok":false,"code":"slow-down","message":"that was too much"}"#;
        let code = parse_done(no).map(|reply| reply.map_err(|refused| refused.code));
        assert_eq!(code, Ok(Err("slow-down".into())));
        assert_eq!(parse_done("[]"), Err(Unreadable));
    }
}
