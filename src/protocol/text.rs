//! Unicode, by the tables of whoever has them: the browser brings its own, and ours would be a sixth of
//! the program that it has to load.

#[cfg(not(target_arch = "wasm32"))]
mod tables {
    use unicode_normalization::UnicodeNormalization;
    pub use unicode_normalization::char::is_combining_mark;

    pub fn nfc(text: &str) -> String {
        text.nfc().collect()
    }
}

#[cfg(target_arch = "wasm32")]
mod tables {
    use js_sys::{JsString, RegExp};

    pub fn nfc(text: &str) -> String {
        JsString::from(text).normalize("NFC").into()
    }

    pub fn is_combining_mark(c: char) -> bool {
        !c.is_ascii() && RegExp::new(r"^\p{M}$", "u").test(c.encode_utf8(&mut [0; 4]))
    }
}

/// Whether a character is a mark that a script writes on a letter (general category M).
pub use tables::is_combining_mark;
/// The text in Normalization Form C (UAX 15).
pub use tables::nfc;
