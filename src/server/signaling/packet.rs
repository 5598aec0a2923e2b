//! Socket.IO 5 as text, from the server's side: what a client of engineioxide's messages means, and
//! what goes back. See the Socket.IO protocol, revision 5, "Packet encoding".

use std::{cell::RefCell, fmt, io::Write as _, sync::Arc};

use serde::Serialize;

/// Longest name of a namespace that is answered, in bytes: what a client sends comes back in the refusal.
const NAMESPACE_BYTES: usize = 64;
/// Most attachments that one packet may announce.
const ATTACHMENTS: usize = 10;

/// What a thread keeps to write packets in, in bytes.
const SCRATCH_BYTES: usize = 16 * 1024;

thread_local! {
    /// Where a packet is written before its length is known, so that the packet itself takes just as much as it needs.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A packet from a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it is.
    pub kind: Kind,
    /// `/` for the only one that there is.
    pub namespace: &'a str,
    /// The number to reply with, if a reply is asked for.
    pub ack: Option<u64>,
    /// JSON that was not read yet.
    pub payload: &'a str,
}

/// The kinds of packets that clients send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `0`: let me into the namespace.
    Connect,
    /// `1`: I leave the namespace.
    Disconnect,
    /// `2`: an event.
    Event,
    /// `3`: a reply.
    Ack,
    /// `5` or `6`: an event or a reply with binary messages that follow.
    Binary {
        /// How many of them.
        attachments: usize,
    },
}

/// A packet to clients, shared by all to whom it goes.
#[derive(Debug, Clone)]
pub struct Text(Arc<str>);

impl<'a> Packet<'a> {
    /// Parses a message of Engine.IO; `None` for what no client sends.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (kind, rest) = Kind::parse(text)?;
        let (namespace, rest) = if rest.starts_with('/') {
            rest.split_once(',').unwrap_or((rest, ""))
        } else {
            ("/", rest)
        };
        let digits = rest.find(|char: char| !char.is_ascii_digit());
        let (number, payload) = rest.split_at_checked(digits.unwrap_or(rest.len()))?;
        let ack = match number {
            "" => None,
            number => Some(number.parse().ok()?),
        };
        Some(Self {
            kind,
            namespace,
            ack,
            payload,
        })
    }
}

impl Kind {
    fn parse(text: &str) -> Option<(Self, &str)> {
        let mut rest = text.chars();
        let kind = match rest.next()? {
            '0' => Self::Connect,
            '1' => Self::Disconnect,
            '2' => Self::Event,
            '3' => Self::Ack,
            '5' | '6' => {
                let (number, rest) = rest.as_str().split_once('-')?;
                let attachments = number
                    .parse()
                    .ok()
                    .filter(|&number| number <= ATTACHMENTS)?;
                return Some((Self::Binary { attachments }, rest));
            }
            _ => return None,
        };
        Some((kind, rest.as_str()))
    }
}

impl Text {
    /// The client is inside the namespace, and this is its id there.
    pub fn connected(id: &str) -> Self {
        Self::from(format!(r#"0{{"sid":"{id}"}}"#))
    }

    /// There is no such namespace; nothing for a name that is too long to be repeated.
    pub fn no_namespace(namespace: &str) -> Option<Self> {
        (namespace.len() <= NAMESPACE_BYTES)
            .then(|| Self::from(format!(r#"4{namespace},{{"message":"Invalid namespace"}}"#)))
    }

    /// The client is put out of the namespace.
    pub fn disconnected() -> Self {
        Self("1".into())
    }

    /// An event; `None` if the payload is no JSON.
    pub fn event<T: Serialize>(name: &str, payload: &T) -> Option<Self> {
        Self::write(format_args!("2"), &(name, payload))
    }

    /// The reply to an event; `None` if it is no JSON.
    pub fn ack<T: Serialize>(number: u64, payload: &T) -> Option<Self> {
        Self::write(format_args!("3{number}"), &(payload,))
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn write(start: fmt::Arguments<'_>, arguments: &impl Serialize) -> Option<Self> {
        SCRATCH.with_borrow_mut(|bytes| {
            bytes.clear();
            bytes.shrink_to(SCRATCH_BYTES);
            bytes.write_fmt(start).ok()?;
            serde_json::to_writer(&mut *bytes, arguments).ok()?;
            // serde_json writes UTF-8, and a payload of raw JSON was text.
            Some(Self(std::str::from_utf8(bytes).ok()?.into()))
        })
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use socketioxide_core::{
        Value as Raw,
        packet::{Packet as Theirs, PacketData},
        parser::{Parse, ParserState},
    };
    use socketioxide_parser_common::CommonParser;

    use super::*;

    fn packet(text: &str) -> (Kind, &str, Option<u64>, &str) {
        let packet = Packet::parse(text).unwrap_or_else(|| panic!("{text}"));
        (packet.kind, packet.namespace, packet.ack, packet.payload)
    }

    #[test]
    fn the_packets_of_the_protocols_examples() {
        assert_eq!(packet("0"), (Kind::Connect, "/", None, ""));
        assert_eq!(
            packet(r#"0{"token":"123"}"#),
            (Kind::Connect, "/", None, r#"{"token":"123"}"#)
        );
        assert_eq!(
            packet(r#"0/admin,{"a":1}"#),
            (Kind::Connect, "/admin", None, r#"{"a":1}"#)
        );
        assert_eq!(packet("1/admin,"), (Kind::Disconnect, "/admin", None, ""));
        assert_eq!(
            packet(r#"2["foo"]"#),
            (Kind::Event, "/", None, r#"["foo"]"#)
        );
        assert_eq!(
            packet(r#"2/admin,456["foo"]"#),
            (Kind::Event, "/admin", Some(456), r#"["foo"]"#)
        );
        assert_eq!(packet("312[]"), (Kind::Ack, "/", Some(12), "[]"));
        let binary = Kind::Binary { attachments: 1 };
        assert_eq!(packet(r#"51-["a"]"#), (binary, "/", None, r#"["a"]"#));
        assert_eq!(packet("61-/x,7[]"), (binary, "/x", Some(7), "[]"));
    }

    #[test]
    fn what_no_client_sends() {
        for text in [
            "",
            "4",
            "4{}",
            "7[]",
            "é",
            "5[]",
            "5-[]",
            "511-[]",
            "5-1-[]",
            "299999999999999999999[]",
        ] {
            assert_eq!(Packet::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_more_is_repeated_than_a_name() {
        let refused = Text::no_namespace("/admin").unwrap();
        assert_eq!(
            refused.as_bytes(),
            br#"4/admin,{"message":"Invalid namespace"}"#
        );
        assert!(Text::no_namespace(&"/x".repeat(1_000)).is_none());
    }

    fn theirs(text: &Text) -> PacketData {
        let text = String::from_utf8(text.as_bytes().to_vec()).unwrap();
        // The crate reads what clients send: the two kinds here are the same in both directions.
        let packet: Theirs = CommonParser
            .decode_str(&Default::default(), &ParserState::default(), text.into())
            .unwrap();
        assert_eq!(packet.ns, "/");
        packet.inner
    }

    proptest! {
        #[test]
        fn any_text_is_a_packet_or_none(text in "[0-9/,\\-\\[\\]{}\"a-zé]{0,40}") {
            let _ = Packet::parse(&text);
        }

        #[test]
        fn what_is_written_is_read_by_another_implementation(name in ".{0,20}", words in ".{0,50}", number: u32) {
            let payload = json!({ "words": words });
            let read = |raw: Raw| serde_json::from_str::<Value>(raw.as_str().unwrap()).unwrap();
            let event = Text::event(&name, &payload).unwrap();
            let PacketData::Event(raw, None) = theirs(&event) else { panic!("an event") };
            prop_assert_eq!(read(raw), json!([name, payload]));
            let ack = Text::ack(number.into(), &payload).unwrap();
            let PacketData::EventAck(raw, heard) = theirs(&ack) else { panic!("a reply") };
            prop_assert_eq!((read(raw), heard), (json!([payload]), i64::from(number)));
        }
    }
}
