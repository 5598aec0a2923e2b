//! What comes and goes at the port, and where.

use std::{net::SocketAddr, time::Instant};

use str0m::{Event, net::Transmit};

use super::{Sfu, transmit::send};
use crate::{
    protocol::{ParticipantId, Signal},
    sfu::{
        Output, SfuEvent,
        candidates::Candidates,
        challenge::challenge_response,
        session::SessionOutput,
        udp_demux::{Path, nominates},
    },
};

impl Sfu {
    pub(super) fn handle_datagram(
        &mut self,
        now: Instant,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    ) {
        if let Some(transaction) = challenge_response(bytes) {
            if let Some(who) = self.addresses.challenged(source, transaction) {
                self.handle_challenge_response(now, who, source, bytes);
            }
            return;
        }
        let Some(who) = self.addresses.owner(now, source, bytes) else {
            return;
        };
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        if !session.admit(now, bytes.len()) {
            return;
        }
        self.addresses.received(who, source, bytes.len());
        session.receive(now, source, destination, bytes);
        self.drain(now, who, now);
        if nominates(bytes) {
            self.addresses.nominated(now, who, source);
        }
        // All that has happened has come of this datagram.
        let events = self.events.iter().filter(|(of, _)| *of == who);
        let (mut is_connected, mut is_authentic) = (false, false);
        for (_, event) in events {
            is_connected |= matches!(event, Event::Connected);
            is_authentic |= matches!(event, Event::RtpPacket(_) | Event::Connected);
        }
        let Some(session) = self.sessions.get_mut(&who).filter(|_| is_authentic) else {
            return;
        };
        let path = Path {
            local: destination,
            remote: source,
        };
        self.addresses.authenticated(now, who, path);
        if is_connected && session.handshake_went_only_to(source) {
            self.addresses.bind_remote(now, who, source);
        }
        if self.addresses.is_proven(who, source) {
            session.handle_consent(now);
        }
    }

    /// Somebody answers a challenge, which was sent to this address only.
    fn handle_challenge_response(
        &mut self,
        now: Instant,
        who: ParticipantId,
        source: SocketAddr,
        answer: &[u8],
    ) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        if session.admit(now, answer.len()) && session.has_answered_challenge(answer) {
            self.addresses.bind_remote(now, who, source);
            session.handle_consent(now);
        }
    }

    /// Offers name the current addresses; who has had an offer is told the new ones, so that a browser finds its way to
    /// them before it misses the old ones.
    pub(super) fn handle_addresses(&mut self, addresses: Vec<SocketAddr>) {
        let new = match Candidates::new(addresses) {
            Ok(candidates) => candidates,
            Err(error) => {
                tracing::warn!(%error, "browsers are told the addresses of before");
                return;
            }
        };
        let old = std::mem::replace(&mut self.candidates, new);
        let mut told = Vec::new();
        for (who, session) in &self.sessions {
            let Some(mid) = session.first_mid() else {
                continue;
            };
            for candidate in self.candidates.missing_from(&old, &mid) {
                let says = SfuEvent::Signal {
                    generation: session.generation,
                    signal: Signal::Candidate { candidate },
                };
                told.push((session.room.clone(), *who, says));
            }
        }
        for (room, who, says) in told {
            self.say(room, who, says);
        }
    }

    /// Takes all that a session has to give, after whatever has changed it.
    pub(super) fn drain(&mut self, now: Instant, who: ParticipantId, floor: Instant) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        loop {
            match session.poll(floor) {
                SessionOutput::Transmit(transmit) => {
                    let outputs = send(now, who, session, &mut self.addresses, transmit);
                    self.outputs.extend(outputs.into_iter().flatten());
                }
                SessionOutput::Event(event) => self.events.push_back((who, event)),
                SessionOutput::Done => break,
            }
        }
        if session.is_over(now) {
            self.over.push(who);
        }
        self.schedule(who);
    }
}

impl From<Transmit> for Output {
    fn from(transmit: Transmit) -> Self {
        Self::Transmit {
            source: transmit.source,
            destination: transmit.destination,
            bytes: transmit.contents.into(),
        }
    }
}
