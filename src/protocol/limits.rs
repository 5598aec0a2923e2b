//! Bounds on what a client may send, with their units.

use std::time::Duration;

use super::Rate;

/// The version of the protocol in `docs/protocol.md`. It counts up when something is taken away or changes its meaning.
pub const PROTOCOL_VERSION: u32 = 2;

/// Most participants that a room may be set to have: everyone makes a connection with every other one, or asks for it.
pub const MOST_PARTICIPANTS: usize = 200;
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
pub const HELD_PEERS: usize = 256;
/// Longest message on the wire in either direction, in bytes: the largest description, escaped as
/// JSON, and its envelope.
pub const MESSAGE_BYTES: usize = 2 * SDP_BYTES + 4 * 1024;
/// Events that one connection may send at once before the sustained rate holds. An event counts once,
/// and once more for every KiB of it.
pub const EVENT_BURST: u32 = 1_000;
/// Events that one connection may send each second, sustained.
pub const EVENTS_PER_SECOND: u32 = 1_000;
/// The two of them.
pub const EVENTS: Rate = Rate::per_second(EVENTS_PER_SECOND, EVENT_BURST);
/// Bytes that may wait for one client that does not read.
pub const UNSENT_BYTES: usize = 1024 * 1024;
/// While more bytes than this wait for a participant, who has sent it more than [`UNICAST_OF_PAIR`] is refused.
pub const BACKLOG_OF_FEW: usize = 384 * 1024;
/// While more bytes than this wait for a participant, everyone is refused who has something for it alone: no one who reads
/// slowly is cut for what others say to it. The rest of [`UNSENT_BYTES`] is for what the server and the room have to say.
pub const BACKLOG: usize = 640 * 1024;
/// Bytes of signals and words of one pair, both ways together, that count as few.
pub const UNICAST_OF_PAIR: Rate = Rate::per_second(32 * 1024, 256 * 1024);
/// Sessions that have not asked to be let into the namespace yet; of more, the oldest is closed.
pub const WAITING_SESSIONS: usize = 8_192;
/// Signals kept for a participant whose socket is away.
pub const MAILBOX_SIGNALS: usize = 256;
/// Together they have at most as many bytes.
pub const MAILBOX_BYTES: usize = 128 * 1024;
/// All mailboxes of a server together have at most as many.
pub const MAIL_BYTES: usize = 16 * 1024 * 1024;
/// How long a participant keeps its place without a socket.
pub const RESUME_GRACE: Duration = Duration::from_secs(30);
/// How long a resume token holds, from when it was given.
pub const TOKEN_LIFE: Duration = Duration::from_secs(10 * 60);
/// How often who is connected is given another one.
pub const TOKEN_RENEWAL: Duration = Duration::from_secs(4 * 60);
/// How often it is looked whose token is to be renewed.
pub const TOKEN_ROUND: Duration = Duration::from_secs(20);
/// How long after its start a server takes back participants of the server before it.
pub const RESTART_GRACE: Duration = Duration::from_secs(120);
/// Most networks that one meeting keeps out.
pub const KICKED_NETWORKS: usize = 256;
/// Most who wait at the door of one room.
pub const WAITING: usize = 16;
/// Most connections that watch one room from outside.
pub const WATCHERS: usize = 64;
/// Most names that are shown of a room from outside.
pub const SHOWN_NAMES: usize = 24;
/// Longest message of the chat, in characters without the blanks around it.
pub const CHAT_CHARS: usize = 2_000;
/// Longest name of a file, in characters.
pub const FILE_NAME_CHARS: usize = 255;
/// Largest file, in bytes.
pub const FILE_BYTES: u64 = 100 * 1024 * 1024;
/// Longest MIME type, in bytes.
pub const MIME_BYTES: usize = 100;
/// Most authors in one `have`.
pub const HELD_MESSAGES: usize = 512;
/// Most parts, of one `history` each, in the answer to one `have`: a full log of the longest messages has fewer.
pub const HISTORY_PARTS: u32 = 200;
/// Of how many whose places were given up the server knows how far their lines of the chat have come.
pub const SILENCED: usize = 4_096;
/// Most messages in one `history`.
pub const HISTORY_MESSAGES: usize = 50;
/// Longest payload of `message`, in bytes.
pub const TALK_BYTES: usize = 96 * 1024;
/// Largest clock or moment in a message of the chat: JavaScript can count on from there.
pub const LARGEST_NUMBER: u64 = 1 << 52;
/// Reactions of one participant.
pub const REACTIONS: Rate = Rate::per_second(10, 20);
/// Messages of the chat of one participant.
pub const CHATS: Rate = Rate::per_second(5, 20);
/// What one participant says or shows to all others is always passed on at this rate, however much the others say.
pub const SHOWN_OF_ONE: Rate = Rate::per_second(2, 10);
/// Beyond that: messages that one participant has the server send, one for each who hears it.
pub const SENT_FOR_ONE: Rate = Rate::per_second(2_000, 4_000);
/// Beyond that: messages that all in a room together have the server send.
pub const SENT_IN_ROOM: Rate = Rate::per_second(10_000, 30_000);
/// What a participant shows, what is seen of a room from outside, and who knocks is told at most once in this time:
/// the first change at once, the last of the others at its end.
pub const STATE_INTERVAL: Duration = Duration::from_millis(100);
/// Introductions anew of one pair, whichever of the two asks (`peer-restart`, `sfu-request`).
pub const RENEWALS_OF_PAIR: Rate = Rate {
    each: Duration::from_secs(15),
    burst: 4,
};
/// Introductions anew that one participant has to follow, all others together; the first of a pair that has
/// had none lately does not count.
pub const RENEWALS_OF_TARGET: Rate = Rate {
    each: Duration::from_secs(1),
    burst: 16,
};
/// Entries into one room that has had more people in it before. An entry that makes it larger than ever does not
/// count: there can't be more of them than places.
pub const ENTRIES_OF_ROOM: Rate = Rate {
    each: Duration::from_millis(500),
    burst: 32,
};
/// The same, from networks that have sent nobody into the room for [`VISIT`]: beside the others, so that who comes and goes
/// without end keeps out nobody else, unless from more networks than fit at once.
pub const ENTRIES_OF_NEW_NETWORKS: Rate = Rate {
    each: Duration::from_millis(500),
    burst: 32,
};
/// For so long a network is known that has sent somebody into a room.
pub const VISIT: Duration = Duration::from_secs(10 * 60);
/// Most networks that are known to one room so.
pub const VISITORS: usize = 256;
/// The same, from one network into all rooms: a school after a break, or a proxy that is not trusted to tell addresses.
pub const ENTRIES_OF_NETWORK: Rate = Rate {
    each: Duration::from_secs(1),
    burst: 3_000,
};
/// Returns of one participant to its place.
pub const RETURNS: Rate = Rate {
    each: Duration::from_secs(2),
    burst: 5,
};
/// Knocks of one connection at locked rooms.
pub const KNOCKS_OF_CONNECTION: Rate = Rate {
    each: Duration::from_secs(2),
    burst: 5,
};
/// Knocks at one locked room; the first of a connection that has not knocked lately does not count.
pub const KNOCKS_AT_ROOM: Rate = Rate {
    each: Duration::from_millis(500),
    burst: 32,
};
/// Questions for the chat (`have`) between one pair, both ways together.
pub const QUESTIONS_OF_PAIR: Rate = Rate {
    each: Duration::from_secs(5),
    burst: 4,
};
/// Questions for the chat to one participant, of all others together; the first of a pair that has had none lately does
/// not count.
pub const QUESTIONS_TO_ONE: Rate = Rate {
    each: Duration::from_millis(200),
    burst: 100,
};
