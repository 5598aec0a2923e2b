//! Who the host is.

use crate::protocol::ParticipantId;

/// Who the host is. There is one exactly while anybody is inside who can be: who entered with an object. After a
/// restart it is the one of before, as long as its place is kept.
#[derive(Debug, Default)]
pub(super) struct HostState {
    pub host: Option<ParticipantId>,
}
