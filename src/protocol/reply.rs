//! The replies to events that ask for one: what was asked for, or a refusal, told apart by `ok`.

use serde::{Deserialize, Serialize, Serializer};

use super::{
    Empty, Refused, Stamped,
    json::{self, MalformedJson},
};

/// A reply as it is written.
#[derive(Serialize)]
pub(super) struct Tagged<'a, T> {
    /// Whether it was granted.
    pub ok: bool,
    /// [`PROTOCOL_VERSION`](super::PROTOCOL_VERSION) in the replies that begin a talk with a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<u32>,
    /// What it says.
    #[serde(flatten)]
    pub rest: &'a T,
}

/// Reads what was granted, or why it was not.
pub(super) fn parse_reply<'a, T: Deserialize<'a>>(
    reply: &'a str,
) -> Result<Result<T, Refused>, MalformedJson> {
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

/// The reply to a line of the chat that was passed on.
#[derive(Debug)]
pub struct StampedReply(pub Stamped);

/// Parses the reply to an event that has nothing to say in it but whether it was granted.
///
/// # Errors
/// It is no reply.
pub fn parse_done(reply: &str) -> Result<Result<(), Refused>, MalformedJson> {
    Ok(parse_reply(reply)?.map(|Empty {}| ()))
}

/// Parses the reply to a `message` of the chat.
///
/// # Errors
/// It is no reply.
pub fn parse_stamped(reply: &str) -> Result<Result<Stamped, Refused>, MalformedJson> {
    parse_reply(reply)
}

impl Serialize for StampedReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(rest) = self;
        Tagged {
            ok: true,
            protocol: None,
            rest,
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Stamp;

    #[test]
    fn a_yes_and_a_no_are_told_apart() {
        let stamped = Stamped {
            name: None,
            stamp: Some(Stamp::from_bytes([7; 16])),
        };
        let written = serde_json::to_string(&StampedReply(stamped.clone())).unwrap();
        assert_eq!(parse_stamped(&written), Ok(Ok(stamped)));
        assert_eq!(parse_stamped(r#"{"ok":true}"#), Ok(Ok(Stamped::default())));
        assert_eq!(parse_done(r#"{"ok":true}"#), Ok(Ok(())));
        let no = r#"{"ok":false,"code":"rate-limited","message":"that was too much"}"#;
        let code = parse_stamped(no).map(|reply| reply.map_err(|refused| refused.code));
        assert_eq!(code, Ok(Err("rate-limited".into())));
        assert_eq!(parse_stamped("[]"), Err(MalformedJson));
    }
}
