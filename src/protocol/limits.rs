//! Bounds on what a client may send, with their units.

use std::time::Duration;

/// Longest room name, in characters after Unicode NFC.
pub const ROOM_NAME_CHARS: usize = 64;
/// Longest display name, in characters after Unicode NFC.
pub const DISPLAY_NAME_CHARS: usize = 64;
/// Longest session description, in bytes.
pub const SDP_BYTES: usize = 64 * 1024;
/// Most media sections (`m=` lines) in a session description.
pub const SDP_SECTIONS: usize = 64;
/// Longest ICE candidate line, in bytes.
pub const CANDIDATE_BYTES: usize = 1024;
/// Longest resume token, in bytes.
pub const TOKEN_BYTES: usize = 512;
/// Most peers that a returning participant may say it still knows.
pub const KNOWN_PEERS: usize = 256;
/// Longest message on the wire in either direction, in bytes: the largest description, escaped as
/// JSON, and its envelope.
pub const MESSAGE_BYTES: usize = 2 * SDP_BYTES + 4 * 1024;
/// Events that one connection may send at once before the sustained rate holds. An event counts once,
/// and once more for every KiB of it.
pub const EVENT_BURST: u32 = 1_000;
/// Events that one connection may send each second, sustained.
pub const EVENTS_PER_SECOND: u32 = 1_000;
/// Signals kept for a participant whose socket is away.
pub const MAILBOX_SIGNALS: usize = 256;
/// How long a participant keeps its place without a socket.
pub const RESUME_GRACE: Duration = Duration::from_secs(30);
/// How long after its start a server takes back participants of the server before it.
pub const RESTART_GRACE: Duration = Duration::from_secs(120);
