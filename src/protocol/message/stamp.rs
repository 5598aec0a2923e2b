//! The server's stamp on a line of the chat.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::super::DisplayName;

/// A code of 16 bytes that only the server can make and check: 22 characters of base64url (RFC 4648 section 5). To
/// everyone else it is a word to be kept and shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp([u8; Self::LEN]);

/// What the author of a line is told of it: the reply to a `say` of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stamped {
    /// What the author was called then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// The stamp of what was passed on to all; none of what is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<Stamp>,
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Stamp {
    const LEN: usize = 22;

    /// Writes a code.
    pub fn from_bytes(code: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(code);
        // The last letter has two bits of the code, and four of padding.
        Self(std::array::from_fn(|at| {
            let six = match 122_usize.checked_sub(6 * at) {
                Some(shift) => bits >> shift,
                None => bits << 4,
            };
            let letter = ALPHABET.get((six & 63) as usize);
            letter.copied().unwrap_or_default()
        }))
    }

    /// Whether it is this one. How long it takes does not tell where they differ.
    pub fn is(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(other.0);
        pairs.fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let letters: Option<[u8; Self::LEN]> = text.as_bytes().try_into().ok();
        let letters = letters.filter(|all| all.iter().all(|one| ALPHABET.contains(one)));
        let letters = letters.ok_or_else(|| de::Error::custom("a stamp has 22 letters"))?;
        Ok(Self(letters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_base64url() {
        let written = |code| serde_json::to_string(&Stamp::from_bytes(code)).unwrap();
        assert_eq!(written([0; 16]), "\"AAAAAAAAAAAAAAAAAAAAAA\"");
        assert_eq!(written([255; 16]), "\"_____________________w\"");
        let counted = std::array::from_fn(|at| at as u8);
        assert_eq!(written(counted), "\"AAECAwQFBgcICQoLDA0ODw\"");
        let read: Stamp = serde_json::from_str(&written(counted)).unwrap();
        assert!(read.is(&Stamp::from_bytes(counted)) && !read.is(&Stamp::from_bytes([0; 16])));
        for bad in [
            "\"\"",
            "\"AAECAwQFBgcICQoLDA0OD\"",
            "\"AAECAwQFBgcICQoLDA0OD+\"",
            "7",
        ] {
            assert!(serde_json::from_str::<Stamp>(bad).is_err());
        }
    }
}
