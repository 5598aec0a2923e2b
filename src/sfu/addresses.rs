//! Whose datagram it is: all sessions share one UDP port.
//!
//! A STUN request names the session by the ufrag that it was offered (RFC 8445 section 7.2.2); anything else is known by
//! the address that it comes from. An address belongs to the session that has last answered there: a session answers
//! only who proves to know its password.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
};

use crate::protocol::ParticipantId;

/// Most addresses that a session is reached from.
const ADDRESSES: usize = 16;
/// How many of them are kept when ICE restarts.
const ADDRESSES_KEPT: usize = 2;
/// Most ufrags of a session: that of a restart, which is not answered yet, beside the current one and the one before.
const UFRAGS: usize = 3;

/// The addresses and ufrags of all sessions.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    by_address: HashMap<SocketAddr, ParticipantId>,
    by_ufrag: HashMap<Box<str>, ParticipantId>,
    known: HashMap<ParticipantId, Known>,
}

/// What leads to one session.
#[derive(Debug, Default)]
struct Known {
    addresses: VecDeque<SocketAddr>,
    ufrags: VecDeque<Box<str>>,
}

impl Addresses {
    /// Whose session a datagram is for.
    pub fn owner(&self, source: SocketAddr, bytes: &[u8]) -> Option<ParticipantId> {
        let by_address = self.by_address.get(&source).copied();
        let Some(ufrag) = ufrag(bytes) else {
            return by_address;
        };
        let owner = *self.by_ufrag.get(ufrag)?;
        let room = |known: &Known| known.addresses.len() < ADDRESSES;
        let admitted = by_address == Some(owner) || self.known.get(&owner).is_some_and(room);
        admitted.then_some(owner)
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

    /// A session has answered at this address.
    pub fn prove(&mut self, owner: ParticipantId, address: SocketAddr) {
        let before = self.by_address.get(&address).copied();
        if before == Some(owner) {
            return;
        }
        let Some(known) = self.known.get_mut(&owner) else {
            return;
        };
        known.addresses.push_back(address);
        self.by_address.insert(address, owner);
        if let Some(before) = before.and_then(|before| self.known.get_mut(&before)) {
            before.addresses.retain(|known| *known != address);
        }
    }

    /// ICE of a session has restarted: there is room for other addresses.
    pub fn restart(&mut self, owner: ParticipantId) {
        let Some(known) = self.known.get_mut(&owner) else {
            return;
        };
        let surplus = known.addresses.len().saturating_sub(ADDRESSES_KEPT);
        for address in known.addresses.drain(..surplus) {
            self.by_address.remove(&address);
        }
    }

    /// A session is over.
    pub fn forget(&mut self, owner: ParticipantId) {
        let Some(known) = self.known.remove(&owner) else {
            return;
        };
        for address in known.addresses {
            self.by_address.remove(&address);
        }
        for ufrag in known.ufrags {
            self.by_ufrag.remove(&ufrag);
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

    #[test]
    fn a_request_is_known_by_its_ufrag_and_media_by_a_proven_address() {
        let mut addresses = Addresses::default();
        addresses.name(who(1), "one");
        assert_eq!(addresses.owner(at(1), &request("one:x")), Some(who(1)));
        assert_eq!(addresses.owner(at(1), &request("two:x")), None);
        assert_eq!(addresses.owner(at(1), MEDIA), None);
        addresses.prove(who(1), at(1));
        assert_eq!(addresses.owner(at(1), MEDIA), Some(who(1)));
        addresses.forget(who(1));
        assert_eq!(addresses.owner(at(1), MEDIA), None);
        assert_eq!(addresses.owner(at(1), &request("one:x")), None);
        addresses.prove(who(1), at(1));
        assert_eq!(addresses.owner(at(1), MEDIA), None);
    }

    #[test]
    fn an_address_goes_to_who_has_answered_there_last() {
        let mut addresses = Addresses::default();
        addresses.name(who(1), "one");
        addresses.name(who(2), "two");
        addresses.prove(who(1), at(1));
        addresses.prove(who(2), at(1));
        assert_eq!(addresses.owner(at(1), MEDIA), Some(who(2)));
        addresses.forget(who(1));
        assert_eq!(addresses.owner(at(1), MEDIA), Some(who(2)));
    }

    #[test]
    fn a_session_has_only_so_many_addresses() {
        let mut addresses = Addresses::default();
        addresses.name(who(1), "one");
        for port in 0..ADDRESSES as u16 {
            addresses.prove(who(1), at(port));
        }
        assert_eq!(addresses.owner(at(99), &request("one:x")), None);
        assert_eq!(addresses.owner(at(3), &request("one:x")), Some(who(1)));
        addresses.restart(who(1));
        assert_eq!(addresses.owner(at(99), &request("one:x")), Some(who(1)));
        assert_eq!(addresses.owner(at(15), MEDIA), Some(who(1)));
        assert_eq!(addresses.owner(at(3), MEDIA), None);
    }

    #[test]
    fn old_ufrags_are_forgotten() {
        let mut addresses = Addresses::default();
        for ufrag in ["a", "b", "c", "d"] {
            addresses.name(who(1), ufrag);
        }
        assert_eq!(addresses.owner(at(1), &request("a:x")), None);
        assert_eq!(addresses.owner(at(1), &request("b:x")), Some(who(1)));
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
    }
}
