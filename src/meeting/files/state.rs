//! How far the files of a meeting have come.

use crate::{call::files::FileFailure, protocol::ParticipantId};

/// Names a file: whose, and in which of their messages.
pub type Key = (ParticipantId, u32);

/// How far someone else's file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadState {
    /// It can be asked for.
    Offered,
    /// It was asked for.
    Asked,
    /// So many bytes of it are here.
    Some(u64),
    /// It was saved, and can be once more.
    Saved,
    /// It is not here.
    Failed(FileFailure),
}

/// What happens with an own file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UploadState {
    /// To how many it is being sent.
    pub to: usize,
    /// Bytes that were sent to these.
    pub sent: u64,
    /// How many have it.
    pub arrived: usize,
    /// The browser can't read it any more.
    pub unreadable: bool,
}

/// Why a file is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOffered {
    /// Nothing is in it.
    Empty,
    /// It is too large.
    TooLarge,
}
