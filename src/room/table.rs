//! An ordered map for few entries: one block of memory, of just their size.

/// An ordered map in a sorted vector. There are thousands of rooms with a handful of entries each, and a
/// tree's nodes have room for eleven.
#[derive(Debug)]
pub(super) struct Table<K, V>(Vec<(K, V)>);

/// So many entries have their memory to the byte.
const FEW: usize = 8;

impl<K: Ord, V> Table<K, V> {
    pub fn new() -> Self {
        Self(Vec::new())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.place(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    pub fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(at) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => {
                // Just as many as there are while they are few, and then in steps: a large room is not copied for each.
                match self.0.len() {
                    ..=FEW => self.0.reserve_exact(1),
                    _ => self.0.reserve(1),
                }
                self.0.insert(at, (key, value));
            }
        }
    }

    pub fn remove(&mut self, key: &K) {
        if let Ok(at) = self.place(key) {
            self.0.remove(at);
        }
    }

    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| keep(key, value));
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Where a key is, or where it would have to be put.
    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(there, _)| there.cmp(key))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(changes in prop::collection::vec((0..8u8, prop::option::of(any::<u8>())), 0..60)) {
            let (mut table, mut map) = (Table::new(), BTreeMap::new());
            for (key, value) in changes {
                match value {
                    Some(value) => {
                        table.insert(key, value);
                        map.insert(key, value);
                    }
                    None => {
                        table.remove(&key);
                        map.remove(&key);
                    }
                }
                prop_assert!(table.iter().eq(map.iter()));
                prop_assert_eq!((table.get(&key), table.len()), (map.get(&key), map.len()));
            }
        }
    }
}
