//! What is sent of what a session gives out, and where to.

use std::time::Instant;

use str0m::net::Transmit;

use crate::{
    protocol::ParticipantId,
    sfu::{
        Output,
        session::Session,
        stun::is_stun,
        udp_demux::{Path, UdpDemux},
    },
};

/// What is sent of what a session gives out, and where to.
pub(super) fn send(
    now: Instant,
    who: ParticipantId,
    session: &mut Session,
    addresses: &mut UdpDemux,
    mut transmit: Transmit,
) -> [Option<Output>; 2] {
    let nominated = Path {
        local: transmit.source,
        remote: transmit.destination,
    };
    if is_stun(&transmit.contents) {
        // An ICE-lite agent gives out nothing but answers, and only to who knows its password.
        let transaction = addresses.answered(now, who, nominated);
        if addresses.is_proven(who, nominated.remote) {
            session.handle_consent(now);
        }
        let challenge = transaction.and_then(|transaction| session.challenge(transaction));
        let challenge = challenge.map(|bytes| Output::Transmit {
            source: nominated.local,
            destination: nominated.remote,
            bytes,
        });
        return [Some(transmit.into()), challenge];
    }
    let is_handshake = !session.was_connected();
    let path = addresses.route(now, who, nominated).or_else(|| {
        let bytes = transmit.contents.len();
        let may_greet =
            is_handshake && addresses.allow_handshake(now, who, nominated.remote, bytes);
        may_greet.then_some(nominated)
    });
    let Some(Path { local, remote }) = path else {
        return [None, None];
    };
    if is_handshake {
        session.handle_greeted(remote);
    }
    transmit.source = local;
    transmit.destination = remote;
    [Some(transmit.into()), None]
}
