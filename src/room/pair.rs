//! How far two participants of a room have come in getting to know each other.

use crate::protocol::{ParticipantId, PeerRef, RateLimiter};
use crate::sorted_map::SortedMap;

/// Two participants of one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    /// Who makes the offers: the newcomer of the two. The other one prepares.
    pub initiator: ParticipantId,
    /// Who prepares a peer that waits for offers.
    pub preparer: ParticipantId,
    /// Counts the introductions of the two from 1; a renewal is one more.
    pub generation: u32,
    /// How far this introduction has come.
    pub stage: PairState,
    /// Which of the two needs the connection no more, while the other one does; or the participant, of a pair with the SFU.
    pub released: Option<ParticipantId>,
    /// Introductions anew that one of the two has asked for.
    pub renewals: RateLimiter,
    /// Questions of one for the chat of the other.
    pub questions: RateLimiter,
    /// Bytes that one of the two has sent to the other alone.
    pub unicast: RateLimiter,
}

/// How far an introduction has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PairState {
    /// Both are served by the SFU: they are not introduced.
    Apart,
    /// `conn-prepare` waits for the preparer's socket.
    Pending,
    /// `conn-prepare` is sent.
    Prepared,
    /// The preparer has answered `conn-init`: the two may signal.
    Introduced,
}

/// All pairs of a room. Every two places have one.
#[derive(Debug)]
pub(super) struct Pairs(SortedMap<(ParticipantId, ParticipantId), Pair>);

impl Pair {
    pub fn new(initiator: ParticipantId, preparer: ParticipantId) -> Self {
        Self {
            initiator,
            preparer,
            generation: 1,
            stage: PairState::Pending,
            released: None,
            renewals: RateLimiter::default(),
            questions: RateLimiter::default(),
            unicast: RateLimiter::default(),
        }
    }

    /// The same, not introduced, since both are served by the SFU.
    pub fn apart(self) -> Self {
        Self {
            stage: PairState::Apart,
            ..self
        }
    }

    /// What the initiator is told when the other one is ready.
    pub fn ready(&self) -> PeerRef {
        PeerRef {
            conn_user_socket_id: self.preparer,
            generation: Some(self.generation),
        }
    }

    /// Begins another introduction of the same two.
    pub fn restart(&mut self) {
        self.generation = self.generation.saturating_add(1);
        self.stage = PairState::Pending;
        self.released = None;
    }
}

impl Pairs {
    pub fn new() -> Self {
        Self(SortedMap::new())
    }

    pub fn find(&mut self, one: ParticipantId, other: ParticipantId) -> Option<&mut Pair> {
        self.0.get_mut(&key(one, other))
    }

    pub fn has(&self, one: ParticipantId, other: ParticipantId) -> bool {
        self.0.contains_key(&key(one, other))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Pair> {
        self.0.iter_mut().map(|(_, pair)| pair)
    }

    pub fn remove(&mut self, one: ParticipantId, other: ParticipantId) {
        self.0.remove(&key(one, other));
    }

    pub fn insert(&mut self, pair: Pair) {
        self.0.insert(key(pair.initiator, pair.preparer), pair);
    }

    pub fn forget(&mut self, who: ParticipantId) {
        self.0.retain(|(low, high), _| *low != who && *high != who);
    }
}

fn key(one: ParticipantId, other: ParticipantId) -> (ParticipantId, ParticipantId) {
    (one.min(other), one.max(other))
}
