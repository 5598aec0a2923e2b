//! The browser's own tables of characters: ours would be a sixth of the program that it has to load.

use js_sys::{Array, Function, JsString, Object, Reflect, RegExp};
use wasm_bindgen::{JsCast, JsValue};

use crate::protocol::Unicode;

/// The browser's own tables.
pub struct BrowserUnicode;

impl Unicode for BrowserUnicode {
    fn nfc(&self, text: &str) -> String {
        JsString::from(text).normalize("NFC").into()
    }

    fn nfkc(&self, text: &str) -> String {
        JsString::from(text).normalize("NFKC").into()
    }

    fn upper(&self, text: &str) -> String {
        JsString::from(text).to_upper_case().into()
    }

    fn lower(&self, text: &str) -> String {
        // Letter by letter, as on the server: JavaScript writes a sigma at the end of a word in another way.
        let letters = text.chars().map(|c| {
            let lower = JsString::from(&*c.encode_utf8(&mut [0; 4])).to_lower_case();
            String::from(lower)
        });
        letters.collect()
    }

    fn is_combining_mark(&self, c: char) -> bool {
        !c.is_ascii() && is(c, r"^\p{M}$")
    }

    fn is_alphanumeric(&self, c: char) -> bool {
        match c.is_ascii() {
            true => c.is_ascii_alphanumeric(),
            false => is(c, r"^[\p{Alphabetic}\p{N}]$"),
        }
    }

    fn graphemes(&self, text: &str) -> Vec<String> {
        let letter = |part: JsValue| Reflect::get(&part, &"segment".into()).ok()?.as_string();
        match segments(text) {
            Ok(parts) => parts.iter().filter_map(letter).collect(),
            // A browser that does not know better.
            Err(_) => text.chars().map(String::from).collect(),
        }
    }
}

fn is(c: char, class: &str) -> bool {
    RegExp::new(class, "u").test(c.encode_utf8(&mut [0; 4]))
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
