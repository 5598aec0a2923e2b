//! What two peers say while they connect: a description each and then candidates, ready to send.

use serde_json::json;

use crate::{link::append_text, session::event};

/// Candidates to each description, as a browser with two interfaces and a STUN server finds.
const CANDIDATES: u16 = 9;

/// Which of the two descriptions a participant makes.
#[derive(Clone, Copy)]
pub enum Role {
    /// Makes the offer.
    Initiator,
    /// Makes the answer.
    Responder,
}

/// Frames of signals to one participant: a description, its candidates, and again from the start.
pub struct Signals {
    frames: Vec<Vec<u8>>,
    next: usize,
}

impl Signals {
    /// Prepares the frames.
    pub fn to(id: &str, role: Role) -> Self {
        let kind = match role {
            Role::Initiator => "offer",
            Role::Responder => "answer",
        };
        let description = json!({ "type": kind, "sdp": description() });
        let candidates = (0..CANDIDATES).map(|nth| {
            let line = format!(
                "candidate:{} 1 udp 2122260223 192.168.1.{} {} typ host generation 0 ufrag aB3d network-id 1 network-cost 10",
                842_163_049 + u32::from(nth),
                20 + nth,
                50_000 + nth
            );
            json!({
                "type": "candidate",
                "candidate": { "candidate": line, "sdpMLineIndex": 0, "sdpMid": "0" },
            })
        });
        let frames = std::iter::once(description).chain(candidates).map(|signal| {
            let payload = json!({ "signal": signal, "connUserSocketId": id });
            let mut frame = Vec::new();
            append_text(&mut frame, &event("conn-signal", &payload));
            frame
        });
        Self { frames: frames.collect(), next: 0 }
    }

    /// Appends the next `count` frames.
    pub fn append(&mut self, out: &mut Vec<u8>, count: usize) {
        for _ in 0..count {
            if let Some(frame) = self.frames.get(self.next) {
                out.extend_from_slice(frame);
            }
            self.next = (self.next + 1) % self.frames.len();
        }
    }
}

/// A description of audio, video and a data channel, of about 2 KB.
fn description() -> String {
    let mut lines: Vec<String> = [
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1 2",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS 9c1f7a52-4a55-4f0f-8a0c-3c1f6f1f6b52",
    ]
    .map(str::to_owned)
    .into();
    section(&mut lines, 0, "audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8", &["111 opus/48000/2", "63 red/48000/2"]);
    section(&mut lines, 1, "video 9 UDP/TLS/RTP/SAVPF 96 97 102 103", &["96 VP8/90000", "102 H264/90000"]);
    section(&mut lines, 2, "application 9 UDP/DTLS/SCTP webrtc-datachannel", &[]);
    lines.push("a=sctp-port:5000\r\n".into());
    lines.join("\r\n")
}

fn section(lines: &mut Vec<String>, mid: u8, media: &str, codecs: &[&str]) {
    lines.push(format!("m={media}"));
    lines.push("c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:aB3d".into());
    lines.push("a=ice-pwd:pV7w0sJmK3xQ9bT2nL5yR8cZ\r\na=ice-options:trickle".into());
    lines.push(format!("a=fingerprint:sha-256 {}", ["5E"; 32].join(":")));
    lines.push(format!("a=setup:actpass\r\na=mid:{mid}\r\na=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize"));
    for codec in codecs {
        let payload_type = codec.split(' ').next().unwrap_or_default();
        lines.push(format!("a=rtpmap:{codec}\r\na=rtcp-fb:{payload_type} transport-cc"));
        lines.push(format!("a=fmtp:{payload_type} minptime=10;useinbandfec=1"));
    }
}
