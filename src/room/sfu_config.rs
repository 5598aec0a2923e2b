//! What the rooms know of the server's SFU.

use crate::protocol::ParticipantId;

/// The SFU of a server.
#[derive(Debug, Clone, Copy)]
pub struct SfuConfig {
    /// How it is called in signaling.
    pub sfu: ParticipantId,
    /// As soon as so many in a room know of the SFU, it is an SFU room.
    pub from: usize,
    /// When no more than so many are left in it, it is a mesh again.
    pub until: usize,
    /// Most participants of all rooms who are introduced to it. Whoever comes after them is connected with the others in
    /// the room straight, as if neither knew of it.
    pub most: usize,
    /// Whether it runs. While it does not, nobody is introduced to it, and who is counted among its participants waits.
    pub running: bool,
}
