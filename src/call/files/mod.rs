//! The bytes of a file from one browser to another, as two machines: one that [sends](FileSender), one that
//! [receives](FileReceiver). Both know no channel and no clock.
//!
//! A transfer has a data channel of its own, which is ordered and reliable (RFC 8831 section 6.4). Over it go the
//! bytes as binary messages of at most [`CHUNK`], then a [`FileControl`] with their SHA-256 (FIPS 180-4), and the
//! receiver's answer to that. What is announced counts: nobody is sent, and nobody keeps, a byte more.

mod control;
mod receiving;
mod sending;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use control::{FILE_CHANNEL, FileControl, label, read_label};
pub use receiving::{FileReceiver, ReceiveAction};
pub use sending::{FileSender, SendAction};

/// Largest binary message, in bytes: what every browser takes (RFC 8831 section 6.6).
pub const CHUNK: usize = 16 * 1024;
/// Bytes of the file that are read, and held, at once.
const READ: u64 = 256 * 1024;
/// More is read when no more bytes than this wait in the channel.
pub const LOW_WATER: u64 = 512 * 1024;
/// Most files that are sent at a time.
const UPLOADS: usize = 32;
/// And of these to one participant.
const UPLOADS_TO_ONE: usize = 6;
/// How long a transfer may stand still.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether one more file may be sent while so many are being sent, and so many of them to the one who asks. Who is not served
/// now asks again.
pub fn may_upload(in_all: usize, to_this_one: usize) -> bool {
    in_all < UPLOADS && to_this_one < UPLOADS_TO_ONE
}

/// Why a file did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFailure {
    /// Its author does not have it any more.
    Gone,
    /// The connection was lost.
    Lost,
    /// Nothing came for too long.
    Silent,
    /// The other side has stopped it.
    Stopped,
    /// The own person has.
    Cancelled,
    /// More came than was announced.
    Longer,
    /// Less came than was announced.
    Shorter,
    /// It is not what was sent, or not what the protocol says.
    Garbled,
    /// The browser can't read the file any more.
    Unreadable,
}

/// How a transfer ended.
pub type FileEnd = Result<(), FileFailure>;
