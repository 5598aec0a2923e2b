//! What the pages show of a meeting as a whole.

use crate::{
    platform::{capture::Device, capture_error::CaptureError},
    protocol::Refused,
};

/// Which page a room shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingStage {
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
    ServerUnreachable,
    /// The room is locked: one has to knock.
    Locked,
    /// The host was asked, and has not answered.
    Knocking,
    /// The host does not let the person in.
    NotAdmitted,
    /// The host has put the person out.
    Kicked,
    /// The host has ended the meeting.
    MeetingEnded,
    /// The person has joined in another place.
    SessionReplaced,
}

/// The link to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// None is wanted.
    Idle,
    /// On the way.
    Connecting,
    /// There.
    Connected,
    /// Gone, and tried again.
    Reconnecting,
}

/// How far the person has come with camera and microphone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureState {
    /// Nobody has asked.
    NotAsked,
    /// The browser is asking the person.
    Asking,
    /// There is at least one of the two.
    Ready,
    /// The person goes without.
    Without,
    /// Neither could be had.
    Failed(CaptureError),
}

/// What there is to choose from, and what is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceList {
    /// All cameras.
    pub cameras: Vec<Device>,
    /// All microphones.
    pub microphones: Vec<Device>,
    /// All audio outputs that the browser lists.
    pub audio_outputs: Vec<Device>,
    /// The camera in use, by its id.
    pub camera: Option<String>,
    /// The microphone in use, by its id.
    pub microphone: Option<String>,
}

impl DeviceList {
    /// Whether there are cameras that look at the person, and ones that look away.
    pub fn has_front_and_back(&self) -> bool {
        let looks = |away| self.cameras.iter().any(|camera| camera.away == Some(away));
        looks(true) && looks(false)
    }
}
