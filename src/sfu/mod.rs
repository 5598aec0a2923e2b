//! The SFU, as a sans-IO state machine: it takes every track once and passes it on to all others in the room.
//!
//! To signaling it is one more participant, who makes every offer. Everybody who was introduced to it has a *session*: one
//! connection, with a media section for each [`TrackSource`](crate::protocol::TrackSource) that the SFU receives and, after those,
//! *downtracks* that it sends in. As soon as a track flows it is given a downtrack at each of the others, and they are told which.
//!
//! [`Sfu::handle_input`] takes what happened and the time; then **[`Sfu::poll_output`] is called until it is empty**, and
//! [`Sfu::poll_timeout`] tells when to come back with [`Input::Timeout`]: at once after packets, so that those that came
//! together also leave together, as far as [`Sfu::is_flush_due`] lets them wait for each other.
//!
//! The SFU is an ICE-lite agent (RFC 8445 section 2.5): it answers the checks of others and looks for no path itself. So it
//! needs no candidates of theirs. Where a check came from is believed only when the peer has answered there, too: media
//! cannot be sent to addresses that somebody names or forges.
//!
//! | file | what it decides |
//! |---|---|
//! | `sfu` | who gets what from whom; in its folder, by subject: datagrams, what is asked for, tracks, packets |
//! | `session` | one connection: what goes in and out; in its folder, negotiation, packets, and where the other side is |
//! | `negotiation` | what is offered, and which answers are taken |
//! | `answer` | what honest peers may write into an answer |
//! | `uptracks` | what is received, and who gets it |
//! | `downtracks` | which section carries which track to a receiver |
//! | `rtp_rewriter` | how the packets of one track after the other make one stream |
//! | `voices` | who is heard, of many who speak |
//! | `media_packet` | what is read of a packet once, to send it to many |
//! | `keyframes` | when a source is asked for a key frame |
//! | `udp_demux` | whose datagram it is, and where media goes |
//! | `challenge`, `stun` | whether a peer is where its checks come from |
//! | `candidates` | where it says that it is reached |
//! | `command` | what the rooms ask for, and what is answered |
//! | `pending_work` | what is done next, of all that is asked for |
//! | `budget` | how much one may send, and ask for |
//! | `shares` | how much is sent for a room, when all together want too much |
//! | [`driver`] | nothing: it moves datagrams and commands, and knows the clock and chance |

mod answer;
mod budget;
mod buffers;
mod candidates;
mod challenge;
mod command;
mod downtracks;
pub mod driver;
mod id_map;
mod keyframes;
mod media_packet;
mod negotiation;
mod pending_work;
mod rtp_rewriter;
mod session;
#[expect(
    clippy::module_inception,
    reason = "the file is named for its type, as all others are"
)]
mod sfu;
mod shares;
mod stun;
#[cfg(test)]
mod tests;
mod udp_demux;
mod uptracks;
mod voices;

use std::net::SocketAddr;

pub use command::{SfuCommand, SfuEvent};
pub use sfu::Sfu;

use crate::protocol::{ParticipantId, RoomName};

/// Something that happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// Time has passed.
    Timeout,
    /// A datagram has come.
    Datagram {
        /// From where.
        source: SocketAddr,
        /// To which of this machine's addresses: it may be none of those that browsers are told.
        destination: SocketAddr,
        /// What it holds.
        bytes: &'a [u8],
    },
    /// It is reached at these addresses from now on.
    Addresses(Vec<SocketAddr>),
    /// There is something to do.
    Task(SfuCommand),
}

/// Something to do.
#[derive(Debug)]
pub enum Output {
    /// Send a datagram.
    Transmit {
        /// From which of this machine's addresses.
        source: SocketAddr,
        /// To where.
        destination: SocketAddr,
        /// What it holds.
        bytes: Vec<u8>,
    },
    /// Tell a participant something.
    Say {
        /// In which room.
        room: RoomName,
        /// To whom.
        participant: ParticipantId,
        /// What.
        says: SfuEvent,
    },
}

/// Why there is no SFU.
#[derive(Debug, thiserror::Error)]
pub enum SfuError {
    /// An address that is no candidate.
    #[error("{0} is no address that others can reach the SFU at: {1}")]
    Address(SocketAddr, String),
    /// Nothing can be heard any more.
    #[error("the socket of the SFU does not work: {0}")]
    Socket(std::io::Error),
    /// No certificate was made.
    #[error("the SFU could not make its certificate")]
    Certificate,
}
