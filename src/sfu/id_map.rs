//! Maps by participant, looked into for every packet.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use crate::protocol::ParticipantId;

/// A map by participant.
pub(super) type IdMap<V> = HashMap<ParticipantId, V, BuildHasherDefault<IdHasher>>;

/// Takes the letters of an id as they are: the server has drawn them at random, so nobody chooses where they lead.
#[derive(Debug, Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().copied().map_or(0, u64::from_le_bytes);
        let last = bytes.last_chunk().copied().map_or(0, u64::from_le_bytes);
        // Each letter has only 6 bits of chance: the product spreads them, to the upper bits too.
        let mixed = first ^ last.rotate_left(29);
        self.0 = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }

    /// The length, which is the same for all.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, hash::BuildHasher};

    use super::*;

    #[test]
    fn ids_are_spread() {
        let map = IdMap::<()>::default();
        let mut low: BTreeMap<u64, usize> = BTreeMap::new();
        let mut high: BTreeMap<u64, usize> = BTreeMap::new();
        for number in 0..25_600_u32 {
            let mut random = [0; 20];
            // Few bits of chance are enough.
            random[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_le_bytes());
            let hash = map.hasher().hash_one(ParticipantId::from_random(random));
            *low.entry(hash & 0xff).or_default() += 1;
            *high.entry(hash >> 56).or_default() += 1;
        }
        for (name, places) in [("low", low), ("high", high)] {
            let most = places.values().max().unwrap();
            assert!(
                places.len() > 200 && *most < 400,
                "{name}: {} places, {most} at most",
                places.len()
            );
        }
    }
}
