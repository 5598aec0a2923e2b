//! What a track is for.

use serde::{Deserialize, Serialize};

use super::Kind;

/// What a track is for. Both sides know it by the place of its media section among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The first sound.
    Microphone,
    /// The first picture.
    Camera,
    /// The second sound.
    ScreenSound,
    /// The second picture.
    Screen,
}

impl Slot {
    /// Every slot, in the order of the places.
    pub const ALL: [Self; 4] = [
        Self::Microphone,
        Self::Camera,
        Self::ScreenSound,
        Self::Screen,
    ];
    /// Those that there are places for from the start.
    pub const FIRST: [Self; 2] = [Self::Microphone, Self::Camera];
    /// Those of a shared screen.
    pub const SHARED: [Self; 2] = [Self::ScreenSound, Self::Screen];

    /// What kind of track it takes.
    pub fn kind(self) -> Kind {
        match self {
            Self::Microphone | Self::ScreenSound => Kind::Audio,
            Self::Camera | Self::Screen => Kind::Video,
        }
    }

    /// Whether it is a shared screen's.
    pub fn is_shared(self) -> bool {
        matches!(self, Self::ScreenSound | Self::Screen)
    }
}
