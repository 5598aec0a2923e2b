//! Who is large in the speaker view. Two people who talk in turns or at once do not flicker, silence
//! keeps the last one, and the person itself is never it.

use std::time::Duration;

use super::voice::SpeechSpell;
use crate::protocol::ParticipantId;

/// How long a talk has to be to follow someone who is silent.
const FOLLOW: Duration = Duration::from_millis(1500);
/// How long, to take over from someone who talks on.
const INTERRUPT: Duration = Duration::from_secs(3);
/// How long someone is the active speaker at least.
const HOLD: Duration = Duration::from_secs(2);

/// The active speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ActiveSpeaker {
    pub id: ParticipantId,
    since: Duration,
}

impl ActiveSpeaker {
    /// Who is active at `now`, after `before`, of those who talk. Someone who talks on is interrupted
    /// only by a talk that began later, so two who talk at once take turns no more than once.
    pub fn next(
        before: Option<Self>,
        now: Duration,
        talks: &[(ParticipantId, SpeechSpell)],
    ) -> Option<Self> {
        if before.is_some_and(|before| now < before.since + HOLD) {
            return before;
        }
        let is_before = |id| before.is_some_and(|before| before.id == id);
        let current = talks.iter().find(|(id, _)| is_before(*id));
        let next = talks
            .iter()
            .filter(|(id, talk)| match current {
                _ if is_before(*id) => false,
                Some((_, current)) => talk.since > current.since && talk.length(now) >= INTERRUPT,
                None => talk.length(now) >= FOLLOW,
            })
            .min_by_key(|(_, talk)| talk.since);
        next.map(|(id, _)| Self {
            id: *id,
            since: now,
        })
        .or(before)
    }

    /// When someone else may follow.
    pub fn deadline(&self) -> Duration {
        self.since + HOLD
    }
}

/// When a talk may make an active speaker.
pub(super) fn deadlines(talk: &SpeechSpell) -> [Option<Duration>; 2] {
    [Some(talk.since + FOLLOW), Some(talk.since + INTERRUPT)]
}
