//! Engine.IO 4 and Socket.IO 5 as text, from the client's side.
//!
//! There is no Socket.IO client for the browser in Rust, so ours frames by hand; the server's side is in
//! `server::signaling`. Only what a client of one namespace (`/`) meets is here, on a WebSocket or by long polling: see
//! the Engine.IO protocol, revision 4, and the Socket.IO protocol, revision 5.

use std::{borrow::Cow, collections::VecDeque, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::value::RawValue;

use super::json::{self, MalformedJson, Reader};

/// A frame from the server.
#[derive(Debug)]
pub enum ServerFrame<'a> {
    /// `0`: the transport is open.
    Open(Handshake),
    /// `1`: the server closes the transport.
    Close,
    /// `2`: a ping, to be answered with [`PONG`].
    Ping,
    /// `40`: inside the namespace; events may be sent from now on.
    Connected,
    /// `41`: put out of the namespace.
    Disconnected,
    /// `42`: an event.
    Event(HeardEvent<'a>),
    /// `43`: the reply to the event that was sent with this number.
    Ack(u32, &'a str),
    /// `44`: not let into the namespace.
    ConnectError(&'a str),
    /// Something that means nothing to us.
    Other,
}

/// What the server says when the transport opens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handshake {
    /// Names the session in the requests of long polling. It is a credential.
    #[serde(default)]
    pub sid: Box<str>,
    /// Milliseconds between two pings.
    pub ping_interval: u32,
    /// Milliseconds that a ping may be late.
    pub ping_timeout: u32,
}

/// An event from the server.
#[derive(Debug)]
pub struct HeardEvent<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The first argument as JSON, `null` when there is none.
    pub payload: &'a str,
}

/// An event's name and its first argument, as a server reads them.
#[derive(Debug)]
pub struct NamedPayload<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The first argument, `null` when there is none.
    pub payload: &'a RawValue,
}

/// Answers a ping.
pub const PONG: &str = "3";
/// Asks to be let into the namespace.
pub const CONNECT: &str = "40";
/// Leaves the namespace.
pub const DISCONNECT: &str = "41";
/// Closes the transport.
pub const CLOSE: &str = "1";
/// The path and query of a WebSocket on a server.
pub const WEBSOCKET_PATH: &str = "/socket.io/?EIO=4&transport=websocket";
/// The path and query of long polling; behind it come `&sid=` and the session, once there is one.
pub const POLLING_PATH: &str = "/socket.io/?EIO=4&transport=polling";
/// Stands between the frames in the body of one request or response of long polling.
const SEPARATOR: char = '\u{1e}';

impl Handshake {
    /// Longest silence of a server that is there.
    pub fn patience(&self) -> Duration {
        Duration::from_millis(u64::from(self.ping_interval) + u64::from(self.ping_timeout))
    }
}

/// The frames in the body of a response to long polling.
pub fn frames(body: &str) -> impl Iterator<Item = &str> {
    body.split(SEPARATOR)
}

/// Puts as many frames as go into one request of long polling behind each other; there is one at least, if there is any.
pub fn join(frames: &mut VecDeque<String>, most_bytes: usize) -> String {
    let mut body = frames.pop_front().unwrap_or_default();
    while let Some(next) =
        frames.pop_front_if(|next| body.len() + SEPARATOR.len_utf8() + next.len() <= most_bytes)
    {
        body.push(SEPARATOR);
        body.push_str(&next);
    }
    body
}

impl<'a> ServerFrame<'a> {
    /// Parses one text frame.
    ///
    /// # Errors
    /// [`MalformedJson`] for what no server of these protocols sends.
    pub fn parse(text: &'a str) -> Result<Self, MalformedJson> {
        let mut chars = text.chars();
        match chars.next() {
            Some('0') => json::read(chars.as_str()).map(Self::Open),
            Some('1') => Ok(Self::Close),
            Some('2') => Ok(Self::Ping),
            Some('4') => match chars.next() {
                Some('0') => Ok(Self::Connected),
                Some('1') => Ok(Self::Disconnected),
                Some('2') => HeardEvent::parse(chars.as_str()).map(Self::Event),
                Some('3') => ack(chars.as_str()),
                Some('4') => reason(chars.as_str()).map(Self::ConnectError),
                _ => Ok(Self::Other),
            },
            _ => Ok(Self::Other),
        }
    }
}

impl<'a> HeardEvent<'a> {
    fn parse(arguments: &'a str) -> Result<Self, MalformedJson> {
        let mut reader = Reader::new(arguments);
        reader.take(b'[')?;
        let name = reader.string()?;
        let mut payload = None;
        while reader.peek() == Some(b',') {
            reader.take(b',')?;
            let argument = reader.raw()?;
            payload = payload.or(Some(argument));
        }
        reader.take(b']')?;
        reader.end()?;
        Ok(Self {
            name,
            payload: payload.unwrap_or("null"),
        })
    }
}

fn ack(text: &str) -> Result<ServerFrame<'_>, MalformedJson> {
    let (number, arguments) = text
        .find('[')
        .and_then(|at| text.split_at_checked(at))
        .ok_or(MalformedJson)?;
    let mut reader = Reader::new(arguments);
    reader.take(b'[')?;
    let argument = reader.raw()?;
    reader.take(b']')?;
    reader.end()?;
    Ok(ServerFrame::Ack(
        number.parse().map_err(|_| MalformedJson)?,
        argument,
    ))
}

fn reason(text: &str) -> Result<&str, MalformedJson> {
    let mut reader = Reader::new(text);
    let reason = reader.raw()?;
    reader.end()?;
    Ok(reason)
}

/// Frames an event; with an `ack` number, the server's reply is asked for.
pub fn event(name: &str, payload: &impl Serialize, ack: Option<u32>) -> String {
    let number = ack.map(|ack| ack.to_string()).unwrap_or_default();
    // Our payloads have string keys and no NaN: they always serialise.
    let arguments = serde_json::to_string(&(name, payload)).unwrap_or_default();
    format!("42{number}{arguments}")
}

impl<'de> Deserialize<'de> for NamedPayload<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Arguments;

        impl<'de> de::Visitor<'de> for Arguments {
            type Value = NamedPayload<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an event's name and its argument")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let name = seq
                    .next_element::<Name<'de>>()?
                    .ok_or_else(|| de::Error::invalid_length(0, &self))?
                    .0;
                let payload = seq.next_element::<&RawValue>()?.unwrap_or(RawValue::NULL);
                while seq.next_element::<de::IgnoredAny>()?.is_some() {}
                Ok(NamedPayload { name, payload })
            }
        }

        deserializer.deserialize_seq(Arguments)
    }
}

/// A string that is borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_server_are_read() {
        let open = r#"0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#;
        let ServerFrame::Open(handshake) = ServerFrame::parse(open).unwrap() else {
            panic!()
        };
        assert_eq!(handshake.patience(), Duration::from_secs(45));
        assert!(matches!(
            ServerFrame::parse("2").unwrap(),
            ServerFrame::Ping
        ));
        assert!(matches!(
            ServerFrame::parse(r#"40{"sid":"y"}"#).unwrap(),
            ServerFrame::Connected
        ));
        let ServerFrame::Event(event) = ServerFrame::parse(r#"42["a\"b",{"x":1},2]"#).unwrap()
        else {
            panic!()
        };
        assert_eq!((&*event.name, event.payload), ("a\"b", r#"{"x":1}"#));
        let ServerFrame::Ack(12, reply) = ServerFrame::parse(r#"4312[{"ok":true}]"#).unwrap()
        else {
            panic!()
        };
        assert_eq!(reply, r#"{"ok":true}"#);
        let ServerFrame::Event(event) = ServerFrame::parse(r#"42["bare"]"#).unwrap() else {
            panic!()
        };
        assert_eq!(event.payload, "null");
    }

    #[test]
    fn bodies_of_long_polling_hold_frames() {
        let read: Vec<_> = frames("2\u{1e}40{\"sid\":\"y\"}\u{1e}42[\"a\"]").collect();
        assert_eq!(read, ["2", r#"40{"sid":"y"}"#, r#"42["a"]"#]);
        let mut queue = VecDeque::from([
            "40".to_owned(),
            "3".to_owned(),
            "x".repeat(9),
            "1".to_owned(),
        ]);
        assert_eq!(join(&mut queue, 4), "40\u{1e}3");
        assert_eq!(join(&mut queue, 4), "x".repeat(9), "one at least");
        assert_eq!(join(&mut queue, 4), "1");
        assert_eq!(join(&mut queue, 4), "");
    }

    #[test]
    fn frames_that_are_none_are_refused() {
        for text in [
            "0", "0[]", "42", "42{}", "42[]", "42[7]", "43[]", "43x[1]", "431[1,2]", "44",
        ] {
            assert!(ServerFrame::parse(text).is_err(), "{text}");
        }
    }

    mod against_socketioxide {
        //! The server's own codec reads what ours writes, and the reverse.
        use proptest::prelude::*;
        use socketioxide_core::{
            Value,
            packet::{Packet, PacketData},
            parser::{Parse, ParserState},
        };
        use socketioxide_parser_common::CommonParser;

        use super::super::*;

        proptest! {
            #[test]
            fn events_we_frame(name in "[a-z-]{1,20}", text in "\\PC{0,40}", ack: Option<u16>) {
                let framed = event(&name, &serde_json::json!({ "text": text }), ack.map(u32::from));
                let (engine, packet) = framed.split_at(1);
                prop_assert_eq!(engine, "4");
                let packet = CommonParser.decode_str(&Default::default(), &ParserState::default(), packet.to_owned().into()).unwrap();
                let PacketData::Event(value, number) = packet.inner else { panic!("{packet:?}") };
                prop_assert_eq!(number, ack.map(i64::from));
                let mut value = value;
                prop_assert_eq!(CommonParser.read_event(&value).unwrap(), name.as_str());
                let data: serde_json::Value = CommonParser.decode_value(&mut value, true).unwrap();
                prop_assert_eq!(&data["text"], &serde_json::Value::String(text));
            }

            #[test]
            fn events_it_frames(name in "[a-z-]{1,20}", text in "\\PC{0,40}", ack: u16) {
                let value = CommonParser.encode_value(&text, Some(&name)).unwrap();
                let Value::Str(packet, None) = CommonParser.encode(Packet::event("/", value)) else { panic!() };
                let framed = format!("4{packet}");
                let ServerFrame::Event(event) = ServerFrame::parse(&framed).unwrap() else { panic!("{framed}") };
                prop_assert_eq!(&*event.name, name.as_str());
                prop_assert_eq!(serde_json::from_str::<String>(event.payload).unwrap(), text.clone());

                let value = CommonParser.encode_value(&text, None).unwrap();
                let Value::Str(packet, None) = CommonParser.encode(Packet::ack("/", value, i64::from(ack))) else { panic!() };
                let framed = format!("4{packet}");
                let ServerFrame::Ack(number, reply) = ServerFrame::parse(&framed).unwrap() else { panic!("{framed}") };
                prop_assert_eq!(number, u32::from(ack));
                prop_assert_eq!(serde_json::from_str::<String>(reply).unwrap(), text);
            }
        }
    }
}
