//! Names of participants on the wire. They are public: every other participant sees them, so they
//! are never the Socket.IO session id, which is a credential.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Names a participant: 20 characters of `[A-Za-z0-9_-]`, of which the first is a letter, so that it
/// can stand as an element's id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParticipantId([u8; Self::LEN]);

/// A text that is no [`ParticipantId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a participant's id is a letter and 19 more of letters, digits, - and _")]
pub struct MalformedId;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl ParticipantId {
    const LEN: usize = 20;

    /// Makes an id of random bytes; 119 bits of them count.
    pub fn from_random(bytes: [u8; 20]) -> Self {
        let mut id = bytes.map(|byte| letter(byte & 63));
        let [first, ..] = &mut id;
        *first = letter(*first % 52);
        Self(id)
    }

    /// Parses the form on the wire.
    ///
    /// # Errors
    /// [`MalformedId`] for any other text.
    pub fn parse(text: &str) -> Result<Self, MalformedId> {
        let bytes: [u8; Self::LEN] = text.as_bytes().try_into().map_err(|_| MalformedId)?;
        let [first, ..] = bytes;
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let fits = first.is_ascii_alphabetic() && bytes.iter().all(is_letter);
        fits.then_some(Self(bytes)).ok_or(MalformedId)
    }

    /// The form on the wire.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn letter(index: u8) -> u8 {
    ALPHABET.get(usize::from(index)).copied().unwrap_or(b'A')
}

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ParticipantId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ParticipantId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = ParticipantId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a participant")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ParticipantId, E> {
                ParticipantId::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn random_ids_parse_back(bytes: [u8; 20]) {
            let id = ParticipantId::from_random(bytes);
            prop_assert_eq!(ParticipantId::parse(id.as_str()), Ok(id));
        }

        #[test]
        fn what_fits_is_its_own_text_and_nothing_else_parses(
            text in prop_oneof!["[A-Za-z0-9_-]{19,21}", "[A-Za-z0-9_-]{20}", "\\PC{0,24}"],
        ) {
            let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
            let fits = text.len() == 20 && begins && text.chars().all(is_letter);
            let expected = if fits { Ok(text.clone()) } else { Err(MalformedId) };
            let parsed = ParticipantId::parse(&text).map(|id| id.to_string());
            prop_assert_eq!(parsed, expected);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "a",
            "1bcdefghijklmnopqrst",
            "abcdefghijklmnopqrs\"",
            "abcdefghijklmnopqrstu",
        ] {
            assert_eq!(ParticipantId::parse(text), Err(MalformedId), "{text:?}");
        }
    }
}
