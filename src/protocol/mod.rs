//! The words that clients and server say to each other, and the only way to make them: parsing.
//!
//! Everything here is plain data with its bounds. The transport is Socket.IO 5 over Engine.IO 4
//! ([`frame`]); the events are those of `docs/protocol.md`, which a stranger can write a client from.

mod event;
pub mod frame;
mod guess;
mod host;
mod id;
mod json;
mod limits;
mod lobby;
mod name;
mod payload;
mod rate;
mod refusal;
mod reply;
mod room_name;
mod session;
mod signal;
mod slot;
mod talk;
mod text;

pub use event::{ClientEvent, ServerEvent, WireEvent};
pub use host::{Asked, HostAction, HostAsks, Knocker, Knocking, RoomState};
pub use id::{MalformedId, ParticipantId};
pub use json::Unreadable;
pub use limits::*;
pub use lobby::{Knock, KnockAnswered, Lobby, LobbyReply, LookIn};
pub use name::{BadDisplayName, DisplayName};
pub use payload::{
    Carried, Introduced, Left, Missing, NewToken, Nothing, Place, Prepare, Side, Signalled,
};
pub use rate::{Rate, RateLimiter};
pub use refusal::{Refusal, Refused};
pub use reply::{StampedReply, parse_done, parse_stamped};
pub use room_name::{BadRoomName, RoomName};
pub use session::{Admission, CreateSession, IceServer, KnownPeer, Member, Presence, SessionReply};
pub use signal::{Candidate, Direction, Kind, Sdp, Signal, TransceiverInit, TransceiverRequest};
pub use slot::{Slot, Slots};
pub use talk::{
    BadChatText, BadFile, Body, Chat, ChatText, FileInfo, FileStep, Held, Message, Reaction, Said,
    Say, Stamp, Stamped, VideoWish,
};
pub use text::{graphemes, is_alphanumeric, skeleton, upper};
