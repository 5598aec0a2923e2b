//! The words that clients and server say to each other, and the only way to make them: parsing.
//!
//! Everything here is plain data with its bounds. The transport is Socket.IO 5 over Engine.IO 4
//! ([`frame`]); the events are those of `docs/protocol.md`, which a stranger can write a client from.

mod event;
pub mod frame;
mod host;
mod id;
mod json;
mod limits;
mod lobby;
mod message;
mod name;
mod payload;
mod presence;
mod rate;
mod refusal;
mod reply;
mod room_name;
mod room_name_strength;
mod session;
mod signal;
mod text;
mod topology;
mod track_source;

pub use event::{ClientEvent, ServerEvent, WireEvent};
pub use host::{HostAction, HostRequest, HostRequested, Knocker, Knocking, RoomState};
pub use id::{MalformedId, ParticipantId};
pub use json::MalformedJson;
pub use limits::*;
pub use lobby::{Knock, KnockResult, Lobby, LobbyReply, LobbyWatch};
pub use message::{
    BadChatText, BadFile, Chat, ChatMessage, ChatPosition, ChatText, FileInfo, FileStep,
    MessageBody, MessageFrom, MessageTo, Reaction, Stamp, Stamped, VideoSubscription,
};
pub use name::{BadDisplayName, DisplayName};
pub use payload::{
    Empty, MissingTrack, ParticipantLeft, PeerRef, Prepare, ResumeToken, Side, SignalMessage,
    TrackMapping, Tracks,
};
pub use presence::Presence;
pub use rate::{Rate, RateLimiter};
pub use refusal::{Refusal, Refused};
pub use reply::{StampedReply, parse_done, parse_stamped};
pub use room_name::{BadRoomName, RoomName};
pub use session::{Admission, CreateSession, HeldPeer, IceServer, Member, SessionReply};
pub use signal::{
    Candidate, MediaKind, Sdp, Signal, TransceiverDirection, TransceiverInit, TransceiverRequest,
};
pub use text::{Unicode, graphemes, install_unicode, is_alphanumeric, skeleton, upper};
pub use topology::Topology;
pub use track_source::{TrackSource, TrackSources};
