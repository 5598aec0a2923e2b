//! Amounts of bytes as people read them.

use js_sys::{
    Array,
    Intl::{NumberFormat, NumberFormatOptions},
};
use wasm_bindgen::JsCast;

use super::js;

/// A number of bytes in a language by its code (ECMA-402 section 15, style `unit`).
pub fn format_bytes(bytes: u64, language: &str) -> String {
    let (unit, size) = match bytes {
        0..1_000 => ("byte", 1.0),
        1_000..1_000_000 => ("kilobyte", 1e3),
        _ => ("megabyte", 1e6),
    };
    let options = js::object(&[
        ("style", "unit".into()),
        ("unit", unit.into()),
        ("maximumFractionDigits", u32::from(size > 1e3).into()),
    ]);
    let locales = Array::of1(&language.into());
    let options: NumberFormatOptions = options.unchecked_into();
    let format = NumberFormat::new(&locales, &options).format();
    let number = (bytes as f64 / size).into();
    let written = format.call1(&wasm_bindgen::JsValue::NULL, &number);
    written
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}
