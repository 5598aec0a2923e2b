//! Names of rooms, in any script.

use std::{cmp::Ordering, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    limits::ROOM_NAME_CHARS,
    text::{is_alphanumeric, is_combining_mark, lower, nfc, upper},
};

/// A room's name: 1 to 64 letters and digits of any script, `-` and `_`, in Unicode NFC.
///
/// Marks that a script writes on its letters (the vowel signs of Devanagari, say) count as part of
/// them and may stand anywhere but first. Two names that differ in case only are equal.
#[derive(Clone)]
pub struct RoomName {
    shown: Arc<str>,
    folded: Arc<str>,
}

/// Why a text is no [`RoomName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRoomName {
    /// Nothing was typed.
    #[error("a room needs a name of at least one letter or digit")]
    Empty,
    /// More than 64 characters.
    #[error("a room's name has at most 64 characters; this one has {0}")]
    TooLong(usize),
    /// A character that is no letter, digit, `-` or `_`.
    #[error("a room's name has letters, digits, - and _ only; {0:?} is none of them")]
    Forbidden(char),
}

impl RoomName {
    /// Parses what a person typed or a link brought.
    ///
    /// # Errors
    /// [`BadRoomName`] says what is wrong, as a sentence to show.
    pub fn parse(text: &str) -> Result<Self, BadRoomName> {
        // A megabyte is measured, not normalised: composition at most thirds the count.
        let raw = text.chars().take(4 * ROOM_NAME_CHARS + 1).count();
        if raw > 4 * ROOM_NAME_CHARS {
            return Err(BadRoomName::TooLong(text.chars().count()));
        }
        let shown = nfc(text);
        let chars = shown.chars().count();
        if chars == 0 {
            return Err(BadRoomName::Empty);
        }
        if let Some(bad) = shown
            .chars()
            .enumerate()
            .find_map(|(at, c)| forbidden(at, c))
        {
            return Err(BadRoomName::Forbidden(bad));
        }
        if chars > ROOM_NAME_CHARS {
            return Err(BadRoomName::TooLong(chars));
        }
        Ok(Self {
            folded: fold(&shown).into(),
            shown: shown.into(),
        })
    }

    /// The name as it was typed, in NFC.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The form that two equal names share.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

fn forbidden(at: usize, c: char) -> Option<char> {
    let fits = is_alphanumeric(c) || matches!(c, '-' | '_') || (at > 0 && is_combining_mark(c));
    (!fits).then_some(c)
}

/// Upper case first brings together what has several lower cases (ß and ss, σ and ς).
fn fold(text: &str) -> String {
    nfc(&lower(&upper(text)))
}

impl PartialEq for RoomName {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for RoomName {}

impl PartialOrd for RoomName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RoomName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.shown, f)
    }
}

impl Serialize for RoomName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.shown)
    }
}

impl<'de> Deserialize<'de> for RoomName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> RoomName {
        RoomName::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
    }

    #[test]
    fn letters_and_digits_of_any_script_are_taken() {
        for text in [
            "a",
            "xxx-yyyy-xxx",
            "Büro_2",
            "会議室",
            "комната",
            "غرفة",
            "हिन्दी",
            "ห้อง",
            "٣",
        ] {
            assert_eq!(name(text).as_str(), text);
        }
    }

    #[test]
    fn case_and_composition_make_no_difference() {
        for (one, other) in [
            ("Standup", "sTANDUP"),
            ("e\u{301}cole", "ÉCOLE"),
            ("STRASSE", "straße"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ] {
            assert_eq!(name(one), name(other), "{one} and {other}");
        }
        assert_ne!(name("a"), name("b"));
    }

    #[test]
    fn the_rest_is_refused_with_its_reason() {
        assert_eq!(RoomName::parse("").err(), Some(BadRoomName::Empty));
        assert_eq!(
            RoomName::parse("a b").err(),
            Some(BadRoomName::Forbidden(' '))
        );
        assert_eq!(
            RoomName::parse("a\u{0}").err(),
            Some(BadRoomName::Forbidden('\u{0}'))
        );
        assert_eq!(
            RoomName::parse("\u{301}").err(),
            Some(BadRoomName::Forbidden('\u{301}'))
        );
        assert_eq!(
            RoomName::parse("../x").err(),
            Some(BadRoomName::Forbidden('.'))
        );
        assert_eq!(
            RoomName::parse(&"x".repeat(65)).err(),
            Some(BadRoomName::TooLong(65))
        );
        assert_eq!(
            RoomName::parse(&"x".repeat(10_000)).err(),
            Some(BadRoomName::TooLong(10_000))
        );
        assert!(RoomName::parse(&"e\u{301}".repeat(64)).is_ok());
    }

    proptest! {
        #[test]
        fn what_parses_parses_again_to_the_same(text in "[a-zA-Zäßé\u{130}α-ωа-яא-ת가-힣0-9_-][a-zA-Zäßéα-ω\u{301}\u{308}_-]{0,63}") {
            let room = name(&text);
            let again = name(room.as_str());
            prop_assert_eq!(again.as_str(), room.as_str());
            prop_assert_eq!(again.folded(), room.folded());
            prop_assert!(room.as_str().chars().count() <= ROOM_NAME_CHARS);
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,70}") {
            let parsed = RoomName::parse(&text);
            let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            if is_plain && (1..=ROOM_NAME_CHARS).contains(&text.len()) {
                prop_assert!(parsed.is_ok());
            }
            if text.contains(|c: char| c.is_ascii_punctuation() && c != '-' && c != '_') {
                prop_assert!(parsed.is_err());
            }
        }
    }
}
