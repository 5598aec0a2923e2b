//! Takes out of a program where in its source it may panic: a page shows that to nobody, the paths are those of the
//! machine that built it, and they are a part in eighty of what a browser has to load.

use std::ops::Range;

use wasmparser::{DataKind, Operator, Parser, Payload};

const ENDING: &[u8] = b".rs";
/// `core::panic::Location`: where the path is and how long, line and column, four bytes each.
const LOCATION: usize = 16;
/// No source has so many lines, or such long ones.
const MOST_LINES: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 12;

/// Bytes that are put into the memory, by their address there.
struct Segment {
    address: usize,
    bytes: Range<usize>,
}

/// A path by its address in the memory.
struct SourcePath {
    address: usize,
    length: usize,
}

/// Blanks the paths, and has all locations be one without a path. The program's length stays the same. What is not
/// understood stays as it is.
pub fn forget(program: &mut [u8]) {
    let segments = segments(program).unwrap_or_default();
    let beginnings = beginnings();
    let mut paths = Vec::new();
    for segment in &segments {
        let Some(bytes) = program.get_mut(segment.bytes.clone()) else {
            continue;
        };
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
            let length = path_length(rest, &beginnings);
            if length > 0 {
                rest.iter_mut().take(length).for_each(|byte| *byte = 0);
                let address = segment.address + at;
                paths.push(SourcePath { address, length });
            }
            at += length.max(1);
        }
    }
    paths.sort_by_key(|path| path.address);
    let Some(nowhere) = paths.first().map(|path| path.address) else {
        return;
    };
    for segment in &segments {
        if let Some(bytes) = program.get_mut(segment.bytes.clone()) {
            // As the memory is aligned.
            let skipped = segment.address.wrapping_neg() % 4;
            blank_locations(
                bytes.get_mut(skipped..).unwrap_or_default(),
                &paths,
                nowhere,
            );
        }
    }
}

/// Those whose address is a constant.
fn segments(program: &[u8]) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    for payload in Parser::new(0).parse_all(program) {
        let Payload::DataSection(section) = payload.ok()? else {
            continue;
        };
        for data in section {
            let data = data.ok()?;
            if let DataKind::Active { offset_expr, .. } = data.kind
                && let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read()
            {
                let end = usize::try_from(data.range.end).ok()?;
                segments.push(Segment {
                    address: usize::try_from(value).ok()?,
                    bytes: end - data.data.len()..end,
                });
            }
        }
    }
    Some(segments)
}

/// Bytes of the path that these begin with.
fn path_length(bytes: &[u8], beginnings: &[Vec<u8>]) -> usize {
    if !beginnings
        .iter()
        .any(|beginning| bytes.starts_with(beginning))
    {
        return 0;
    }
    let end = bytes.iter().position(|byte| !is_of_path(*byte));
    let mut parts = bytes.windows(ENDING.len());
    let ending = parts.position(|part| part == ENDING);
    let ending = ending.filter(|ending| end.is_none_or(|end| *ending < end));
    ending.map_or(0, |ending| ending + ENDING.len())
}

/// What paths begin with: of the standard library, of this crate, of others where Cargo keeps them.
fn beginnings() -> [Vec<u8>; 3] {
    let cargo = cargo_home() + "/registry/src/";
    [b"/rustc/".to_vec(), b"src/".to_vec(), cargo.into_bytes()]
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./".contains(&byte)
}

/// Where Cargo keeps what it has fetched.
fn cargo_home() -> String {
    let from_home = || std::env::var("HOME").map(|home| home + "/.cargo");
    std::env::var("CARGO_HOME")
        .or_else(|_| from_home())
        .unwrap_or_default()
}

fn blank_locations(bytes: &mut [u8], paths: &[SourcePath], nowhere: usize) {
    // A path ends with a zero that counts.
    let blank = (nowhere as u128 | 1 << 32).to_le_bytes();
    let mut at = 0;
    while let Some(words) = bytes.get_mut(at..at + LOCATION) {
        if is_location(words, paths) {
            words.copy_from_slice(&blank);
            at += LOCATION;
        } else {
            at += 4;
        }
    }
}

fn is_location(words: &[u8], paths: &[SourcePath]) -> bool {
    let word = |place: usize| {
        let bytes = words.get(4 * place..4 * place + 4);
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(u32::MAX, u32::from_le_bytes)
    };
    let (address, length) = (word(0) as usize, word(1) as usize);
    let found = paths.binary_search_by_key(&address, |path| path.address);
    let path = found.ok().and_then(|place| paths.get(place));
    path.is_some_and(|path| length == path.length || length == path.length + 1)
        && word(2) < MOST_LINES
        && word(3) < MOST_COLUMNS
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ConstExpr, CustomSection, DataSection, Module};

    use super::*;

    const ADDRESS: u32 = 1_048_576;

    /// A program with one segment of data, and one that has no address.
    fn program(data: &[u8]) -> Vec<u8> {
        let mut segments = DataSection::new();
        segments.active(0, &ConstExpr::i32_const(ADDRESS as i32), data.to_vec());
        segments.passive(b"src/not/touched.rs".to_vec());
        let after = CustomSection {
            name: "after".into(),
            data: b"src/neither.rs".into(),
        };
        let mut module = Module::new();
        module.section(&segments).section(&after);
        module.finish()
    }

    fn location(path: u32, length: u32, line: u32, column: u32) -> Vec<u8> {
        [path, length, line, column]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// The texts with what else is in the data, as it is aligned.
    fn data(own: &[u8], foreign: &[u8], locations: &[Vec<u8>]) -> Vec<u8> {
        let texts = [
            b"before ",
            own,
            b"\0after",
            foreign,
            b".html end of the source.rs",
        ];
        let mut data = texts.concat();
        data.resize(data.len().next_multiple_of(4), 0);
        data.extend(locations.concat());
        data
    }

    #[test]
    fn paths_are_blank_and_locations_nowhere() {
        let (own, foreign) = (b"src/ui/tile.rs", b"/rustc/59/library/x-1.rs");
        let (first, second) = (ADDRESS + 7, ADDRESS + 27);
        let other = location(first, 4, 12, 5);
        let locations = [
            location(first, 15, 12, 5),
            location(second, 24, 1_000, 80),
            other.clone(),
        ];
        let mut whole = program(&data(own, foreign, &locations));
        forget(&mut whole);
        let nowhere = location(first, 1, 0, 0);
        let locations = [nowhere.clone(), nowhere, other];
        assert_eq!(whole, program(&data(&[0; 14], &[0; 24], &locations)));
    }

    #[test]
    fn what_is_no_program_is_left_alone() {
        let whole = program(b"src/a.rs");
        for bytes in [
            &whole[..whole.len() - 30],
            b"\0as",
            b"\0asm\x01\0\0\0\x0b\x85",
        ] {
            let mut program = bytes.to_vec();
            forget(&mut program);
            assert_eq!(program, bytes);
        }
    }
}
