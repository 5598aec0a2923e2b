//! Datagrams that are to leave, in runs to one destination each: the system takes a run in one call, and divides it into
//! datagrams itself (generic segmentation offload), which costs it a fraction of as many calls.
//!
//! All datagrams of a run are of one size, but the last, which may be smaller. To one destination they leave in the order
//! in which they came; runs to different destinations have no order among each other.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::SocketAddr,
};

/// Most bytes of a run: those of the largest datagram of UDP over IPv6, without its headers.
const RUN_BYTES: usize = 65_000;

/// From where to where.
type Way = (SocketAddr, SocketAddr);

/// What is to leave. It is emptied and used again, so that its buffers are made once.
#[derive(Debug, Default)]
pub struct SendBatch {
    runs: Vec<Run>,
    /// How many of them are in use.
    used: usize,
    /// The run of each way that is open still.
    open: HashMap<Way, usize>,
}

/// Datagrams from one address to another.
#[derive(Debug)]
pub struct Run {
    /// From which of this machine's addresses.
    pub source: SocketAddr,
    /// To where.
    pub destination: SocketAddr,
    /// How large each is, but perhaps the last.
    pub size: usize,
    /// All of them, one after the other.
    pub bytes: Vec<u8>,
    /// Whether nothing can follow the last one.
    pub is_complete: bool,
}

impl SendBatch {
    /// Adds a datagram; a run has at most so many.
    pub fn push(&mut self, way: Way, bytes: &[u8], most: usize) {
        match self.open.entry(way) {
            Entry::Occupied(open) => {
                let run = self.runs.get_mut(*open.get());
                if run.is_some_and(|run| run.extend(bytes, most)) {
                    return;
                }
                *open.into_mut() = self.used;
            }
            Entry::Vacant(open) => {
                open.insert(self.used);
            }
        }
        match self.runs.get_mut(self.used) {
            Some(run) => run.begin(way, bytes),
            None => self.runs.push(Run::new(way, bytes)),
        }
        self.used += 1;
    }

    /// The runs, in the order in which they began.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().take(self.used)
    }

    /// All has left.
    pub fn clear(&mut self) {
        self.used = 0;
        self.open.clear();
    }
}

impl Run {
    fn new((source, destination): Way, bytes: &[u8]) -> Self {
        Self {
            source,
            destination,
            size: bytes.len(),
            bytes: bytes.to_vec(),
            is_complete: false,
        }
    }

    fn begin(&mut self, (source, destination): Way, bytes: &[u8]) {
        self.source = source;
        self.destination = destination;
        self.size = bytes.len();
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.is_complete = false;
    }

    /// Takes one more datagram, if it fits.
    fn extend(&mut self, bytes: &[u8], most: usize) -> bool {
        let fits = !self.is_complete
            && !bytes.is_empty()
            && bytes.len() <= self.size
            && self.bytes.len() + bytes.len() <= RUN_BYTES
            && self.bytes.len() < self.size.saturating_mul(most);
        if fits {
            self.bytes.extend_from_slice(bytes);
            self.is_complete = bytes.len() < self.size;
        }
        fits
    }

    /// Each datagram by itself.
    pub fn datagrams(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.bytes.chunks(self.size.max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_datagram_leaves_once_and_in_order(
            rounds in prop::collection::vec(prop::collection::vec((0..4_u16, 1..5_usize), 0..80), 1..4),
            most in 1..6_usize,
        ) {
            let mut batch = SendBatch::default();
            let source = SocketAddr::from(([192, 0, 2, 1], 3_000));
            for round in rounds {
                let mut expected: BTreeMap<SocketAddr, Vec<Vec<u8>>> = BTreeMap::new();
                for (number, (port, size)) in round.into_iter().enumerate() {
                    let destination = SocketAddr::from(([192, 0, 2, 2], port));
                    let bytes = vec![number as u8; size];
                    batch.push((source, destination), &bytes, most);
                    expected.entry(destination).or_default().push(bytes);
                }
                let mut sent: BTreeMap<SocketAddr, Vec<Vec<u8>>> = BTreeMap::new();
                for run in batch.runs() {
                    prop_assert!(run.datagrams().len() <= most);
                    prop_assert_eq!(run.source, source);
                    let datagrams = run.datagrams().map(<[u8]>::to_vec);
                    sent.entry(run.destination).or_default().extend(datagrams);
                }
                prop_assert_eq!(sent, expected);
                batch.clear();
                prop_assert_eq!(batch.runs().count(), 0);
            }
        }

        #[test]
        fn what_is_of_one_size_is_one_run(count in 1..40_usize, size in 1..1_400_usize) {
            let mut batch = SendBatch::default();
            let way = (SocketAddr::from(([192, 0, 2, 1], 1)), SocketAddr::from(([192, 0, 2, 2], 2)));
            for _ in 0..count {
                batch.push(way, &vec![1; size], 64);
            }
            prop_assert_eq!(batch.runs().count(), 1);
        }
    }
}
