//! Whose datagram it is: all sessions share one UDP port.
//!
//! A STUN request names the session by the ufrag that it was offered (RFC 8445 section 7.2.2); anything else is known by
//! the address that it comes from. An address belongs to the session that has first answered a request there: a session
//! answers only who proves to know its password.
//!
//! That proves nothing about the address, though: a source can be forged, and whoever has a session knows a password. So
//! another session that answers there only *claims* the address. It stays with its owner while that one is heard there,
//! and it is moved when the owner has been silent for [`QUIET`] and DTLS or SRTP of the claimant's has been authenticated.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

use crate::protocol::ParticipantId;

/// Most addresses that a session is reached from.
const ADDRESSES: usize = 16;
/// How many of them are kept when ICE restarts: those that were heard of last.
const ADDRESSES_KEPT: usize = 2;
/// Most ufrags of a session: that of a restart, which is not answered yet, beside the current one and the one before.
const UFRAGS: usize = 3;
/// How long the owner of an address may be silent before another one is listened to there. A browser that is there sends
/// a check every 2.5 to 6 seconds (RFC 7675 section 5.1).
const QUIET: Duration = Duration::from_secs(10);

/// The addresses and ufrags of all sessions.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    by_address: HashMap<SocketAddr, Holding>,
    by_ufrag: HashMap<Box<str>, ParticipantId>,
    known: HashMap<ParticipantId, Known>,
}

/// Whose an address is.
#[derive(Debug)]
struct Holding {
    owner: ParticipantId,
    /// When something authenticated of the owner's has come last.
    heard: Instant,
    /// Another one who has been answered there.
    claimant: Option<ParticipantId>,
}

/// What leads to one session.
#[derive(Debug, Default)]
struct Known {
    addresses: VecDeque<SocketAddr>,
    ufrags: VecDeque<Box<str>>,
}

impl Holding {
    fn is_live(&self, now: Instant) -> bool {
        now < self.heard + QUIET
    }

    fn has(&self, who: ParticipantId) -> bool {
        self.owner == who || self.claimant == Some(who)
    }
}

impl Addresses {
    /// Whose session a datagram is for.
    pub fn owner(&self, now: Instant, source: SocketAddr, bytes: &[u8]) -> Option<ParticipantId> {
        let holding = self.by_address.get(&source);
        let Some(ufrag) = ufrag(bytes) else {
            let holding = holding?;
            let claimant = holding.claimant.filter(|_| !holding.is_live(now));
            return Some(claimant.unwrap_or(holding.owner));
        };
        let named = *self.by_ufrag.get(ufrag)?;
        let room = |known: &Known| known.addresses.len() < ADDRESSES;
        let admitted = holding.is_some_and(|holding| holding.has(named))
            || self.known.get(&named).is_some_and(room);
        admitted.then_some(named)
    }

    /// A session has offered this ufrag.
    pub fn name(&mut self, owner: ParticipantId, ufrag: &str) {
        let known = self.known.entry(owner).or_default();
        known.ufrags.push_back(ufrag.into());
        let old = (known.ufrags.len() > UFRAGS)
            .then(|| known.ufrags.pop_front())
            .flatten();
        if let Some(old) = old {
            self.by_ufrag.remove(&old);
        }
        self.by_ufrag.insert(ufrag.into(), owner);
    }

    /// A session has answered a request that came from this address.
    pub fn answered(&mut self, now: Instant, who: ParticipantId, address: SocketAddr) {
        let Some(known) = self.known.get_mut(&who) else {
            return;
        };
        let has_room = known.addresses.len() < ADDRESSES;
        let Some(holding) = self.by_address.get_mut(&address) else {
            if !has_room {
                return;
            }
            known.addresses.push_back(address);
            let holding = Holding {
                owner: who,
                heard: now,
                claimant: None,
            };
            self.by_address.insert(address, holding);
            return;
        };
        if holding.owner == who {
            holding.heard = now;
        } else if has_room && holding.claimant != Some(who) {
            let before = holding.claimant.replace(who);
            known.addresses.push_back(address);
            self.unknow(before, address);
        }
    }

    /// Something of a session's that came from this address was authenticated by DTLS or SRTP.
    pub fn authenticated(&mut self, now: Instant, who: ParticipantId, address: SocketAddr) {
        let Some(holding) = self.by_address.get_mut(&address) else {
            return;
        };
        if holding.owner == who {
            holding.heard = now;
        } else if holding.claimant == Some(who) && !holding.is_live(now) {
            holding.claimant = None;
            holding.heard = now;
            let before = std::mem::replace(&mut holding.owner, who);
            self.unknow(Some(before), address);
        }
    }

    /// Whether a session may send media to this address: not where another one is live.
    pub fn may_send(&self, now: Instant, who: ParticipantId, address: SocketAddr) -> bool {
        let holding = self.by_address.get(&address);
        holding.is_none_or(|holding| holding.owner == who || !holding.is_live(now))
    }

    /// ICE of a session has restarted: there is room for other addresses.
    pub fn restart(&mut self, owner: ParticipantId) {
        let Some(known) = self.known.get_mut(&owner) else {
            return;
        };
        let by_address = &self.by_address;
        let heard = |address: &SocketAddr| {
            let holding = by_address.get(address);
            let own = holding.filter(|holding| holding.owner == owner);
            own.map(|holding| holding.heard)
        };
        let all = known.addresses.make_contiguous();
        all.sort_by_key(heard);
        let surplus = known.addresses.len().saturating_sub(ADDRESSES_KEPT);
        let surplus: Vec<_> = known.addresses.drain(..surplus).collect();
        for address in surplus {
            self.give_up(owner, address);
        }
    }

    /// A session is over.
    pub fn forget(&mut self, owner: ParticipantId) {
        let Some(known) = self.known.remove(&owner) else {
            return;
        };
        for address in known.addresses {
            self.give_up(owner, address);
        }
        for ufrag in known.ufrags {
            self.by_ufrag.remove(&ufrag);
        }
    }

    /// An address is a session's no more; it goes to who claims it.
    fn give_up(&mut self, who: ParticipantId, address: SocketAddr) {
        let Some(holding) = self.by_address.get_mut(&address) else {
            return;
        };
        if holding.claimant == Some(who) {
            holding.claimant = None;
        } else if let Some(claimant) = holding.claimant.take() {
            holding.owner = claimant;
        } else {
            self.by_address.remove(&address);
        }
    }

    fn unknow(&mut self, who: Option<ParticipantId>, address: SocketAddr) {
        if let Some(known) = who.and_then(|who| self.known.get_mut(&who)) {
            known.addresses.retain(|known| *known != address);
        }
    }
}

/// The ufrag of the receiving side in a STUN request: what stands before the colon of its username
/// (RFC 8489 sections 5 and 14.3).
fn ufrag(bytes: &[u8]) -> Option<&str> {
    const HEADER: usize = 20;
    const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
    const USERNAME: u16 = 0x0006;

    let is_stun = *bytes.first()? < 4 && bytes.get(4..8)? == COOKIE;
    let mut rest = is_stun.then(|| bytes.get(HEADER..)).flatten()?;
    loop {
        let (head, body) = rest.split_first_chunk::<4>()?;
        let [kind_high, kind_low, length_high, length_low] = *head;
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        if u16::from_be_bytes([kind_high, kind_low]) == USERNAME {
            let username = std::str::from_utf8(body.get(..length)?).ok()?;
            return username.split_once(':').map(|(ufrag, _)| ufrag);
        }
        rest = body.get(length.next_multiple_of(4)..)?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MEDIA: &[u8] = &[0x80, 111, 0, 1];

    fn who(number: u8) -> ParticipantId {
        ParticipantId::from_random([number; 20])
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, 1], port))
    }

    fn request(username: &str) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
        bytes.extend([7; 12]);
        bytes.extend([0x80, 0x22, 0, 3, b'a', b'b', b'c', 0]);
        bytes.extend([0, 6, 0, username.len() as u8]);
        bytes.extend(username.as_bytes());
        bytes
    }

    /// Two sessions.
    fn two() -> (Addresses, Instant) {
        let mut addresses = Addresses::default();
        addresses.name(who(1), "one");
        addresses.name(who(2), "two");
        (addresses, Instant::now())
    }

    #[test]
    fn a_request_is_known_by_its_ufrag_and_media_by_an_answered_address() {
        let mut addresses = Addresses::default();
        let now = Instant::now();
        addresses.name(who(1), "one");
        assert_eq!(addresses.owner(now, at(1), &request("one:x")), Some(who(1)));
        assert_eq!(addresses.owner(now, at(1), &request("two:x")), None);
        assert_eq!(addresses.owner(now, at(1), MEDIA), None);
        addresses.answered(now, who(1), at(1));
        assert_eq!(addresses.owner(now, at(1), MEDIA), Some(who(1)));
        addresses.forget(who(1));
        assert_eq!(addresses.owner(now, at(1), MEDIA), None);
        assert_eq!(addresses.owner(now, at(1), &request("one:x")), None);
        addresses.answered(now, who(1), at(1));
        assert_eq!(addresses.owner(now, at(1), MEDIA), None);
    }

    #[test]
    fn an_address_is_moved_when_its_owner_is_silent_and_another_one_is_authenticated() {
        let (mut addresses, now) = two();
        addresses.answered(now, who(1), at(1));
        addresses.answered(now, who(2), at(1));
        addresses.authenticated(now, who(2), at(1));
        assert_eq!(addresses.owner(now, at(1), MEDIA), Some(who(1)));
        assert!(!addresses.may_send(now, who(2), at(1)));
        let later = now + QUIET;
        assert_eq!(addresses.owner(later, at(1), MEDIA), Some(who(2)));
        // The owner is back before anything of the other one's is authenticated.
        addresses.answered(later, who(1), at(1));
        assert_eq!(addresses.owner(later, at(1), MEDIA), Some(who(1)));
        let later = later + QUIET;
        addresses.authenticated(later, who(2), at(1));
        addresses.answered(later, who(1), at(1));
        assert_eq!(addresses.owner(later, at(1), MEDIA), Some(who(2)));
        assert!(!addresses.may_send(later, who(1), at(1)));
    }

    #[test]
    fn an_address_that_is_given_up_goes_to_who_claims_it() {
        let (mut addresses, now) = two();
        addresses.answered(now, who(1), at(1));
        addresses.answered(now, who(2), at(1));
        addresses.forget(who(1));
        assert_eq!(addresses.owner(now, at(1), MEDIA), Some(who(2)));
        addresses.forget(who(2));
        assert_eq!(addresses.owner(now, at(1), MEDIA), None);
        assert!(addresses.by_address.is_empty() && addresses.known.is_empty());
    }

    #[test]
    fn a_session_has_only_so_many_addresses() {
        let mut addresses = Addresses::default();
        let mut now = Instant::now();
        addresses.name(who(1), "one");
        for port in 0..ADDRESSES as u16 {
            now += Duration::from_millis(1);
            addresses.answered(now, who(1), at(port));
        }
        assert_eq!(addresses.owner(now, at(99), &request("one:x")), None);
        assert_eq!(addresses.owner(now, at(3), &request("one:x")), Some(who(1)));
        // It goes on at one that it has had for long.
        addresses.answered(now + Duration::from_millis(1), who(1), at(2));
        addresses.restart(who(1));
        assert_eq!(
            addresses.owner(now, at(99), &request("one:x")),
            Some(who(1))
        );
        assert_eq!(addresses.owner(now, at(15), MEDIA), Some(who(1)));
        assert_eq!(addresses.owner(now, at(2), MEDIA), Some(who(1)));
        assert_eq!(addresses.owner(now, at(3), MEDIA), None);
    }

    #[test]
    fn old_ufrags_are_forgotten() {
        let mut addresses = Addresses::default();
        let now = Instant::now();
        for ufrag in ["a", "b", "c", "d"] {
            addresses.name(who(1), ufrag);
        }
        assert_eq!(addresses.owner(now, at(1), &request("a:x")), None);
        assert_eq!(addresses.owner(now, at(1), &request("b:x")), Some(who(1)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..80), stun: bool) {
            let mut bytes = bytes;
            if stun {
                bytes.splice(..0, [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]);
            }
            let _ = ufrag(&bytes);
        }

        /// Whatever others who have sessions of their own do in the name of an address, who is there goes on.
        #[test]
        fn no_request_takes_an_address_from_who_is_there(
            steps in proptest::collection::vec((0..6_u8, 2..6_u8, 0..3_u16, 0..6_000_u64), 0..200),
        ) {
            let mut addresses = Addresses::default();
            let mut now = Instant::now();
            (1..6).for_each(|number| addresses.name(who(number), &number.to_string()));
            addresses.answered(now, who(1), at(0));
            for (kind, other, port, pause) in steps {
                let request = request(&format!("{other}:x"));
                match kind {
                    0 | 1 if addresses.owner(now, at(port), &request) == Some(who(other)) => {
                        addresses.answered(now, who(other), at(port));
                    }
                    // Only what it gets can be authenticated.
                    2 if addresses.owner(now, at(port), MEDIA) == Some(who(other)) => {
                        addresses.authenticated(now, who(other), at(port));
                    }
                    3 => addresses.restart(who(other)),
                    4 => {
                        addresses.forget(who(other));
                        addresses.name(who(other), &other.to_string());
                    }
                    5 => {
                        now += Duration::from_millis(pause);
                        addresses.answered(now, who(1), at(0));
                    }
                    _ => {}
                }
                prop_assert_eq!(addresses.owner(now, at(0), MEDIA), Some(who(1)));
                prop_assert!(addresses.may_send(now, who(1), at(0)));
                prop_assert!((2..6).all(|other| !addresses.may_send(now, who(other), at(0))));
                prop_assert!(addresses.by_address.len() <= 3);
                for (owner, known) in &addresses.known {
                    prop_assert!(known.addresses.iter().all(|address| addresses.by_address[address].has(*owner)));
                    let mut once: Vec<_> = known.addresses.iter().collect();
                    once.sort();
                    once.dedup();
                    prop_assert_eq!(once.len(), known.addresses.len());
                }
            }
        }
    }
}
