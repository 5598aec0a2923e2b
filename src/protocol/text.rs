//! Unicode, by the tables of whoever has them: the browser brings its own, and ours would be a sixth of
//! the program that it has to load.

#[cfg(not(target_arch = "wasm32"))]
mod tables {
    use unicode_normalization::UnicodeNormalization;
    pub use unicode_normalization::char::is_combining_mark;

    use unicode_segmentation::UnicodeSegmentation;

    pub fn nfc(text: &str) -> String {
        text.nfc().collect()
    }

    pub fn nfkc(text: &str) -> String {
        text.nfkc().collect()
    }

    pub fn upper(text: &str) -> String {
        text.to_uppercase()
    }

    pub fn lower(text: &str) -> String {
        // Of a final sigma, too: where it stands in a word must not count.
        text.chars().flat_map(char::to_lowercase).collect()
    }

    pub fn is_alphanumeric(c: char) -> bool {
        c.is_alphanumeric()
    }

    pub fn graphemes(text: &str) -> Vec<String> {
        text.graphemes(true).map(str::to_owned).collect()
    }
}

#[cfg(target_arch = "wasm32")]
mod tables {
    use js_sys::{Array, Function, JsString, Object, Reflect, RegExp};
    use wasm_bindgen::{JsCast, JsValue};

    pub fn nfc(text: &str) -> String {
        JsString::from(text).normalize("NFC").into()
    }

    pub fn nfkc(text: &str) -> String {
        JsString::from(text).normalize("NFKC").into()
    }

    pub fn upper(text: &str) -> String {
        JsString::from(text).to_upper_case().into()
    }

    pub fn lower(text: &str) -> String {
        // Letter by letter, as on the server: a sigma at the end of a word is one like others.
        let letters = text.chars().map(|c| {
            let lower = JsString::from(&*c.encode_utf8(&mut [0; 4])).to_lower_case();
            String::from(lower)
        });
        letters.collect()
    }

    pub fn is_combining_mark(c: char) -> bool {
        !c.is_ascii() && is(c, r"^\p{M}$")
    }

    pub fn is_alphanumeric(c: char) -> bool {
        if c.is_ascii() {
            c.is_ascii_alphanumeric()
        } else {
            is(c, r"^[\p{Alphabetic}\p{N}]$")
        }
    }

    fn is(c: char, class: &str) -> bool {
        RegExp::new(class, "u").test(c.encode_utf8(&mut [0; 4]))
    }

    pub fn graphemes(text: &str) -> Vec<String> {
        let letter = |part: JsValue| Reflect::get(&part, &"segment".into()).ok()?.as_string();
        match segments(text) {
            Ok(parts) => parts.iter().filter_map(letter).collect(),
            // A browser that does not know better.
            Err(_) => text.chars().map(String::from).collect(),
        }
    }

    /// ECMA-402 section 19, `Intl.Segmenter`, which not every browser has.
    fn segments(text: &str) -> Result<Array, JsValue> {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into())?;
        let segmenter = Reflect::get(&intl, &"Segmenter".into())?.dyn_into::<Function>()?;
        let segmenter = Reflect::construct(&segmenter, &Array::new())?;
        let segment = Reflect::get(&segmenter, &"segment".into())?.dyn_into::<Function>()?;
        let segments: Object = segment.call1(&segmenter, &text.into())?.unchecked_into();
        Ok(Array::from(&segments))
    }
}

/// The text in Normalization Form C (UAX 15).
pub fn nfc(text: &str) -> String {
    tables::nfc(text)
}

/// The text in capitals.
pub fn upper(text: &str) -> String {
    tables::upper(text)
}

/// The text in small letters, each by itself.
pub fn lower(text: &str) -> String {
    tables::lower(text)
}

/// The letters of a text as a reader counts them: grapheme clusters (UAX 29).
pub fn graphemes(text: &str) -> Vec<String> {
    // A browser takes ten milliseconds to load its tables, which most names do without.
    match text.chars().all(stands_alone) {
        true => text.chars().map(String::from).collect(),
        false => tables::graphemes(text),
    }
}

/// Whether a character is a letter of its own beside others of these: there is no mark among them, and nothing that joins
/// (UAX 29). Latin, Greek, most of Cyrillic, and the Chinese characters of everyday use are.
fn stands_alone(c: char) -> bool {
    c != '\r' && matches!(c, '\0'..'\u{300}' | '\u{370}'..='\u{482}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether a character is a letter or a digit of some script (`Alphabetic`, or general category N).
pub fn is_alphanumeric(c: char) -> bool {
    tables::is_alphanumeric(c)
}

/// Whether a character is a mark that a script writes on a letter (general category M).
pub fn is_combining_mark(c: char) -> bool {
    tables::is_combining_mark(c)
}

/// Letters that look like Latin ones in most typefaces (of UTS 39, "Unicode Security Mechanisms", section 4, those that a
/// keyboard has), in small letters, each before what it looks like.
const ALIKE: &str = "\u{430}a\u{432}b\u{435}e\u{43a}k\u{43c}m\u{43d}h\u{43e}o\u{440}p\u{441}c\u{442}t\u{443}y\u{445}x\u{456}i\u{458}j\u{455}s\u{501}d\u{51b}q\u{51d}w\u{4bb}h\u{4cf}i\
    \u{3b1}a\u{3b2}b\u{3b5}e\u{3b6}z\u{3b7}h\u{3b9}i\u{3ba}k\u{3bc}m\u{3bd}n\u{3bf}o\u{3c1}p\u{3c4}t\u{3c5}y\u{3c7}x\u{3f2}c\u{3f3}j\u{131}ili1i|i0o";

/// A text as people see it, to compare: two that look alike have the same. Compatibility forms, capitals, blanks and what
/// cannot be seen do not count, nor which of several scripts a letter is of.
pub fn skeleton(text: &str) -> String {
    let folded = tables::nfkc(&lower(&tables::nfkc(text)));
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
                assert_eq!(tables::graphemes(&text).len(), 3, "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn letters_are_those_of_the_tables(text in "\\PC{0,12}|[a-zé\u{301}\u{200d}👩李Я\r\n]{0,12}") {
            prop_assert_eq!(graphemes(&text), tables::graphemes(&text));
        }
    }
}
