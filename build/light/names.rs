//! Shortens the names by which the program and its script know each other. wasm-bindgen makes them of what they stand
//! for and a hash, which no compression makes smaller: they are a twentieth of what a browser has to load.

use std::collections::{BTreeMap, BTreeSet};

/// Short names, by those that they are for.
pub type Names<'a> = BTreeMap<&'a str, String>;

/// A short name for each that wasm-bindgen has made in a script.
pub fn short_names(script: &str) -> Names<'_> {
    let tokens: BTreeSet<&str> = tokens(script).filter(|token| is_name(token)).collect();
    let short = |(place, token)| (token, format!("${place:x}"));
    tokens.into_iter().enumerate().map(short).collect()
}

/// The script with these names.
pub fn renamed(script: &str, names: &Names<'_>) -> String {
    let tokens = tokens_and_between(script);
    tokens
        .map(|token| names.get(token).map_or(token, String::as_str))
        .collect()
}

/// Whether a name is one that wasm-bindgen has made for itself.
fn is_name(token: &str) -> bool {
    ["__wbg_", "__wbindgen_", "wasm_bindgen__"]
        .iter()
        .any(|prefix| token.starts_with(prefix))
}

fn tokens(script: &str) -> impl Iterator<Item = &str> {
    tokens_and_between(script).filter(|token| token.starts_with(is_part))
}

/// Names, and what stands between them.
fn tokens_and_between(script: &str) -> impl Iterator<Item = &str> {
    let mut rest = script;
    std::iter::from_fn(move || {
        let inside = rest.chars().next().map(is_part)?;
        let end = rest.find(|c| is_part(c) != inside).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(token)
    })
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_as_a_whole_only() {
        let long = "__wbg_now_00112233aabbccdd";
        let script = format!("wasm.__wbindgen_malloc(1);x={{{long}:()=>é.{long}x,hydrate}}");
        let names = short_names(&script);
        let script = renamed(&script, &names);
        assert_eq!(script, "wasm.$2(1);x={$0:()=>é.$1,hydrate}");
        assert_eq!(names.get(long).map(String::as_str), Some("$0"));
    }
}
