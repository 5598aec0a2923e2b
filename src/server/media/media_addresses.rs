//! Where browsers reach the media port: what is named in the settings, or the machine's addresses as they are now.
//!
//! The addresses are read anew, rather than followed by what each system has to announce changes: that is one way for
//! all systems, and it cannot miss anything. A reading takes a fraction of a millisecond, and there is at most one in
//! [`FRESH`], whoever asks how often.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use super::{address_choice, system};

/// How old a reading may be that a new session is told.
const FRESH: Duration = Duration::from_millis(250);
/// Most addresses that are named in one line of the log.
const LOGGED: usize = 10;

/// The addresses of the media port.
#[derive(Debug)]
pub enum MediaAddresses {
    /// These, until they have been told.
    Fixed(Option<Vec<SocketAddr>>),
    /// Those of this machine.
    Own(OwnAddresses),
}

/// The addresses of this machine, of the families that the port is open for.
#[derive(Debug)]
pub struct OwnAddresses {
    port: u16,
    v4: bool,
    v6: bool,
    read: Option<Instant>,
    last: Option<address_choice::Choice>,
}

impl MediaAddresses {
    /// At addresses that are named.
    pub fn fixed(addresses: Vec<SocketAddr>) -> Self {
        Self::Fixed(Some(addresses))
    }

    /// At every address of this machine that suits what the port is bound to.
    pub fn own(bound: &[SocketAddr]) -> Self {
        Self::Own(OwnAddresses {
            port: bound.first().map_or(0, SocketAddr::port),
            v4: bound.iter().any(SocketAddr::is_ipv4),
            v6: bound.iter().any(SocketAddr::is_ipv6),
            read: None,
            last: None,
        })
    }

    /// The addresses, if they are others than before.
    pub fn poll(&mut self, now: Instant) -> Option<Vec<SocketAddr>> {
        match self {
            Self::Fixed(addresses) => addresses.take(),
            Self::Own(own) => own.poll(now),
        }
    }
}

impl OwnAddresses {
    fn poll(&mut self, now: Instant) -> Option<Vec<SocketAddr>> {
        if self.read.is_some_and(|read| now < read + FRESH) {
            return None;
        }
        self.read = Some(now);
        let mut all = system::addresses()
            .inspect_err(|error| tracing::warn!(%error, "can't read this machine's addresses"))
            .ok()?;
        all.retain(|own| match own.ip {
            IpAddr::V4(_) => self.v4,
            IpAddr::V6(_) => self.v6,
        });
        let choice = address_choice::choose(&all, &system::preferred());
        if self
            .last
            .as_ref()
            .is_some_and(|last| last.told == choice.told)
        {
            return None;
        }
        report(&choice, self.port);
        let told = choice.told.iter();
        let told = told.map(|ip| SocketAddr::new(*ip, self.port)).collect();
        self.last = Some(choice);
        Some(told)
    }
}

fn report(choice: &address_choice::Choice, port: u16) {
    if choice.told.is_empty() {
        tracing::warn!(
            "this machine has no address yet, so nobody reaches the media port {port}; --media-address names some",
        );
        return;
    }
    let told = list(choice.told.iter());
    // Nobody expects these to be told.
    let is_plain =
        |ip: IpAddr| ip.is_loopback() || matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local());
    let kept = choice.kept.iter().filter(|kept| !is_plain(kept.ip));
    let kept = list(kept);
    tracing::info!(
        %told, not_told = %kept, port,
        "browsers are told these addresses for media; --media-address names others",
    );
}

fn list<T: ToString>(items: impl Iterator<Item = T>) -> String {
    let mut words: Vec<_> = items.map(|item| item.to_string()).collect();
    let more = words.len().saturating_sub(LOGGED);
    words.truncate(LOGGED);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_told_once() {
        let address = SocketAddr::from(([203, 0, 113, 7], 9));
        let mut reached = MediaAddresses::fixed(vec![address]);
        assert_eq!(reached.poll(Instant::now()), Some(vec![address]));
        assert_eq!(reached.poll(Instant::now()), None);
    }

    #[test]
    fn own_addresses_are_those_of_the_families_that_are_bound() {
        let start = Instant::now();
        let bound = [SocketAddr::from(([0, 0, 0, 0], 9))];
        let mut reached = MediaAddresses::own(&bound);
        let told = reached.poll(start).unwrap();
        assert!(
            told.iter()
                .all(|address| address.is_ipv4() && address.port() == 9)
        );
        assert_eq!(reached.poll(start + FRESH), None);
    }

    #[test]
    fn a_long_list_is_cut() {
        assert_eq!(list([1, 2].iter()), "1, 2");
        assert!(list((0..30).collect::<Vec<_>>().iter()).ends_with("9, 20 more"));
    }
}
