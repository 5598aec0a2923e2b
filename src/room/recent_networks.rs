//! Which networks have sent somebody into a room lately.

use std::time::Duration;

use super::Network;
use crate::{
    protocol::{VISIT, VISITORS},
    sorted_map::SortedMap,
};

/// The networks that have sent somebody into a room, and when last.
#[derive(Debug)]
pub(super) struct RecentNetworks(SortedMap<Network, Duration>);

impl RecentNetworks {
    pub fn new() -> Self {
        Self(SortedMap::new())
    }

    /// Whether a network has sent somebody within [`VISIT`].
    pub fn has(&self, now: Duration, network: Network) -> bool {
        let last = self.0.get(&network);
        last.is_some_and(|last| now.saturating_sub(*last) < VISIT)
    }

    /// A network sends somebody. Of more than [`VISITORS`] the one is forgotten that has not for longest.
    pub fn note(&mut self, now: Duration, network: Network) {
        self.0.insert(network, now);
        if self.0.len() > VISITORS {
            self.0.retain(|_, last| now.saturating_sub(*last) < VISIT);
        }
        if self.0.len() > VISITORS
            && let Some(oldest) = self.0.iter().min_by_key(|(_, last)| **last)
        {
            let oldest = *oldest.0;
            self.0.remove(&oldest);
        }
    }
}
