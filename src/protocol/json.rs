//! JSON as a client hears it from its server: what serde derives, read without words for what is wrong.
//!
//! Nobody sees why a client did not understand its server, and serde_json's reader with its words would be
//! a tenth of the program that a browser has to load. The server, which tells strangers what is wrong with
//! what they sent, reads with serde_json. This one reads everything that serde_json writes; it takes some
//! texts that are no JSON, such as control characters in strings.

mod deserialize;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt};

use serde::{Deserialize, de};

/// A text that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedJson;

/// Reads a whole text.
///
/// # Errors
/// [`MalformedJson`] if it is no JSON, or not that of a `T`.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, MalformedJson> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// A place in a text.
pub struct Reader<'de> {
    rest: &'de str,
}

impl<'de> Reader<'de> {
    /// Begins at the beginning.
    pub fn new(text: &'de str) -> Self {
        Self { rest: text }
    }

    /// The next byte that is no blank.
    pub fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.bytes().next()
    }

    /// Goes past the given byte of ASCII.
    ///
    /// # Errors
    /// Another comes next.
    pub fn take(&mut self, byte: u8) -> Result<(), MalformedJson> {
        if self.peek() != Some(byte) {
            return Err(MalformedJson);
        }
        self.advance(1)
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// Something does.
    pub fn end(&mut self) -> Result<(), MalformedJson> {
        self.peek().map_or(Ok(()), |_| Err(MalformedJson))
    }

    /// Goes past a value and gives its text, unread.
    ///
    /// # Errors
    /// No value comes next.
    pub fn raw(&mut self) -> Result<&'de str, MalformedJson> {
        self.peek();
        let start = self.rest;
        self.skip()?;
        start
            .get(..start.len() - self.rest.len())
            .ok_or(MalformedJson)
    }

    /// Reads a string.
    ///
    /// # Errors
    /// None comes next.
    pub fn string(&mut self) -> Result<Cow<'de, str>, MalformedJson> {
        self.take(b'"')?;
        let mut text = Cow::Borrowed("");
        loop {
            let at = self.rest.find(['"', '\\']).ok_or(MalformedJson)?;
            let plain = self.rest.get(..at).ok_or(MalformedJson)?;
            self.advance(at)?;
            text += plain;
            let is_end = self.rest.starts_with('"');
            self.advance(1)?;
            if is_end {
                return Ok(text);
            }
            text.to_mut().push(self.escaped()?);
        }
    }

    fn advance(&mut self, bytes: usize) -> Result<(), MalformedJson> {
        self.rest = self.rest.get(bytes..).ok_or(MalformedJson)?;
        Ok(())
    }

    /// The character that an escape stands for, from behind its backslash.
    fn escaped(&mut self) -> Result<char, MalformedJson> {
        let kind = self.rest.bytes().next().ok_or(MalformedJson)?;
        self.advance(1)?;
        Ok(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.utf16(),
            _ => return Err(MalformedJson),
        })
    }

    fn utf16(&mut self) -> Result<char, MalformedJson> {
        let unit = self.unit()?;
        if let Some(c) = char::from_u32(u32::from(unit)) {
            return Ok(c);
        }
        if !self.rest.starts_with("\\u") {
            return Err(MalformedJson);
        }
        self.advance(2)?;
        let pair = [unit, self.unit()?];
        char::decode_utf16(pair)
            .next()
            .and_then(Result::ok)
            .ok_or(MalformedJson)
    }

    fn unit(&mut self) -> Result<u16, MalformedJson> {
        let digits = self.rest.get(..4).ok_or(MalformedJson)?;
        self.advance(4)?;
        u16::from_str_radix(digits, 16).map_err(|_| MalformedJson)
    }

    /// A number, `true`, `false` or `null`, as it is written.
    fn word(&mut self) -> Result<&'de str, MalformedJson> {
        self.peek();
        let is_in = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        let at = self.rest.find(|c| !is_in(c)).unwrap_or(self.rest.len());
        let word = self
            .rest
            .get(..at)
            .filter(|word| !word.is_empty())
            .ok_or(MalformedJson)?;
        self.advance(at)?;
        Ok(word)
    }

    fn number(&mut self) -> Result<u64, MalformedJson> {
        self.word()?.parse().map_err(|_| MalformedJson)
    }

    /// Goes past a value, however deep.
    fn skip(&mut self) -> Result<(), MalformedJson> {
        let mut depth = 0_usize;
        loop {
            match self.peek().ok_or(MalformedJson)? {
                b'"' => drop(self.string()?),
                b'{' | b'[' => {
                    depth += 1;
                    self.advance(1)?;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1).ok_or(MalformedJson)?;
                    self.advance(1)?;
                }
                b',' | b':' if depth > 0 => self.advance(1)?,
                _ => drop(self.word()?),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

impl fmt::Display for MalformedJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the JSON that it should be")
    }
}

impl std::error::Error for MalformedJson {}

impl de::Error for MalformedJson {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}
