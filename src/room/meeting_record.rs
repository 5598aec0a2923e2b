//! The facts of a meeting that outlive a restart of the server.

use super::{MeetingId, NetworkMark};
use crate::protocol::{ParticipantId, RoomName, Topology};

/// The facts of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingRecord {
    /// Which meeting.
    pub meeting: MeetingId,
    /// In which room, as it was first typed.
    pub room: RoomName,
    /// The host.
    pub host: Option<ParticipantId>,
    /// Whether newcomers have to knock.
    pub locked: bool,
    /// How media went.
    pub topology: Topology,
    /// Who is inside or on the way back, and can come back.
    pub inside: Vec<ReservedPlace>,
    /// Which networks it keeps out.
    pub kicked: Vec<NetworkMark>,
}

/// Someone for whom a place is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReservedPlace {
    /// Who.
    pub participant: ParticipantId,
    /// The oldest of their tokens that brings them back.
    pub oldest: u32,
}

/// Something to be kept, or to be kept no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordChange {
    /// This holds now.
    Kept(MeetingRecord),
    /// The meeting in this room is over.
    Over(RoomName),
}
