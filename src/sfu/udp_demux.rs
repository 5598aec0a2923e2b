//! Whose datagram it is, and where a session is reached: all sessions share one UDP port.
//!
//! A STUN request names the session by the ufrag that it was offered (RFC 8445 section 7.2.2); anything else is known by
//! the address that it comes from. An address belongs to the session that has first answered a request there: a session
//! answers only who proves to know its password.
//!
//! That proves nothing about the address, though: a source can be forged, and whoever has a session knows its password, and
//! its keys of SRTP as well. So an address is *proven* for a session only when its peer has said back what was sent there
//! and to nowhere else: the transaction of a [challenge](super::challenge), or a handshake of DTLS. Media goes to proven
//! addresses only, and only what comes from those counts as consent (RFC 7675). To others go answers to checks, challenges,
//! and of a handshake at most [`AMPLIFICATION`] times the bytes that came from there (compare RFC 9000 section 8.1).
//!
//! Another session that answers at an address only *claims* it. The address stays with its owner while that one has proven it
//! and is heard there, and is moved when it has been silent for [`QUIET`] and the claimant has proven it.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    net::SocketAddr,
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{challenge::Transaction, id_map::IdMap, stun};
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

/// How long the nominated address may be silent until what comes from another one is believed to be a move: the NAT in
/// between has given it another port, or the machine has gone to another network.
const SILENCE: Duration = Duration::from_secs(3);
/// How many bytes of a handshake go to an address that is not proven, for each that came from there.
const AMPLIFICATION: usize = 3;
/// What the first check was at least, in bytes: a header, a username, a priority, a tie-breaker, the two checksums.
const CHECK_BYTES: usize = 80;

/// The addresses and ufrags of all sessions.
#[derive(Debug)]
pub(super) struct UdpDemux {
    by_address: HashMap<SocketAddr, AddressEntry>,
    by_ufrag: HashMap<Box<str>, ParticipantId>,
    known: IdMap<SessionRoutes>,
    /// Makes the transactions of challenges: who is not told one must not guess it.
    random: StdRng,
}

/// From which address of this machine to which one of the other side's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Path {
    pub local: SocketAddr,
    pub remote: SocketAddr,
}

/// Whose an address is.
#[derive(Debug)]
struct AddressEntry {
    owner: Claimant,
    /// Another one who has been answered there.
    claimant: Option<Claimant>,
}

/// A session at an address.
#[derive(Debug)]
struct Claimant {
    who: ParticipantId,
    /// To which of this machine's addresses something has come from there.
    local: SocketAddr,
    /// When something authenticated has come last.
    heard: Instant,
    /// When the other side has shown last that it wants to be reached here: by media, or by a check that nominates.
    used: Option<Instant>,
    proof: AddressProof,
}

/// Whether the peer of a session is at an address.
#[derive(Debug)]
enum AddressProof {
    /// It knows what was sent there.
    Given,
    /// It has not said back this yet.
    Awaited {
        transaction: Transaction,
        /// How many bytes of a handshake may be sent there.
        credit: usize,
    },
}

/// What leads to one session.
#[derive(Debug, Default)]
struct SessionRoutes {
    addresses: VecDeque<SocketAddr>,
    ufrags: VecDeque<Box<str>>,
}

impl Claimant {
    fn new(now: Instant, who: ParticipantId, local: SocketAddr, transaction: Transaction) -> Self {
        Self {
            who,
            local,
            heard: now,
            used: None,
            proof: AddressProof::Awaited {
                transaction,
                credit: AMPLIFICATION * CHECK_BYTES,
            },
        }
    }

    fn is_proven(&self) -> bool {
        matches!(self.proof, AddressProof::Given)
    }

    fn is_live(&self, now: Instant) -> bool {
        now < self.heard + QUIET
    }

    /// Whether nobody else gets its address.
    fn keeps_address(&self, now: Instant) -> bool {
        self.is_proven() && self.is_live(now)
    }
}

impl AddressEntry {
    fn party(&self, who: ParticipantId) -> Option<&Claimant> {
        let parties = [Some(&self.owner), self.claimant.as_ref()];
        parties.into_iter().flatten().find(|party| party.who == who)
    }

    fn claimant_mut(&mut self, who: ParticipantId) -> Option<&mut Claimant> {
        let parties = [Some(&mut self.owner), self.claimant.as_mut()];
        parties.into_iter().flatten().find(|party| party.who == who)
    }

    /// Whether a session may come in beside the owner.
    fn can_be_claimed(&self, now: Instant) -> bool {
        !self
            .claimant
            .as_ref()
            .is_some_and(|claimant| claimant.keeps_address(now))
    }
}

impl UdpDemux {
    /// Knows nobody. The seed is a secret.
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            by_address: HashMap::new(),
            by_ufrag: HashMap::new(),
            known: IdMap::default(),
            random: StdRng::from_seed(seed),
        }
    }

    /// Whose session a datagram is for.
    pub fn owner(&self, now: Instant, source: SocketAddr, bytes: &[u8]) -> Option<ParticipantId> {
        let holding = self.by_address.get(&source);
        let Some(ufrag) = ufrag(bytes) else {
            let AddressEntry { owner, claimant } = holding?;
            let claimant = claimant.as_ref().filter(|_| !owner.is_live(now));
            return Some(claimant.unwrap_or(owner).who);
        };
        let named = *self.by_ufrag.get(ufrag)?;
        let room = |known: &SessionRoutes| known.addresses.len() < ADDRESSES;
        let admitted = holding.is_some_and(|holding| holding.party(named).is_some())
            || self.known.get(&named).is_some_and(room);
        admitted.then_some(named)
    }

    /// A session has offered this ufrag.
    pub fn add_ufrag(&mut self, owner: ParticipantId, ufrag: &str) {
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

    /// A session has answered a request that came to one address from the other one. Unless that is proven, it is to be
    /// challenged with the transaction that is returned.
    pub fn answered(
        &mut self,
        now: Instant,
        who: ParticipantId,
        Path { local, remote }: Path,
    ) -> Option<Transaction> {
        let known = self.known.get_mut(&who)?;
        let has_room = known.addresses.len() < ADDRESSES;
        let mut claimant = || Claimant::new(now, who, local, self.random.random());
        let holding = match self.by_address.entry(remote) {
            Entry::Vacant(entry) if has_room => {
                known.addresses.push_back(remote);
                entry.insert(AddressEntry {
                    owner: claimant(),
                    claimant: None,
                })
            }
            Entry::Vacant(_) => return None,
            Entry::Occupied(entry) => entry.into_mut(),
        };
        // One claimant at a time: who comes takes the place of one that has not proven to be there, or has fallen silent.
        let mut before = None;
        if holding.party(who).is_none() && has_room && holding.can_be_claimed(now) {
            before = holding.claimant.replace(claimant());
            known.addresses.push_back(remote);
        }
        let party = holding.claimant_mut(who)?;
        party.heard = now;
        party.local = local;
        let transaction = match &party.proof {
            AddressProof::Given => None,
            AddressProof::Awaited { transaction, .. } => Some(*transaction),
        };
        self.unbind(before.map(|before| before.who), remote);
        self.reassign(now, remote);
        transaction
    }

    /// Something has come for a session.
    pub fn received(&mut self, who: ParticipantId, remote: SocketAddr, bytes: usize) {
        if let Some(party) = self.claimant_at(who, remote)
            && let AddressProof::Awaited { credit, .. } = &mut party.proof
        {
            *credit = credit.saturating_add(AMPLIFICATION * bytes);
        }
    }

    /// The check of a session that was just answered also nominates.
    pub fn nominated(&mut self, now: Instant, who: ParticipantId, remote: SocketAddr) {
        let party = self.claimant_at(who, remote);
        if let Some(party) = party.filter(|party| party.heard == now) {
            party.used = Some(now);
        }
    }

    /// Something of a session's was authenticated by DTLS or SRTP.
    pub fn authenticated(
        &mut self,
        now: Instant,
        who: ParticipantId,
        Path { local, remote }: Path,
    ) {
        if let Some(party) = self.claimant_at(who, remote) {
            party.heard = now;
            party.used = Some(now);
            party.local = local;
            self.reassign(now, remote);
        }
    }

    /// Whose answer to a challenge this is, that comes from there.
    pub fn challenged(&self, remote: SocketAddr, said: Transaction) -> Option<ParticipantId> {
        let AddressEntry { owner, claimant } = self.by_address.get(&remote)?;
        let mut parties = [Some(owner), claimant.as_ref()].into_iter().flatten();
        let is_awaited = |party: &&Claimant| match party.proof {
            AddressProof::Given => false,
            AddressProof::Awaited { transaction, .. } => transaction == said,
        };
        parties.find(is_awaited).map(|party| party.who)
    }

    /// The peer of a session has said back what was sent to an address, and to no other.
    pub fn bind_remote(&mut self, now: Instant, who: ParticipantId, remote: SocketAddr) {
        if let Some(party) = self.claimant_at(who, remote) {
            party.heard = now;
            party.proof = AddressProof::Given;
            self.reassign(now, remote);
        }
    }

    /// Whether the peer of a session has proven to be at an address.
    pub fn is_proven(&self, who: ParticipantId, remote: SocketAddr) -> bool {
        let party = self.by_address.get(&remote);
        let party = party.and_then(|holding| holding.party(who));
        party.is_some_and(Claimant::is_proven)
    }

    /// The way that a session's media goes, which would go the way that was nominated: only to an address that is proven, and
    /// not where another one is live. When the nominated one is silent, it is the one that was used after that.
    pub fn route(&self, now: Instant, who: ParticipantId, nominated: Path) -> Option<Path> {
        let current = self.reached(now, who, nominated.remote);
        if current.is_some_and(|party| now < party.heard + SILENCE) {
            return Some(nominated);
        }
        let others = self.known.get(&who)?.addresses.iter();
        let others = others.filter(|remote| **remote != nominated.remote);
        let others = others.filter_map(|remote| Some((*remote, self.reached(now, who, *remote)?)));
        let best = match current {
            Some(current) => others
                .filter(|(_, party)| party.used > Some(current.heard))
                .max_by_key(|(_, party)| party.used),
            None => others.max_by_key(|(_, party)| party.heard),
        };
        let other = best.map(|(remote, party)| Path {
            local: party.local,
            remote,
        });
        other.or(current.map(|_| nominated))
    }

    /// Whether so many bytes of a handshake may be sent to an address that is not proven. They are taken off what may.
    pub fn allow_handshake(
        &mut self,
        now: Instant,
        who: ParticipantId,
        remote: SocketAddr,
        bytes: usize,
    ) -> bool {
        let holding = self.by_address.get_mut(&remote);
        let Some(holding) =
            holding.filter(|holding| holding.owner.who == who || !holding.owner.is_live(now))
        else {
            return false;
        };
        let Some(AddressProof::Awaited { credit, .. }) =
            holding.claimant_mut(who).map(|party| &mut party.proof)
        else {
            return false;
        };
        let left = credit.checked_sub(bytes);
        *credit = left.unwrap_or(*credit);
        left.is_some()
    }

    /// ICE of a session has restarted: there is room for other addresses.
    pub fn restart(&mut self, owner: ParticipantId) {
        let Some(known) = self.known.get_mut(&owner) else {
            return;
        };
        let by_address = &self.by_address;
        let heard = |address: &SocketAddr| {
            let party = by_address.get(address)?.party(owner)?;
            Some(party.heard)
        };
        let all = known.addresses.make_contiguous();
        all.sort_by_key(heard);
        let surplus = known.addresses.len().saturating_sub(ADDRESSES_KEPT);
        let surplus: Vec<_> = known.addresses.drain(..surplus).collect();
        for address in surplus {
            self.release(owner, address);
        }
    }

    /// A session is over.
    pub fn forget(&mut self, owner: ParticipantId) {
        let Some(known) = self.known.remove(&owner) else {
            return;
        };
        for address in known.addresses {
            self.release(owner, address);
        }
        for ufrag in known.ufrags {
            self.by_ufrag.remove(&ufrag);
        }
    }

    /// An address is a session's no more; it goes to who claims it.
    fn release(&mut self, who: ParticipantId, address: SocketAddr) {
        let Some(holding) = self.by_address.get_mut(&address) else {
            return;
        };
        if holding.owner.who != who {
            holding.claimant = None;
        } else if let Some(claimant) = holding.claimant.take() {
            holding.owner = claimant;
        } else {
            self.by_address.remove(&address);
        }
    }

    /// Gives an address to who has proven to be there, unless its owner has as well and is still there.
    fn reassign(&mut self, now: Instant, remote: SocketAddr) {
        let Some(AddressEntry { owner, claimant }) = self.by_address.get_mut(&remote) else {
            return;
        };
        if owner.keeps_address(now) {
            return;
        }
        if let Some(claimant) = claimant.take_if(|claimant| claimant.is_proven()) {
            let before = std::mem::replace(owner, claimant);
            self.unbind(Some(before.who), remote);
        }
    }

    fn claimant_at(&mut self, who: ParticipantId, remote: SocketAddr) -> Option<&mut Claimant> {
        self.by_address.get_mut(&remote)?.claimant_mut(who)
    }

    /// A session at an address where it is reached.
    fn reached(&self, now: Instant, who: ParticipantId, remote: SocketAddr) -> Option<&Claimant> {
        let holding = self.by_address.get(&remote)?;
        let is_free = holding.owner.who == who || !holding.owner.keeps_address(now);
        let party = holding.party(who)?;
        (is_free && party.is_proven()).then_some(party)
    }

    fn unbind(&mut self, who: Option<ParticipantId>, address: SocketAddr) {
        if let Some(known) = who.and_then(|who| self.known.get_mut(&who)) {
            known.addresses.retain(|known| *known != address);
        }
    }
}

/// Whether a STUN request nominates (RFC 8445 section 7.1.2).
pub(super) fn nominates(bytes: &[u8]) -> bool {
    const USE_CANDIDATE: u16 = 0x0025;
    stun::attributes(bytes).any(|(kind, _)| kind == USE_CANDIDATE)
}

/// The ufrag of the receiving side in a STUN request: what stands before the colon of its username
/// (RFC 8489 sections 5 and 14.3).
fn ufrag(bytes: &[u8]) -> Option<&str> {
    const USERNAME: u16 = 0x0006;
    let (_, username) = stun::attributes(bytes).find(|(kind, _)| *kind == USERNAME)?;
    let username = std::str::from_utf8(username).ok()?;
    username.split_once(':').map(|(ufrag, _)| ufrag)
}

#[cfg(test)]
mod tests;
