//! The introductions anew that wait.

use crate::protocol::ParticipantId;

/// The pairs that wait, each with who came back first. There are no more than pairs.
#[derive(Debug, Default)]
pub(super) struct DeferredIntroductions {
    pub pairs: Vec<(ParticipantId, ParticipantId)>,
    /// Whether it will be looked after them.
    pub is_due: bool,
}

impl DeferredIntroductions {
    /// Whether these two wait.
    pub fn has(&self, one: ParticipantId, other: ParticipantId) -> bool {
        self.pairs.contains(&(one, other)) || self.pairs.contains(&(other, one))
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}
