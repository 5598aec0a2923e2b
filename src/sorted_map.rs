//! A map of few entries, in the order of their keys, for both halves.
//!
//! The standard library's maps are made for many. Each of them would be a part of the program that a browser has to load; and
//! on a server there are thousands of rooms with a handful of entries each, while a tree's nodes have room for eleven.

/// A sorted vector of keys and values.
#[derive(Debug, Clone)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

/// So many entries have their memory to the byte.
const FEW: usize = 8;

impl<K: Ord, V> SortedMap<K, V> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let place = self.place(key).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// The value of a key.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Whether there is a value of this key.
    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// Puts a value in, in the place of the one that has the key.
    pub fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(place) => {
                if let Some((_, old)) = self.0.get_mut(place) {
                    *old = value;
                }
            }
            Err(place) => self.put(place, key, value),
        }
    }

    /// The value of a key, which is put in if there is none.
    #[expect(clippy::indexing_slicing, reason = "the place is that of an entry")]
    pub fn get_or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let place = match self.place(&key) {
            Ok(place) => place,
            Err(place) => {
                self.put(place, key, V::default());
                place
            }
        };
        &mut self.0[place].1
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Everything, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Everything, in order, to be changed. The keys are to stay as they are.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps those for which this holds.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| keeps(key, value));
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the first out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    fn put(&mut self, place: usize, key: K, value: V) {
        // Just as many as there are while they are few, and then in steps: a large map is not copied for each.
        match self.0.len() {
            ..=FEW => self.0.reserve_exact(1),
            _ => self.0.reserve(1),
        }
        self.0.insert(place, (key, value));
    }

    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(key))
    }
}

impl<K: Ord, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(steps in prop::collection::vec((any::<bool>(), 0..20_u8, any::<u8>()), 0..200)) {
            let (mut map, mut known) = (SortedMap::new(), BTreeMap::new());
            for (puts, key, value) in steps {
                if puts {
                    map.insert(key, value);
                    known.insert(key, value);
                } else {
                    prop_assert_eq!(map.remove(&key), known.remove(&key));
                }
                prop_assert_eq!(map.get(&key), known.get(&key));
                prop_assert_eq!(map.contains_key(&key), known.contains_key(&key));
                prop_assert_eq!(map.len(), known.len());
                prop_assert!(map.iter().eq(known.iter()));
            }
        }
    }
}
