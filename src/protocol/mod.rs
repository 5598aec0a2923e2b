//! The words that clients and server say to each other, and the only way to make them: parsing.
//!
//! Everything here is plain data with its bounds. The transport is Socket.IO 5 over Engine.IO 4
//! ([`frame`]); the events are those of `docs/protocol.md`, which a stranger can write a client from.

mod event;
pub mod frame;
mod id;
mod json;
mod limits;
mod name;
mod refusal;
mod room_name;
mod session;
mod signal;
mod text;

pub use event::{
    ClientEvent, Introduced, Left, Nothing, Prepare, ServerEvent, Signalled, WireEvent,
};
pub use id::{MalformedId, ParticipantId};
pub use limits::*;
pub use name::{BadDisplayName, DisplayName};
pub use refusal::{Refusal, Refused};
pub use room_name::{BadRoomName, RoomName};
pub use session::{Admission, CreateSession, IceServer, KnownPeer, Member, Presence, SessionReply};
pub use signal::{Candidate, Direction, Kind, Sdp, Signal, TransceiverInit, TransceiverRequest};
