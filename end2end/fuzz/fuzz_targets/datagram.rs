//! Datagrams at the SFU's port, from strangers and in the name of a session: the first byte says from
//! where, and how the rest begins.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roundtable::protocol::{Sdp, Signal};
use roundtable_fuzz::{Negotiation, answer_to};

fuzz_target!(|data: &[u8]| {
    let mut negotiation = Negotiation::begin();
    let answer = answer_to(negotiation.offer());
    let ufrag = negotiation.ufrag().to_owned();
    if let Ok(sdp) = Sdp::parse(answer) {
        negotiation.signal(Signal::Answer { sdp });
    }
    for datagram in data.split(|byte| *byte == b'\n') {
        let Some((kind, rest)) = datagram.split_first() else {
            continue;
        };
        let mut bytes = Vec::new();
        match kind % 4 {
            // STUN, a binding request (RFC 8489 section 5) for the session.
            0 => {
                let username = format!("{ufrag}:remote");
                bytes.extend([0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]);
                bytes.extend([7; 12]);
                bytes.extend([0, 6, 0, username.len() as u8]);
                bytes.extend(username.as_bytes());
                bytes.resize(bytes.len().next_multiple_of(4), 0);
            }
            // DTLS, a handshake record (RFC 6347 section 4.1).
            1 => bytes.extend([22, 254, 253, 0, 0, 0, 0, 0, 0, 0]),
            // RTP of version 2 (RFC 3550 section 5.1).
            2 => bytes.extend([0x90, 0x6F]),
            _ => {}
        }
        bytes.extend(rest);
        negotiation.datagram(kind / 4 % 4, &bytes);
    }
    negotiation.settle();
});
