//! Names of people, as they want to be called.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{limits::DISPLAY_NAME_CHARS, text::nfc};

/// What a participant is called: 1 to 64 characters on one line, in NFC, without control
/// characters and without those that turn the direction of the text around it.
#[derive(Clone, PartialEq, Eq)]
pub struct DisplayName(Box<str>);

/// Why a text is no [`DisplayName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDisplayName {
    /// Nothing but blanks.
    #[error("a name needs at least one character")]
    Empty,
    /// More than 64 characters.
    #[error("a name has at most 64 characters")]
    TooLong,
    /// A control character, or one that changes the direction of text.
    #[error("a name can't have the character {0:?}")]
    Forbidden(char),
}

impl DisplayName {
    /// Parses what a person typed; blanks around it and runs of them inside are folded.
    ///
    /// # Errors
    /// [`BadDisplayName`] says what is wrong, as a sentence to show.
    pub fn parse(text: &str) -> Result<Self, BadDisplayName> {
        if text.chars().take(4 * DISPLAY_NAME_CHARS + 1).count() > 4 * DISPLAY_NAME_CHARS {
            return Err(BadDisplayName::TooLong);
        }
        let words: Vec<&str> = text
            .split([' ', '\u{a0}', '\t'])
            .filter(|word| !word.is_empty())
            .collect();
        let name = nfc(&words.join(" "));
        if let Some(bad) = name.chars().find(|c| is_forbidden(*c)) {
            return Err(BadDisplayName::Forbidden(bad));
        }
        match name.chars().count() {
            0 => Err(BadDisplayName::Empty),
            n if n > DISPLAY_NAME_CHARS => Err(BadDisplayName::TooLong),
            _ => Ok(Self(name.into())),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character controls something, the direction of the text around it included.
pub(super) fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl Serialize for DisplayName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DisplayName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_and_bounded() {
        assert_eq!(
            DisplayName::parse("  Ada   Lovelace ").map(|n| n.to_string()),
            Ok("Ada Lovelace".into())
        );
        assert_eq!(
            DisplayName::parse("👩‍👩‍👧").map(|n| n.to_string()),
            Ok("👩‍👩‍👧".into())
        );
        assert_eq!(DisplayName::parse(" \t "), Err(BadDisplayName::Empty));
        assert_eq!(
            DisplayName::parse("a\u{202e}b"),
            Err(BadDisplayName::Forbidden('\u{202e}'))
        );
        assert_eq!(
            DisplayName::parse("a\nb"),
            Err(BadDisplayName::Forbidden('\n'))
        );
        assert_eq!(
            DisplayName::parse(&"x".repeat(65)),
            Err(BadDisplayName::TooLong)
        );
        assert_eq!(
            DisplayName::parse(&"x".repeat(100_000)),
            Err(BadDisplayName::TooLong)
        );
    }
}
