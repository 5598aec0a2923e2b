//! What the pages show of a meeting as a whole.

use crate::protocol::Refused;

/// Which page a room shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Before joining.
    Lobby,
    /// On the way in.
    Joining,
    /// Inside.
    InRoom,
    /// Left.
    Left,
    /// It can't go on.
    Trouble(Trouble),
}

/// Why a meeting can't go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Plain http on another host: browsers give no camera there.
    InsecureContext,
    /// The browser has no WebRTC.
    Unsupported,
    /// The server does not let the person in.
    Refused(Refused),
    /// The server can't be reached; it is being tried.
    ServerAway,
    /// The room is locked: one has to knock.
    Locked,
    /// The host was asked, and has not answered.
    Knocking,
    /// The host does not let the person in.
    NotAdmitted,
    /// The host has put the person out.
    Removed,
    /// The host has ended the meeting.
    Over,
    /// The person has joined in another place.
    Moved,
}

/// The link to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// None is wanted.
    Idle,
    /// On the way.
    Connecting,
    /// There.
    Up,
    /// Gone, and tried again.
    Reconnecting,
}
