//! Whether the other side is where it says to be.

use std::{net::SocketAddr, time::Instant};

use super::{Connectivity, HandshakeTarget, Session};
use crate::sfu::challenge::Transaction;

impl Session {
    /// A part of the handshake is sent to an address.
    pub fn handle_greeted(&mut self, address: SocketAddr) {
        self.greeted = match self.greeted {
            HandshakeTarget::Nobody => HandshakeTarget::One(address),
            HandshakeTarget::One(one) if one == address => self.greeted,
            HandshakeTarget::One(_) | HandshakeTarget::Several => HandshakeTarget::Several,
        };
    }

    /// Whether all of the handshake was sent to this address. Whoever has ended it was there, to read it.
    pub fn handshake_went_only_to(&self, address: SocketAddr) -> bool {
        self.greeted == HandshakeTarget::One(address)
    }

    /// What is sent to an address to see whether the other side is there.
    pub fn challenge(&mut self, transaction: Transaction) -> Option<Vec<u8>> {
        let ufrag = self.guard(|rtc| rtc.direct_api().local_ice_credentials().ufrag)?;
        let peer = self.negotiation.peer()?;
        Some(peer.challenge(&ufrag, transaction))
    }

    /// Whether an answer to a challenge is the other side's.
    pub fn has_answered_challenge(&self, answer: &[u8]) -> bool {
        let peer = self.negotiation.peer();
        peer.is_some_and(|peer| peer.is_authentic(answer))
    }

    /// Something has come from where the other side has proven to be: a request that is answered, or a packet.
    pub fn handle_consent(&mut self, now: Instant) {
        if let Connectivity::Connected { heard } = &mut self.link {
            *heard = now;
        }
    }
}
