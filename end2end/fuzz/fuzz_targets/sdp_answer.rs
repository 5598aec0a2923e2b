//! Answers to an offer of the SFU. One that fits is made from the offer, then the input edits its lines:
//! three bytes choose what is done, to which line, and with what.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roundtable::protocol::{Sdp, Signal};
use roundtable_fuzz::{Negotiation, answer_to};

/// What an edit may put in place of a line, or behind it.
const LINES: &[&str] = &[
    "a=mid:0",
    "a=mid:3",
    "a=mid:nonsense",
    "a=inactive",
    "a=sendonly",
    "a=recvonly",
    "a=sendrecv",
    "a=setup:active",
    "a=setup:passive",
    "a=setup:actpass",
    "a=group:BUNDLE",
    "a=group:BUNDLE 0 1 2 3",
    "a=rtcp-mux",
    "a=ice-lite",
    "a=ssrc:1 cname:a",
    "a=ssrc:4294967295 cname:a",
    "a=ssrc-group:FID 1 2",
    "a=rid:q send",
    "a=rid:h send",
    "a=simulcast:send q;h;f",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=rtpmap:96 VP8/90000",
    "a=rtpmap:96 H264/90000",
    "a=fmtp:96 apt=97",
    "a=rtcp-fb:96 nack pli",
    "a=candidate:1 1 udp 1 192.0.2.7 9 typ host",
    "a=fingerprint:sha-1 00:00",
    "m=audio 0 UDP/TLS/RTP/SAVPF 0",
    "m=video 0 UDP/TLS/RTP/SAVPF 0",
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "a=sctp-port:5000",
    "",
];

fuzz_target!(|data: &[u8]| {
    let mut negotiation = Negotiation::begin();
    let mut lines: Vec<String> = answer_to(negotiation.offer())
        .lines()
        .map(str::to_owned)
        .collect();
    let mut edits = data.chunks_exact(3);
    for edit in &mut edits {
        let [what, at, with] = [edit[0], edit[1], edit[2]].map(usize::from);
        let at = at % lines.len().max(1);
        let with = LINES[with % LINES.len()].to_owned();
        match what % 5 {
            _ if lines.is_empty() => lines.push(with),
            0 => drop(lines.remove(at)),
            1 => lines[at] = with,
            2 => lines.insert(at, with),
            3 => lines.insert(at, lines[at].clone()),
            _ => {
                let other = (at * 7 + what) % lines.len();
                lines.swap(at, other);
            }
        }
    }
    let mut sdp = lines.join("\r\n");
    sdp.push_str("\r\n");
    // Bytes that are left over stand in the text as they are.
    sdp.push_str(&String::from_utf8_lossy(edits.remainder()));
    let Ok(sdp) = Sdp::parse(sdp) else {
        return;
    };
    negotiation.signal(Signal::Answer { sdp });
    negotiation.signal(Signal::renegotiate());
    negotiation.settle();
});
