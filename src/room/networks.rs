//! What each network holds of a server, and how much of it may.
//!
//! Each thing that is held is entered once, for one network, and the counts follow from the entries: what is taken out
//! is counted out, whoever it was of by then.

use std::{collections::BTreeMap, time::Duration};

use ipnet::IpNet;

use super::{ConnectionId, Network, rates::Rates};
use crate::protocol::{ParticipantId, Rate, Refusal, RoomName};

/// Attempts that are refused to one network come back in this time.
const ATTEMPTS_PERIOD: Duration = Duration::from_secs(60);

/// Bounds on what one network may hold.
#[derive(Debug, Clone)]
pub struct NetworkLimits {
    /// People in rooms. As many may watch, as many may knock, and as many attempts may fail in a minute.
    pub people: usize,
    /// Rooms that they made.
    pub rooms: usize,
    /// Whom none of this holds for.
    pub unlimited: Vec<IpNet>,
}

impl NetworkLimits {
    /// The bounds that follow from the number of people, on a server of so many rooms.
    pub fn new(people: usize, max_rooms: usize, unlimited: Vec<IpNet>) -> Self {
        // A school meets in groups. A quarter of the rooms is always left to others.
        let rooms = (people / 2).min(max_rooms - max_rooms / 4).max(1);
        Self {
            people,
            rooms,
            unlimited,
        }
    }
}

/// What all networks hold.
#[derive(Debug)]
pub(super) struct Networks {
    limits: Option<NetworkLimits>,
    pub participants: NetworkCounts<ParticipantId>,
    pub rooms: NetworkCounts<RoomName>,
    pub watches: NetworkCounts<ConnectionId>,
    pub knocks: NetworkCounts<ConnectionId>,
    attempts: Rates<Network>,
}

impl Networks {
    /// Nothing is held. Without limits all is counted and nothing refused.
    pub fn new(limits: Option<NetworkLimits>) -> Self {
        let attempts = limits.as_ref().map_or(1, |limits| limits.people);
        Self {
            limits,
            participants: NetworkCounts::new(),
            rooms: NetworkCounts::new(),
            watches: NetworkCounts::new(),
            knocks: NetworkCounts::new(),
            attempts: Rates::new(Rate::per(
                ATTEMPTS_PERIOD,
                u32::try_from(attempts).unwrap_or(u32::MAX),
            )),
        }
    }

    /// Whether a network may have one more place, in a room that it makes or in one that is there.
    pub fn may_join(&self, network: Network, makes_room: bool) -> Result<(), Refusal> {
        let Some(limits) = self.limits_of(network) else {
            return Ok(());
        };
        check_limit(self.participants.count(network), limits.people)?;
        if makes_room {
            check_limit(self.rooms.count(network), limits.rooms)?;
        }
        Ok(())
    }

    /// Whether a connection may watch.
    pub fn may_watch(&self, network: Network, connection: ConnectionId) -> Result<(), Refusal> {
        self.may_wait(network, &self.watches, connection)
    }

    /// Whether a connection may knock.
    pub fn may_knock(&self, network: Network, connection: ConnectionId) -> Result<(), Refusal> {
        self.may_wait(network, &self.knocks, connection)
    }

    fn may_wait(
        &self,
        network: Network,
        ledger: &NetworkCounts<ConnectionId>,
        connection: ConnectionId,
    ) -> Result<(), Refusal> {
        match self.limits_of(network) {
            Some(limits) if !ledger.contains(&connection) => {
                check_limit(ledger.count(network), limits.people)
            }
            _ => Ok(()),
        }
    }

    /// Whether one more of a network may stand in front of a room where `there` stand already that are of it, and there
    /// is place for `places`: a quarter of them is left to others.
    pub fn leaves_place_for_others(
        &self,
        network: Network,
        there: usize,
        places: usize,
    ) -> Result<(), Refusal> {
        match self.limits_of(network) {
            Some(_) if there >= places - places / 4 => Err(Refusal::TooManyWaiting),
            _ => Ok(()),
        }
    }

    /// Whether a network may try something that tells whether a guess was right.
    pub fn may_try(&self, now: Duration, network: Network) -> Result<(), Refusal> {
        match self.limits_of(network) {
            Some(_) if !self.attempts.has_left(now, &network) => Err(Refusal::RateLimited),
            _ => Ok(()),
        }
    }

    /// A network has tried in vain.
    pub fn failed(&mut self, now: Duration, network: Network) {
        if self.limits_of(network).is_some() {
            self.attempts.take(now, network);
        }
    }

    fn limits_of(&self, network: Network) -> Option<&NetworkLimits> {
        let limits = self.limits.as_ref()?;
        (!network.is_in_any(&limits.unlimited)).then_some(limits)
    }

    /// How many things are held in all.
    #[cfg(test)]
    pub fn held(&self) -> [usize; 4] {
        [
            self.participants.len(),
            self.rooms.len(),
            self.watches.len(),
            self.knocks.len(),
        ]
    }
}

fn check_limit(held: usize, limit: usize) -> Result<(), Refusal> {
    if held >= limit {
        return Err(Refusal::AddressLimit(limit));
    }
    Ok(())
}

/// Things of one kind, each of which is held by one network.
#[derive(Debug)]
pub(super) struct NetworkCounts<K> {
    holders: BTreeMap<K, Network>,
    counts: BTreeMap<Network, usize>,
}

impl<K: Ord> NetworkCounts<K> {
    fn new() -> Self {
        Self {
            holders: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// How many a network holds.
    pub fn count(&self, network: Network) -> usize {
        self.counts.get(&network).copied().unwrap_or(0)
    }

    fn contains(&self, key: &K) -> bool {
        self.holders.contains_key(key)
    }

    /// A network holds this from now on, and nobody else does.
    pub fn insert(&mut self, key: K, network: Network) {
        *self.counts.entry(network).or_default() += 1;
        if let Some(before) = self.holders.insert(key, network) {
            self.count_out(before);
        }
    }

    /// Nobody holds this any more.
    pub fn remove(&mut self, key: &K) {
        if let Some(network) = self.holders.remove(key) {
            self.count_out(network);
        }
    }

    fn count_out(&mut self, network: Network) {
        if let Some(count) = self.counts.get_mut(&network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.counts.remove(&network);
            }
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.holders.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_quarter_of_the_rooms_is_left_to_others() {
        for (people, max_rooms, rooms) in [
            (500, 1_000, 250),
            (500, 100, 75),
            (500, 2, 2),
            (2, 1_000, 1),
            (1, 1, 1),
        ] {
            assert_eq!(
                NetworkLimits::new(people, max_rooms, Vec::new()).rooms,
                rooms
            );
        }
    }

    proptest! {
        #[test]
        fn the_counts_are_those_of_the_entries(
            changes in prop::collection::vec((0..8u8, prop::option::of(0..3u8)), 0..80),
        ) {
            let network = |number: u8| Network::V4([192, 0, 2, number]);
            let (mut ledger, mut map) = (NetworkCounts::new(), BTreeMap::new());
            for (key, holder) in changes {
                match holder {
                    Some(holder) => {
                        ledger.insert(key, network(holder));
                        map.insert(key, holder);
                    }
                    None => {
                        ledger.remove(&key);
                        map.remove(&key);
                    }
                }
                for number in 0..3 {
                    let count = map.values().filter(|holder| **holder == number).count();
                    prop_assert_eq!(ledger.count(network(number)), count);
                }
                prop_assert_eq!(ledger.len(), map.len());
            }
            (0..8).for_each(|key| ledger.remove(&key));
            prop_assert!(ledger.counts.is_empty() && ledger.holders.is_empty());
        }
    }
}
