//! How many media sections of each kind a description has, or is to have.
//!
//! What a section is for follows from its kind and its place among those of its kind, the same both ways:
//! the first ones are a microphone's and a camera's, the second ones a screen's sound and its picture.

use super::io::Share;
use crate::protocol::{MediaKind, Sdp};

/// Sections by their kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SectionCounts {
    audio: usize,
    video: usize,
}

impl SectionCounts {
    /// None.
    pub const NONE: Self = Self { audio: 0, video: 0 };
    /// For a microphone and a camera: those of an initiator's first description.
    pub const FIRST: Self = Self { audio: 1, video: 1 };
    /// All that mean something.
    pub const ALL: Self = Self { audio: 2, video: 2 };

    /// For a microphone, a camera and what is shared.
    pub fn needed(share: Option<Share>) -> Self {
        Self {
            audio: 1 + usize::from(share.is_some_and(|share| share.sound)),
            video: 1 + usize::from(share.is_some()),
        }
    }

    /// Those of a description.
    pub fn of(sdp: &Sdp) -> Self {
        Self {
            audio: sdp.sections(MediaKind::Audio),
            video: sdp.sections(MediaKind::Video),
        }
    }

    /// The kinds of which there are fewer than in `other`, each as often as it is missing.
    pub fn missing_of(self, other: Self) -> impl Iterator<Item = MediaKind> {
        MediaKind::ALL.into_iter().flat_map(move |kind| {
            let missing = other.count(kind).saturating_sub(self.count(kind));
            std::iter::repeat_n(kind, missing)
        })
    }

    /// Whether there are at least as many as in `other`, of every kind.
    pub fn hold(self, other: Self) -> bool {
        self.audio >= other.audio && self.video >= other.video
    }

    /// As many of each kind as in the one that has more.
    pub fn or(self, other: Self) -> Self {
        Self {
            audio: self.audio.max(other.audio),
            video: self.video.max(other.video),
        }
    }

    /// One more of a kind.
    pub fn and(mut self, kind: MediaKind) -> Self {
        match kind {
            MediaKind::Audio => self.audio += 1,
            MediaKind::Video => self.video += 1,
        }
        self
    }

    /// How many there are of a kind.
    pub fn count(self, kind: MediaKind) -> usize {
        match kind {
            MediaKind::Audio => self.audio,
            MediaKind::Video => self.video,
        }
    }
}
