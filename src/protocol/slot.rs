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

impl Slot {
    fn bit(self) -> u16 {
        match self {
            Self::Microphone => 1,
            Self::Camera => 2,
            Self::ScreenSound => 4,
            Self::Screen => 8,
        }
    }
}

/// Some of the slots: on the wire the sum of 1 for the microphone, 2 for the camera, 4 for the screen's sound and 8 for
/// the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slots(u16);

impl Slots {
    /// None.
    pub const NONE: Self = Self(0);

    /// Whether a slot is among them.
    pub fn contain(self, slot: Slot) -> bool {
        self.0 & slot.bit() != 0
    }

    /// With one more.
    #[must_use]
    pub fn with(self, slot: Slot) -> Self {
        Self(self.0 | slot.bit())
    }
}

impl FromIterator<Slot> for Slots {
    fn from_iter<T: IntoIterator<Item = Slot>>(slots: T) -> Self {
        slots.into_iter().fold(Self::NONE, Self::with)
    }
}
