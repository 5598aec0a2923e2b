//! Shortens the names by which the program and its script know each other. wasm-bindgen makes them of what they stand
//! for and a hash, which no compression makes smaller: they are a twentieth of what a browser has to load.

use std::collections::{BTreeMap, BTreeSet};

use super::module::{EXPORTS, HEAD, IMPORTS, Reader, put_bytes, put_number};

/// A program and its script with short names; `None` if the program is not understood, which then can stay as it is.
pub fn shortened(program: &[u8], script: &str) -> Option<(Vec<u8>, String)> {
    let tokens: BTreeSet<&str> = tokens(script).filter(|token| is_name(token)).collect();
    let short = |(place, token)| (token, format!("${place:x}"));
    let names: BTreeMap<&str, String> = tokens.into_iter().enumerate().map(short).collect();
    let mut renamed = String::with_capacity(script.len());
    for token in tokens_and_between(script) {
        renamed.push_str(names.get(token).map_or(token, String::as_str));
    }
    Some((rename(program, &names)?, renamed))
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

fn rename(program: &[u8], names: &BTreeMap<&str, String>) -> Option<Vec<u8>> {
    let mut out = program.get(..HEAD)?.to_vec();
    let mut reader = Reader(program.get(HEAD..)?);
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let section = reader.bytes()?;
        let section = match id {
            IMPORTS => rename_imports(section, names)?,
            EXPORTS => rename_exports(section, names)?,
            _ => section.to_vec(),
        };
        out.push(id);
        put_bytes(&mut out, &section);
    }
    Some(out)
}

fn rename_imports(section: &[u8], names: &BTreeMap<&str, String>) -> Option<Vec<u8>> {
    let mut reader = Reader(section);
    let mut out = Vec::new();
    let count = reader.number()?;
    put_number(&mut out, count);
    for _ in 0..count {
        // Its module, and its own.
        for _ in 0..2 {
            put_bytes(&mut out, renamed(reader.bytes()?, names)?);
        }
        let before = reader.0;
        let kind = reader.byte()?;
        match kind {
            // A function has a type; a tag has one more byte before it.
            0 => drop(reader.number()?),
            1 => {
                reader.byte()?;
                reader.limits()?;
            }
            2 => reader.limits()?,
            3 => drop((reader.byte()?, reader.byte()?)),
            4 => drop((reader.byte()?, reader.number()?)),
            _ => return None,
        }
        out.extend(before.get(..before.len() - reader.0.len())?);
    }
    Some(out)
}

fn rename_exports(section: &[u8], names: &BTreeMap<&str, String>) -> Option<Vec<u8>> {
    let mut reader = Reader(section);
    let mut out = Vec::new();
    let count = reader.number()?;
    put_number(&mut out, count);
    for _ in 0..count {
        put_bytes(&mut out, renamed(reader.bytes()?, names)?);
        out.push(reader.byte()?);
        put_number(&mut out, reader.number()?);
    }
    Some(out)
}

fn renamed<'a>(name: &'a [u8], names: &'a BTreeMap<&str, String>) -> Option<&'a [u8]> {
    let short = names.get(std::str::from_utf8(name).ok()?);
    Some(short.map_or(name, |short| short.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "__wbg_now_00112233aabbccdd";

    /// Imports a function and a memory, exports them under other names, and ends with a custom section.
    fn program(import: &str, export: &str) -> Vec<u8> {
        let mut imports = vec![2];
        for (name, kind) in [(import, &[0, 0][..]), ("memory", &[2, 1, 1, 200, 1])] {
            put_bytes(&mut imports, import.as_bytes());
            put_bytes(&mut imports, name.as_bytes());
            imports.extend(kind);
        }
        let mut exports = vec![2];
        for (name, kind) in [(export, [0, 0]), ("hydrate", [2, 0])] {
            put_bytes(&mut exports, name.as_bytes());
            exports.extend(kind);
        }
        let mut whole = b"\0asm\x01\0\0\0".to_vec();
        for (id, section) in [(IMPORTS, imports), (EXPORTS, exports), (0, vec![7; 300])] {
            whole.push(id);
            put_bytes(&mut whole, &section);
        }
        whole
    }

    #[test]
    fn both_sides_get_the_same_short_names() {
        let script = format!("wasm.__wbindgen_malloc(1);x={{{LONG}:()=>é.{LONG}x,hydrate}}");
        let (short, script) = shortened(&program(LONG, "__wbindgen_malloc"), &script).unwrap();
        assert_eq!(
            script, "wasm.$2(1);x={$0:()=>é.$1,hydrate}",
            "a name is one as a whole only"
        );
        assert_eq!(short, program("$0", "$2"));
    }

    #[test]
    fn what_is_no_program_is_left_alone() {
        let whole = program(LONG, "x");
        for program in [
            &whole[..whole.len() - 1],
            b"\0as",
            b"\0asm\x01\0\0\0\x02\x85",
        ] {
            assert!(shortened(program, LONG).is_none());
        }
    }
}
