//! Datagrams that are to leave, in runs to one destination each: the system takes a run in one call, and divides it into
//! datagrams itself (generic segmentation offload), which costs it a fraction of as many calls.
//!
//! All datagrams of a run are of one size, but the last, which may be smaller. To one destination they leave in the order
//! in which they came; runs to different destinations have no order among each other.

use crate::sfu::udp_demux::Path;

/// Most bytes of a run: those of the largest datagram of UDP over IPv6, without its headers.
const RUN_BYTES: usize = 65_000;
/// How many runs make a batch that is to leave before more is added. Their buffers are kept, at most 8.3 MB of them.
const RUNS: usize = 128;

/// What is to leave. It is emptied and used again, so that its buffers are made once.
#[derive(Debug, Default)]
pub(super) struct SendBatch {
    runs: Vec<Run>,
    /// How many of them are in use.
    used: usize,
}

/// Datagrams that take one path.
#[derive(Debug)]
pub(super) struct Run {
    /// From which of this machine's addresses to where.
    pub path: Path,
    /// How large each is, but perhaps the last.
    pub size: usize,
    /// All of them, one after the other.
    pub bytes: Vec<u8>,
    /// Whether nothing can follow the last one.
    is_complete: bool,
}

impl SendBatch {
    /// Adds a datagram; a run has at most so many.
    pub fn push(&mut self, path: Path, bytes: &[u8], most: usize) {
        // What is for one receiver comes in a row, so that no other run than the last one has to be looked at.
        let last = self.runs.get_mut(..self.used).and_then(<[Run]>::last_mut);
        let last = last.filter(|run| run.path == path);
        if last.is_some_and(|run| run.extend(bytes, most)) {
            return;
        }
        match self.runs.get_mut(self.used) {
            Some(run) => *run = Run::new(path, bytes, std::mem::take(&mut run.bytes)),
            None => self.runs.push(Run::new(path, bytes, Vec::new())),
        }
        self.used += 1;
    }

    /// Whether it is to leave before more is added.
    pub fn is_full(&self) -> bool {
        self.used >= RUNS
    }

    /// The runs, in the order in which they began.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().take(self.used)
    }

    /// All has left.
    pub fn clear(&mut self) {
        self.used = 0;
    }
}

impl Run {
    /// One that begins with this datagram, in a buffer that was used before.
    fn new(path: Path, datagram: &[u8], mut bytes: Vec<u8>) -> Self {
        bytes.clear();
        bytes.extend_from_slice(datagram);
        Self {
            path,
            size: datagram.len(),
            bytes,
            is_complete: false,
        }
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

    /// Whether there are several.
    pub fn is_several(&self) -> bool {
        self.bytes.len() > self.size
    }

    /// Each datagram by itself.
    pub fn datagrams(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.bytes.chunks(self.size.max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, net::SocketAddr};

    use proptest::prelude::*;

    use super::*;

    fn path(port: u16) -> Path {
        Path {
            local: SocketAddr::from(([192, 0, 2, 1], 3_000)),
            remote: SocketAddr::from(([192, 0, 2, 2], port)),
        }
    }

    proptest! {
        #[test]
        fn every_datagram_leaves_once_and_in_order(
            rounds in prop::collection::vec(prop::collection::vec((0..4_u16, 1..5_usize), 0..80), 1..4),
            most in 1..6_usize,
        ) {
            let mut batch = SendBatch::default();
            for round in rounds {
                let mut expected: BTreeMap<SocketAddr, Vec<Vec<u8>>> = BTreeMap::new();
                for (number, (port, size)) in round.into_iter().enumerate() {
                    let bytes = vec![number as u8; size];
                    batch.push(path(port), &bytes, most);
                    expected.entry(path(port).remote).or_default().push(bytes);
                }
                let mut sent: BTreeMap<SocketAddr, Vec<Vec<u8>>> = BTreeMap::new();
                for run in batch.runs() {
                    prop_assert!(run.datagrams().len() <= most);
                    prop_assert_eq!(run.path.local, path(0).local);
                    let datagrams = run.datagrams().map(<[u8]>::to_vec);
                    sent.entry(run.path.remote).or_default().extend(datagrams);
                }
                prop_assert_eq!(sent, expected);
                batch.clear();
                prop_assert_eq!(batch.runs().count(), 0);
            }
        }

        #[test]
        fn what_is_of_one_size_is_one_run(count in 1..40_usize, size in 1..1_400_usize) {
            let mut batch = SendBatch::default();
            for _ in 0..count {
                batch.push(path(1), &vec![1; size], 64);
            }
            prop_assert_eq!(batch.runs().count(), 1);
        }
    }

    #[test]
    fn it_is_full_of_runs_and_not_of_datagrams() {
        let mut batch = SendBatch::default();
        for port in 1..RUNS as u16 {
            for _ in 0..10 {
                batch.push(path(port), &[1; 100], 64);
            }
        }
        assert!(!batch.is_full());
        batch.push(path(0), &[1; 100], 64);
        assert!(batch.is_full());
        batch.clear();
        assert!(!batch.is_full());
    }
}
