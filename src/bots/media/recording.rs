//! What was recorded: VP8 in IVF, and Opus in Ogg (RFC 7845). `end2end/record-bots.mjs` has made the files.

use std::sync::LazyLock;

/// From one picture to the next, in ticks of 90 kHz: 25 a second.
pub const PICTURE_TICKS: u32 = 3_600;

/// The pictures of one layer, a key frame first, to be shown in a circle.
pub struct Pictures(Vec<Box<[u8]>>);

/// Sounds of 20 ms each, with how loud they are, to be heard in a circle.
pub struct Sounds {
    packets: Vec<Box<[u8]>>,
    levels: &'static [u8],
}

static PICTURES: LazyLock<[Pictures; 3]> = LazyLock::new(|| {
    [
        include_bytes!("camera-180p.ivf").as_slice(),
        include_bytes!("camera-360p.ivf").as_slice(),
        include_bytes!("camera-720p.ivf").as_slice(),
    ]
    .map(Pictures::read)
});

static SOUNDS: LazyLock<Sounds> = LazyLock::new(|| Sounds {
    packets: ogg_packets(include_bytes!("voice.ogg")),
    levels: include_bytes!("voice.levels"),
});

impl Pictures {
    /// The layers of a camera, the smallest first.
    pub fn layers() -> &'static [Self; 3] {
        &PICTURES
    }

    /// The picture with this number, and its temporal layer.
    pub fn get(&self, number: usize) -> (&[u8], u8) {
        let place = number % self.0.len().max(1);
        // As libvpx orders three temporal layers, from the key frame on.
        let layer = match place % 4 {
            0 => 0,
            2 => 1,
            _ => 2,
        };
        (self.0.get(place).map_or(&[], |picture| picture), layer)
    }

    /// How many there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn read(ivf: &[u8]) -> Self {
        let mut pictures = Vec::new();
        let mut rest = ivf.get(32..).unwrap_or_default();
        // Before each picture its length and its time.
        while let Some((head, after)) = rest.split_first_chunk::<12>() {
            let [l0, l1, l2, l3, ..] = *head;
            let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
            let Some((picture, after)) = after.split_at_checked(length) else {
                break;
            };
            pictures.push(picture.into());
            rest = after;
        }
        Self(pictures)
    }
}

impl Sounds {
    /// Somebody who speaks.
    pub fn voice() -> &'static Self {
        &SOUNDS
    }

    /// The packet with this number, and how loud it is: decibels below full scale (RFC 6464 section 3).
    pub fn get(&self, number: usize) -> (&[u8], u8) {
        let place = number % self.packets.len().max(1);
        let packet = self.packets.get(place).map_or(&[][..], |packet| packet);
        (packet, self.levels.get(place).copied().unwrap_or(127))
    }
}

/// The packets of an Ogg file (RFC 3533), but the two that lead it.
fn ogg_packets(ogg: &[u8]) -> Vec<Box<[u8]>> {
    let mut packets = Vec::new();
    let mut packet = Vec::new();
    let mut rest = ogg;
    while let Some((head, after)) = rest.split_first_chunk::<27>() {
        let Some((lengths, mut body)) = after.split_at_checked(usize::from(head[26])) else {
            break;
        };
        for length in lengths {
            let Some((piece, after)) = body.split_at_checked(usize::from(*length)) else {
                return packets;
            };
            packet.extend_from_slice(piece);
            if *length < 255 {
                packets.push(std::mem::take(&mut packet).into());
            }
            body = after;
        }
        rest = body;
    }
    packets.drain(..packets.len().min(2));
    packets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bots::media::vp8::size_of_key_frame;

    #[test]
    fn the_layers_are_of_one_camera() {
        let heights = Pictures::layers().each_ref().map(|layer| {
            assert_eq!(layer.len() % 4, 0, "the circle is closed in the base layer");
            assert_eq!(layer.len(), Pictures::layers()[0].len());
            let key_frames = (0..layer.len()).filter_map(|at| size_of_key_frame(layer.get(at).0));
            let sizes: Vec<_> = key_frames.collect();
            assert_eq!(sizes.len(), 1, "it begins with the only key frame");
            assert!(size_of_key_frame(layer.get(0).0).is_some());
            sizes[0].1
        });
        assert_eq!(heights, [180, 360, 720]);
    }

    #[test]
    fn the_voice_has_pauses() {
        let voice = Sounds::voice();
        assert_eq!(voice.packets.len(), voice.levels.len());
        assert!(voice.packets.len() >= 100);
        assert!(voice.levels.iter().any(|level| *level < 30));
        assert!(voice.levels.iter().any(|level| *level > 50));
        assert!(voice.packets.iter().all(|packet| !packet.is_empty()));
    }
}
