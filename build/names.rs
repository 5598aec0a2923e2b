//! Shortens the names by which the program and its script know each other. wasm-bindgen makes them of what they stand
//! for and a hash, which no compression makes smaller: they are a twentieth of what a browser has to load.

use std::collections::{BTreeMap, BTreeSet};

/// Sections of a module (WebAssembly Core section 5.5).
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
/// The magic number and the version before the first section.
const HEAD: usize = 8;

/// A program and its script, as wasm-bindgen has made them.
pub struct Pair {
    /// The WebAssembly module.
    pub program: Vec<u8>,
    /// The module of JavaScript.
    pub script: String,
}

impl Pair {
    /// The same with short names; `None` if the program is not understood, which then can stay as it is.
    pub fn shortened(&self) -> Option<Self> {
        let tokens: BTreeSet<&str> = tokens(&self.script)
            .filter(|token| is_name(token))
            .collect();
        let short = |(place, token)| (token, format!("${place:x}"));
        let names: BTreeMap<&str, String> = tokens.into_iter().enumerate().map(short).collect();
        let mut script = String::with_capacity(self.script.len());
        for token in tokens_and_between(&self.script) {
            script.push_str(names.get(token).map_or(token, String::as_str));
        }
        let program = rename(&self.program, &names)?;
        Some(Self { program, script })
    }
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

/// Reads the binary format (WebAssembly Core section 5.2).
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// So many bytes as the number before them says.
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn limits(&mut self) -> Option<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.number()?;
        if has_maximum {
            self.number()?;
        }
        Some(())
    }
}

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        out.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return;
        }
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend(bytes);
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
        let pair = Pair {
            program: program(LONG, "__wbindgen_malloc"),
            script: format!("wasm.__wbindgen_malloc(1);x={{{LONG}:()=>é.{LONG}x,hydrate}}"),
        };
        let short = pair.shortened().unwrap();
        assert_eq!(
            short.script, "wasm.$2(1);x={$0:()=>é.$1,hydrate}",
            "a name is one as a whole only"
        );
        assert_eq!(short.program, program("$0", "$2"));
    }

    #[test]
    fn what_is_no_program_is_left_alone() {
        let whole = program(LONG, "x");
        for program in [
            &whole[..whole.len() - 1],
            b"\0as",
            b"\0asm\x01\0\0\0\x02\x85",
        ] {
            let (program, script) = (program.to_vec(), LONG.to_owned());
            assert!(Pair { program, script }.shortened().is_none());
        }
    }
}
