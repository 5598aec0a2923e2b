//! What becomes of somebody's place in a meeting.
//!
//! A [`Membership`] names meetings and participants by their ids, which end with the meeting. Nothing in it tells what
//! somebody or a room is called, from where somebody came, or how somebody could come back.

use super::ConnectionId;
use crate::protocol::{ParticipantId, Stamp};

/// Something that became of somebody's place in a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The meeting.
    pub meeting: Stamp,
    /// Who; before the room, the id under which somebody knocks.
    pub participant: ParticipantId,
    /// By which connection, where there is one.
    pub connection: Option<ConnectionId>,
    /// How many have a place in the room now.
    pub inside: usize,
    /// What became of it.
    pub change: MembershipChange,
}

/// What becomes of somebody's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipChange {
    /// Has come in.
    Joined,
    /// Has come back to the place that was kept.
    Resumed,
    /// Has come back to a meeting from before a restart of the server.
    Recovered,
    /// The connection is over; the place is kept for a while.
    Disconnected,
    /// The place is given up.
    Left(LeaveReason),
    /// Waits to be let in.
    Knocked,
    /// May come in.
    Admitted,
    /// May not come in.
    Denied,
    /// Says that the connection with another participant failed; the two are introduced anew.
    PeerFailed(ParticipantId),
    /// Says that there is no way to another participant but by the SFU.
    NeedsSfu(ParticipantId),
    /// Says that there is no way to the SFU: connected with everybody straight.
    SfuUnreachable,
}

/// Why a place is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveReason {
    /// It was asked for.
    Asked,
    /// The connection of a client is over that can't come back.
    ConnectionLost,
    /// Nobody has come back in time.
    GraceOver,
    /// The host has removed the participant.
    Kicked,
    /// The host has ended the meeting.
    MeetingEnded,
    /// The room has failed by a mistake of the server's.
    RoomFailed,
}

impl LeaveReason {
    /// As the log says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked to leave",
            Self::ConnectionLost => "the connection is over, and the client can't resume",
            Self::GraceOver => "did not come back in time",
            Self::Kicked => "removed by the host",
            Self::MeetingEnded => "the host ended the meeting",
            Self::RoomFailed => "the room failed",
        }
    }
}
