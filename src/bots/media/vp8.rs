//! VP8 in RTP packets (RFC 7741): into them, and what the first bytes of one say.

use crate::bots::stream_check::Picture;

/// Most bytes of a payload: with the headers, and what TURN and an extension add, it fits into a path of 1,280 bytes.
pub const PAYLOAD_BYTES: usize = 1_150;
/// Bytes of the descriptor: picture id of 15 bits, index of the base layer, layer.
const DESCRIPTOR: usize = 6;
/// What is set in each descriptor.
const EXTENDED: u8 = 0x80;
const BEGINS: u8 = 0x10;
/// That these three are there: `I`, `L`, `T`.
const FIELDS: u8 = 0xe0;

/// What names a picture among those of its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// Picture id; 15 bits count.
    pub id: u16,
    /// How many pictures of the base layer there were.
    pub tl0: u8,
    /// The temporal layer.
    pub layer: u8,
}

/// The payloads of a picture, in order.
pub fn payloads(name: Name, picture: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let pieces = picture.chunks(PAYLOAD_BYTES - DESCRIPTOR).enumerate();
    pieces.map(move |(number, piece)| {
        let [high, low] = (name.id | 0x8000).to_be_bytes();
        let begins = if number == 0 { BEGINS } else { 0 };
        // A picture of an upper layer depends on the base layer alone: `Y`.
        let layer = name.layer << 6 | 0x20;
        let mut payload = vec![EXTENDED | begins, FIELDS, high, low, name.tl0, layer];
        payload.extend_from_slice(piece);
        payload
    })
}

/// What leads a payload, or nothing where there is no descriptor.
pub fn read(payload: &[u8]) -> Option<Picture> {
    let first = *payload.first()?;
    let mut rest = payload.get(1..)?;
    let mut id = None;
    if first & EXTENDED != 0 {
        let fields = *take(&mut rest, 1)?.first()?;
        if fields & 0x80 != 0 {
            id = match *rest.first()? {
                high if high & 0x80 != 0 => match take(&mut rest, 2)? {
                    [high, low] => Some(u16::from_be_bytes([high & 0x7f, *low])),
                    _ => None,
                },
                short => take(&mut rest, 1).map(|_| u16::from(short)),
            };
        }
        take(&mut rest, usize::from(fields & 0x40 != 0))?;
        take(&mut rest, usize::from(fields & 0x30 != 0))?;
    }
    // A partition of its own may begin in the middle of a picture: the low four bits number it.
    let begins = first & BEGINS != 0 && first & 0x0f == 0;
    Some(Picture {
        begins,
        key_frame: begins.then(|| size_of_key_frame(rest)).flatten(),
        id,
    })
}

/// Width and height of a picture that is a key frame (RFC 6386 section 9.1).
pub fn size_of_key_frame(picture: &[u8]) -> Option<(u16, u16)> {
    let head: &[u8; 10] = picture.first_chunk()?;
    let [tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1] = *head else {
        return None;
    };
    let pixels = |low, high| u16::from_le_bytes([low, high]) & 0x3fff;
    (tag & 1 == 0).then(|| (pixels(w0, w1), pixels(h0, h1)))
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The beginning of a key frame of 640 by 360.
    const KEY_FRAME: [u8; 10] = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];

    proptest! {
        #[test]
        fn a_picture_is_put_together_again(
            picture in proptest::collection::vec(any::<u8>(), 1..6_000),
            (id, tl0, layer) in (0..0x8000_u16, any::<u8>(), 0..3_u8),
        ) {
            let name = Name { id, tl0, layer };
            let sent: Vec<_> = payloads(name, &picture).collect();
            let together: Vec<u8> = sent.iter().flat_map(|payload| &payload[DESCRIPTOR..]).copied().collect();
            prop_assert_eq!(together, picture);
            for (number, payload) in sent.iter().enumerate() {
                prop_assert!(payload.len() <= PAYLOAD_BYTES);
                let read = read(payload).unwrap();
                prop_assert_eq!((read.begins, read.id), (number == 0, Some(id)));
                // And the SFU reads it as it is meant.
                let vp8 = str0m::rtp::Vp8Descriptor::parse(payload).unwrap();
                prop_assert_eq!(vp8.picture_id(), Some(id));
                prop_assert_eq!(vp8.tl0_pic_idx(), Some(tl0));
            }
        }

        #[test]
        fn whatever_comes_is_read_without_panic(payload in proptest::collection::vec(any::<u8>(), 0..20)) {
            let _ = read(&payload);
        }
    }

    #[test]
    fn a_key_frame_tells_its_size() {
        let name = Name {
            id: 1,
            tl0: 1,
            layer: 0,
        };
        let payload = payloads(name, &KEY_FRAME).next().unwrap();
        assert_eq!(read(&payload).unwrap().key_frame, Some((640, 360)));
        assert!(
            str0m::rtp::Vp8Descriptor::parse(&payload)
                .unwrap()
                .starts_keyframe(&payload)
        );
        let mut other = KEY_FRAME;
        other[0] |= 1;
        assert_eq!(size_of_key_frame(&other), None);
    }
}
