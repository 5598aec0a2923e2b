//! How many connections and sessions there are, in all and of each network.
//!
//! What is open is held by a [`ConnectionPermit`], which lives as long as the thing that it counts: in the stream of a connection, and
//! in the request that a Socket.IO session began with, which that session keeps. So nothing is counted that is over.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ipnet::IpNet;

use super::descriptors::Capacity;
use crate::{
    protocol::Rate,
    room::{Network, Rates},
};

/// As many connections as one network may have open, it may open anew in this time.
const RENEWAL: Duration = Duration::from_secs(10);

/// For each connection that a network may open anew, its requests may cost this much in the same time.
const REQUESTS_OF_CONNECTION: u32 = 20;

/// Bounds for each network.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Connections, and as many sessions.
    pub each: usize,
    /// Whom they do not hold for.
    pub unlimited: Vec<IpNet>,
}

/// What is open. Clones count together.
#[derive(Debug, Clone)]
pub struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    started: Instant,
    limits: ConnectionLimits,
    capacity: Capacity,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    open: usize,
    /// How many of them are newcomers in the reserve.
    newcomers: usize,
    sessions: usize,
    networks: HashMap<Network, Usage>,
    rates: Rates<Network>,
    requests: Rates<Network>,
}

#[derive(Debug, Default)]
struct Usage {
    connections: usize,
    sessions: usize,
}

/// Something that is open, until it is dropped.
#[derive(Debug)]
pub struct ConnectionPermit {
    connections: Connections,
    network: Network,
    kind: Kind,
}

/// What is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A connection.
    Connection,
    /// A connection of somebody who is not inside, when there are nearly as many as may be.
    Newcomer,
    /// A request that a proxy has passed on, while it is answered.
    Request,
    /// A Socket.IO session.
    Session,
}

/// What a request has the server do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestCost {
    /// Render a page: as often as a connection may be opened.
    Page,
    /// Begin a Socket.IO session: five times as often.
    Session,
    /// A file, health, or something of a session, which has rates of its own.
    Little,
}

/// Why something is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The network has as many as it may.
    TooMany,
    /// The network opens them too fast.
    TooFast,
    /// The server has as many as it may.
    Full,
}

impl Connections {
    /// Nothing is open.
    pub fn new(limits: ConnectionLimits, capacity: Capacity) -> Self {
        // However many one address may have: half of all are others'.
        let each = limits.each.min(capacity.connections / 2);
        let rate = |each, of_each| {
            let each = u32::try_from(each).unwrap_or(u32::MAX);
            Rates::new(Rate::per(RENEWAL, each.saturating_mul(of_each)))
        };
        let rates = rate(each, 1);
        // Requests take no files: those of many come by one connection of a proxy.
        let requests = rate(limits.each, REQUESTS_OF_CONNECTION);
        Self(Arc::new(Shared {
            started: Instant::now(),
            limits: ConnectionLimits { each, ..limits },
            capacity,
            state: Mutex::new(State {
                open: 0,
                newcomers: 0,
                sessions: 0,
                networks: HashMap::new(),
                rates,
                requests,
            }),
        }))
    }

    /// Takes a connection. Of the reserve, newcomers may have half; `is_inside` tells who is none, and is asked only when
    /// it matters.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn take(
        &self,
        network: Network,
        is_inside: impl FnOnce() -> bool,
    ) -> Result<ConnectionPermit, Refused> {
        let Capacity {
            connections,
            reserve,
        } = self.0.capacity;
        let is_unlimited = self.is_unlimited(network);
        let kind = match self.is_scarce() && !is_unlimited && !is_inside() {
            true => Kind::Newcomer,
            false => Kind::Connection,
        };
        let mut state = self.lock();
        if !is_unlimited {
            let usage = state.networks.get(&network);
            if usage.is_some_and(|usage| usage.connections >= self.0.limits.each) {
                return Err(Refused::TooMany);
            }
            if !state.rates.take(self.0.started.elapsed(), network) {
                return Err(Refused::TooFast);
            }
        }
        if state.open >= connections || (kind == Kind::Newcomer && state.newcomers >= reserve / 2) {
            return Err(Refused::Full);
        }
        state.open += 1;
        state.newcomers += usize::from(kind == Kind::Newcomer);
        state.networks.entry(network).or_default().connections += 1;
        drop(state);
        Ok(self.permit(network, kind))
    }

    /// Takes a request that came by a proxy's connection, for as long as it is answered.
    ///
    /// # Errors
    /// [`Refused::TooMany`].
    pub fn take_request(&self, network: Network) -> Result<ConnectionPermit, Refused> {
        let mut state = self.lock();
        let usage = state.networks.entry(network).or_default();
        let is_full = usage.connections >= self.0.limits.each;
        usage.connections += 1;
        drop(state);
        let held = self.permit(network, Kind::Request);
        if is_full && !self.is_unlimited(network) {
            return Err(Refused::TooMany);
        }
        Ok(held)
    }

    /// Has a network pay for the work of a request, however it came.
    ///
    /// # Errors
    /// [`Refused::TooFast`].
    pub fn charge(&self, network: Network, work: RequestCost) -> Result<(), Refused> {
        let cost = match work {
            RequestCost::Page => REQUESTS_OF_CONNECTION,
            RequestCost::Session => REQUESTS_OF_CONNECTION / 5,
            RequestCost::Little => return Ok(()),
        };
        if self.is_unlimited(network) {
            return Ok(());
        }
        let now = self.0.started.elapsed();
        match self.lock().requests.take_many(now, network, cost) {
            true => Ok(()),
            false => Err(Refused::TooFast),
        }
    }

    /// Whether only those are to be served for whom the reserve is.
    pub fn is_scarce(&self) -> bool {
        let Capacity {
            connections,
            reserve,
        } = self.0.capacity;
        self.lock().open >= connections - reserve
    }

    /// Takes a Socket.IO session. There are never more than there may be connections, though long polling needs none.
    ///
    /// # Errors
    /// [`Refused::TooMany`], [`Refused::Full`].
    pub fn take_session(&self, network: Network) -> Result<ConnectionPermit, Refused> {
        let mut state = self.lock();
        if state.sessions >= self.0.capacity.connections {
            return Err(Refused::Full);
        }
        state.sessions += 1;
        let usage = state.networks.entry(network).or_default();
        let is_full = usage.sessions >= self.0.limits.each;
        usage.sessions += 1;
        drop(state);
        let held = self.permit(network, Kind::Session);
        if is_full && !self.is_unlimited(network) {
            return Err(Refused::TooMany);
        }
        Ok(held)
    }

    fn permit(&self, network: Network, kind: Kind) -> ConnectionPermit {
        ConnectionPermit {
            connections: self.clone(),
            network,
            kind,
        }
    }

    fn is_unlimited(&self, network: Network) -> bool {
        network.is_in_any(&self.0.limits.unlimited)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionPermit {
    /// Whose it is.
    pub fn network(&self) -> Network {
        self.network
    }

    /// Whether there are few left.
    pub fn is_scarce(&self) -> bool {
        self.connections.is_scarce()
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.connections.lock().free(self.network, self.kind);
    }
}

impl State {
    fn free(&mut self, network: Network, kind: Kind) {
        if matches!(kind, Kind::Connection | Kind::Newcomer) {
            self.open = self.open.saturating_sub(1);
        }
        match kind {
            Kind::Newcomer => self.newcomers = self.newcomers.saturating_sub(1),
            Kind::Session => self.sessions = self.sessions.saturating_sub(1),
            Kind::Connection | Kind::Request => {}
        }
        let Some(usage) = self.networks.get_mut(&network) else {
            return;
        };
        let count = match kind {
            Kind::Session => &mut usage.sessions,
            Kind::Connection | Kind::Newcomer | Kind::Request => &mut usage.connections,
        };
        *count = count.saturating_sub(1);
        if usage.connections == 0 && usage.sessions == 0 {
            self.networks.remove(&network);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn network(number: u8) -> Network {
        Network::V4([192, 0, 2, number])
    }

    fn connections(each: usize, descriptors: usize) -> Connections {
        let unlimited = vec!["127.0.0.0/8".parse().unwrap()];
        Connections::new(
            ConnectionLimits { each, unlimited },
            Capacity::of(descriptors),
        )
    }

    fn take_all(
        connections: &Connections,
        network: Network,
        is_inside: bool,
    ) -> (Vec<ConnectionPermit>, Refused) {
        let mut held = Vec::new();
        loop {
            match connections.take(network, || is_inside) {
                Ok(one) => held.push(one),
                Err(refused) => return (held, refused),
            }
        }
    }

    #[test]
    fn one_network_has_so_many_and_opens_so_many_in_a_while() {
        let all = connections(10, 1_000);
        let (held, refused) = take_all(&all, network(1), false);
        assert_eq!((held.len(), refused), (10, Refused::TooMany));
        assert!(all.take(network(2), || false).is_ok());
        drop(held);
        assert_eq!(take_all(&all, network(1), false).1, Refused::TooFast);
        for _ in 0..100 {
            assert!(all.take(Network::V4([127, 0, 0, 1]), || false).is_ok());
        }
    }

    #[test]
    fn one_network_never_has_more_than_half() {
        let (held, refused) = take_all(&connections(10_000, 256), network(1), true);
        assert_eq!((held.len(), refused), (112, Refused::TooMany));
    }

    #[test]
    fn the_last_ones_are_for_those_inside_and_for_who_asks_whether_it_is_well() {
        let all = connections(100, 256);
        let Capacity {
            connections: most,
            reserve,
        } = Capacity::of(256);
        let held: Vec<_> = (1..=3)
            .map(|number| take_all(&all, network(number), false).0)
            .collect();
        let open: usize = held.iter().map(Vec::len).sum();
        assert_eq!(open, most - reserve + reserve / 2);
        let newcomers = held
            .iter()
            .flatten()
            .filter(|held| held.kind() == Kind::Newcomer);
        assert_eq!(newcomers.count(), reserve / 2);
        assert_eq!(all.take(network(4), || false).unwrap_err(), Refused::Full);
        let (inside, refused) = take_all(&all, network(4), true);
        assert_eq!(
            (inside.len(), refused),
            (reserve - reserve / 2, Refused::Full)
        );
        drop(held);
        let one = all.take(network(5), || false).unwrap();
        assert_eq!(one.kind(), Kind::Connection);
    }

    #[test]
    fn sessions_and_requests_are_counted_apart() {
        let all = connections(3, 1_000);
        let sessions: Vec<_> = (0..3)
            .map(|_| all.take_session(network(1)).unwrap())
            .collect();
        assert_eq!(all.take_session(network(1)).unwrap_err(), Refused::TooMany);
        let requests: Vec<_> = (0..3)
            .map(|_| all.take_request(network(1)).unwrap())
            .collect();
        assert_eq!(all.take_request(network(1)).unwrap_err(), Refused::TooMany);
        drop((sessions, requests));
        assert!(all.take_session(network(1)).is_ok());
        assert!(all.lock().networks.is_empty());
    }

    #[test]
    fn requests_cost_what_they_have_the_server_do() {
        let all = connections(100, 256);
        let count = |number, work| {
            (0..1_000)
                .take_while(|_| all.charge(network(number), work).is_ok())
                .count()
        };
        assert!((100..110).contains(&count(1, RequestCost::Page)));
        assert!((500..510).contains(&count(2, RequestCost::Session)));
        assert_eq!(count(1, RequestCost::Little), 1_000);
        let own = Network::V4([127, 0, 0, 1]);
        assert!((0..1_000).all(|_| all.charge(own, RequestCost::Page).is_ok()));
    }

    proptest! {
        #[test]
        fn in_the_end_nothing_is_open(steps in prop::collection::vec((0..4u8, 0..4u8, any::<bool>()), 0..200)) {
            let all = connections(8, 64);
            let mut held = Vec::new();
            for (kind, number, is_inside) in steps {
                let taken = match kind {
                    0 => all.take(network(number), || is_inside),
                    1 => all.take_session(network(number)),
                    2 => all.take_request(network(number)),
                    _ => {
                        held.pop();
                        continue;
                    }
                };
                held.extend(taken);
                let open = held.iter().filter(|held| !matches!(held.kind(), Kind::Session | Kind::Request)).count();
                prop_assert_eq!(all.lock().open, open);
                prop_assert!(open <= all.0.capacity.connections);
            }
            drop(held);
            let state = all.lock();
            prop_assert_eq!((state.open, state.newcomers, state.sessions, state.networks.len()), (0, 0, 0, 0));
        }
    }
}
