//! How long a WebM lasts: browsers record it as a stream whose end they do not know, and players then show no time and
//! can't jump. RFC 9559 (Matroska) and RFC 8794 (EBML).

const EBML: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const DURATION: u32 = 0x4489;
const TIMESTAMP_SCALE: u32 = 0x002a_d7b1;
/// Nanoseconds of a unit of time, if nothing else is said (RFC 9559 section 5.1.2.9).
const USUAL_SCALE: u64 = 1_000_000;
/// A size of eight bytes.
const LONG_SIZE: u64 = 1 << 56;

/// Writes into the beginning of a file how long all of it lasts. `None` if it is no stream of this kind, or tells that
/// already.
pub fn with_duration(head: &[u8], milliseconds: f64) -> Option<Vec<u8>> {
    let first = Element::read(head, 0).filter(|first| first.id == EBML)?;
    let segment = Element::read(head, first.end()?).filter(|segment| segment.id == SEGMENT)?;
    // All that comes moves: where the segment's end is known, so are places in it.
    if segment.size.is_some() {
        return None;
    }
    let info = find(head, segment.body, head.len(), INFO)?;
    let end = info.end().filter(|end| *end <= head.len())?;
    if find(head, info.body, end, DURATION).is_some() {
        return None;
    }
    let scale = find(head, info.body, end, TIMESTAMP_SCALE)
        .and_then(|scale| Some(number(head.get(scale.body..scale.end()?)?)))
        .filter(|scale| *scale > 0)
        .unwrap_or(USUAL_SCALE);
    let duration = milliseconds * 1e6 / scale as f64;
    let mut added = vec![0x44, 0x89, 0x88];
    added.extend(duration.to_be_bytes());
    let size = LONG_SIZE | (info.size? + added.len() as u64);
    let mut patched = head.get(..info.start + 4)?.to_vec();
    patched.extend(size.to_be_bytes());
    patched.extend(head.get(info.body..end)?);
    patched.extend(added);
    patched.extend(head.get(end..)?);
    Some(patched)
}

struct Element {
    id: u32,
    start: usize,
    body: usize,
    /// Unknown of what is still being written.
    size: Option<u64>,
}

impl Element {
    fn read(bytes: &[u8], start: usize) -> Option<Self> {
        let rest = bytes.get(start..)?;
        let id_length = length(rest, 4)?;
        let id = number(rest.get(..id_length)?) as u32;
        let rest = rest.get(id_length..)?;
        let size_length = length(rest, 8)?;
        let all = (1_u64 << (7 * size_length)) - 1;
        let size = number(rest.get(..size_length)?) & all;
        Some(Self {
            id,
            start,
            body: start + id_length + size_length,
            size: (size != all).then_some(size),
        })
    }

    fn end(&self) -> Option<usize> {
        self.body.checked_add(usize::try_from(self.size?).ok()?)
    }
}

fn find(bytes: &[u8], mut at: usize, end: usize, id: u32) -> Option<Element> {
    while at < end {
        let element = Element::read(bytes, at)?;
        if element.id == id {
            return Some(element);
        }
        at = element.end()?;
    }
    None
}

/// Bytes of a number whose first byte tells that by its leading zeros (RFC 8794 section 4).
fn length(bytes: &[u8], most: usize) -> Option<usize> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    (length <= most).then_some(length)
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The beginning of a stream: a header, a segment without end, what it is about, a track.
    fn stream(info: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x1a, 0x45, 0xdf, 0xa3, 0x81, 0x07];
        bytes.extend([0x18, 0x53, 0x80, 0x67]);
        bytes.extend([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        bytes.extend([0xec, 0x82, 0, 0]);
        bytes.extend([0x15, 0x49, 0xa9, 0x66, 0x80 | info.len() as u8]);
        bytes.extend(info);
        bytes.extend([0x16, 0x54, 0xae, 0x6b, 0x81, 0x09, 0x1f, 0x43]);
        bytes
    }

    fn duration_in(bytes: &[u8]) -> f64 {
        let segment = Element::read(bytes, 6).unwrap();
        let info = find(bytes, segment.body, bytes.len(), INFO).unwrap();
        let duration = find(bytes, info.body, info.end().unwrap(), DURATION).unwrap();
        let value = &bytes[duration.body..duration.end().unwrap()];
        f64::from_be_bytes(value.try_into().unwrap())
    }

    #[test]
    fn the_duration_is_added_and_nothing_else_changes() {
        let scale = [0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40];
        let before = stream(&scale);
        let after = with_duration(&before, 5_250.0).unwrap();
        assert_eq!(duration_in(&after), 5_250.0);
        assert!(after.ends_with(&[0x16, 0x54, 0xae, 0x6b, 0x81, 0x09, 0x1f, 0x43]));
        let tracks = Element::read(&after, 6).unwrap();
        assert!(find(&after, tracks.body, after.len(), 0x1654_ae6b).is_some());
        assert_eq!(with_duration(&after, 1.0), None);
    }

    #[test]
    fn it_is_in_the_units_of_the_file() {
        let finer = [0x2a, 0xd7, 0xb1, 0x82, 0x03, 0xe8];
        let after = with_duration(&stream(&finer), 2.0).unwrap();
        assert_eq!(duration_in(&after), 2_000.0);
        assert_eq!(duration_in(&with_duration(&stream(&[]), 2.0).unwrap()), 2.0);
    }

    #[test]
    fn other_files_stay_as_they_are() {
        assert_eq!(with_duration(b"", 1.0), None);
        assert_eq!(with_duration(b"\0\0\0\x20ftypisom", 1.0), None);
        let mut closed = stream(&[]);
        closed[11] = 0xfe;
        assert_eq!(with_duration(&closed, 1.0), None);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes: Vec<u8>, cut in 0_usize..40) {
            let _ = with_duration(&bytes, 1.0);
            let whole = stream(&bytes[..bytes.len().min(100)]);
            let _ = with_duration(&whole[..cut.min(whole.len())], 1.0);
            let _ = with_duration(&whole, 1.0);
        }
    }
}
