//! Unicode, by the tables of whoever has them: two crates on the server, and the browser's own in a browser.

use std::sync::OnceLock;

/// Who knows the characters of all scripts.
pub trait Unicode: Send + Sync {
    /// Normalization Form C (UAX 15).
    fn nfc(&self, text: &str) -> String;
    /// Normalization Form KC (UAX 15).
    fn nfkc(&self, text: &str) -> String;
    /// Capitals.
    fn upper(&self, text: &str) -> String;
    /// Small letters, each by itself: of a final sigma, too, since where it stands in a word must not count.
    fn lower(&self, text: &str) -> String;
    /// Whether a character is of general category M.
    fn is_combining_mark(&self, c: char) -> bool;
    /// Whether a character is `Alphabetic`, or of general category N.
    fn is_alphanumeric(&self, c: char) -> bool;
    /// Grapheme clusters (UAX 29).
    fn graphemes(&self, text: &str) -> Vec<String>;
}

static INSTALLED: OnceLock<&dyn Unicode> = OnceLock::new();

/// Has texts be read by the tables of a browser, before the first is.
pub fn install_unicode(unicode: &'static dyn Unicode) {
    let _ = INSTALLED.set(unicode);
}

fn tables() -> &'static dyn Unicode {
    INSTALLED.get().copied().unwrap_or(&Own)
}

/// The tables that are there where nobody has installed others.
struct Own;

#[cfg(not(target_arch = "wasm32"))]
impl Unicode for Own {
    fn nfc(&self, text: &str) -> String {
        unicode_normalization::UnicodeNormalization::nfc(text).collect()
    }

    fn nfkc(&self, text: &str) -> String {
        unicode_normalization::UnicodeNormalization::nfkc(text).collect()
    }

    fn upper(&self, text: &str) -> String {
        text.to_uppercase()
    }

    fn lower(&self, text: &str) -> String {
        text.chars().flat_map(char::to_lowercase).collect()
    }

    fn is_combining_mark(&self, c: char) -> bool {
        unicode_normalization::char::is_combining_mark(c)
    }

    fn is_alphanumeric(&self, c: char) -> bool {
        c.is_alphanumeric()
    }

    fn graphemes(&self, text: &str) -> Vec<String> {
        let letters = unicode_segmentation::UnicodeSegmentation::graphemes(text, true);
        letters.map(str::to_owned).collect()
    }
}

/// In a browser, ASCII alone: the browser's are installed before anything is read.
#[cfg(target_arch = "wasm32")]
impl Unicode for Own {
    fn nfc(&self, text: &str) -> String {
        text.to_owned()
    }

    fn nfkc(&self, text: &str) -> String {
        text.to_owned()
    }

    fn upper(&self, text: &str) -> String {
        text.to_ascii_uppercase()
    }

    fn lower(&self, text: &str) -> String {
        text.to_ascii_lowercase()
    }

    fn is_combining_mark(&self, _: char) -> bool {
        false
    }

    fn is_alphanumeric(&self, c: char) -> bool {
        c.is_ascii_alphanumeric()
    }

    fn graphemes(&self, text: &str) -> Vec<String> {
        text.chars().map(String::from).collect()
    }
}

/// The text in Normalization Form C (UAX 15).
pub fn nfc(text: &str) -> String {
    tables().nfc(text)
}

/// The text in capitals.
pub fn upper(text: &str) -> String {
    tables().upper(text)
}

/// The text in small letters, each by itself.
pub fn lower(text: &str) -> String {
    tables().lower(text)
}

/// The letters of a text as a reader counts them: grapheme clusters (UAX 29).
pub fn graphemes(text: &str) -> Vec<String> {
    // A browser takes ten milliseconds to load its tables, which most names do without.
    match text.chars().all(stands_alone) {
        true => text.chars().map(String::from).collect(),
        false => tables().graphemes(text),
    }
}

/// Whether a character is a letter of its own beside others of these: there is no mark among them, and nothing that joins
/// (UAX 29). Latin, Greek, most of Cyrillic, and the Chinese characters of everyday use are.
fn stands_alone(c: char) -> bool {
    c != '\r' && matches!(c, '\0'..'\u{300}' | '\u{370}'..='\u{482}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether a character is a letter or a digit of some script (`Alphabetic`, or general category N).
pub fn is_alphanumeric(c: char) -> bool {
    tables().is_alphanumeric(c)
}

/// Whether a character is a mark that a script writes on a letter (general category M).
pub fn is_combining_mark(c: char) -> bool {
    tables().is_combining_mark(c)
}

/// Letters that look like Latin ones in most typefaces (of UTS 39, "Unicode Security Mechanisms", section 4, those that a
/// keyboard has), in small letters, each before what it looks like.
const ALIKE: &str = "\u{430}a\u{432}b\u{435}e\u{43a}k\u{43c}m\u{43d}h\u{43e}o\u{440}p\u{441}c\u{442}t\u{443}y\u{445}x\u{456}i\u{458}j\u{455}s\u{501}d\u{51b}q\u{51d}w\u{4bb}h\u{4cf}i\
    \u{3b1}a\u{3b2}b\u{3b5}e\u{3b6}z\u{3b7}h\u{3b9}i\u{3ba}k\u{3bc}m\u{3bd}n\u{3bf}o\u{3c1}p\u{3c4}t\u{3c5}y\u{3c7}x\u{3f2}c\u{3f3}j\u{131}ili1i|i0o";

/// A text as people see it, to compare: two that look alike have the same. Compatibility forms, capitals, blanks and what
/// cannot be seen do not count, nor which of several scripts a letter is of.
pub fn skeleton(text: &str) -> String {
    let folded = tables().nfkc(&lower(&tables().nfkc(text)));
    folded.chars().filter(|c| is_seen(*c)).map(plain).collect()
}

fn plain(c: char) -> char {
    let mut letters = ALIKE.chars();
    while let (Some(letter), Some(plain)) = (letters.next(), letters.next()) {
        if letter == c {
            return plain;
        }
    }
    c
}

/// Not so blanks, and the commonest of what is `Default_Ignorable_Code_Point`.
fn is_seen(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stands_alone_joins_nothing() {
        let all: Vec<char> = ('\0'..='\u{ffff}').filter(|c| stands_alone(*c)).collect();
        assert!(all.len() > 20_000);
        for c in &all {
            for other in ['a', 'é', 'Ω', 'Я', '李', '\n', '\u{ad}', '©'] {
                let text = String::from_iter([other, *c, other]);
                assert_eq!(tables().graphemes(&text).len(), 3, "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn letters_are_those_of_the_tables(text in "\\PC{0,12}|[a-zé\u{301}\u{200d}👩李Я\r\n]{0,12}") {
            prop_assert_eq!(graphemes(&text), tables().graphemes(&text));
        }
    }
}
