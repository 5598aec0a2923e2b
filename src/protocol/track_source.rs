//! What a track is for.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};

use super::MediaKind;

/// What a track is for. Both sides know it by the place of its media section among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrackSource {
    /// The first sound.
    Microphone,
    /// The first picture.
    Camera,
    /// The second sound.
    ScreenSound,
    /// The second picture.
    Screen,
}

impl TrackSource {
    /// Each, in the order of the media sections.
    pub const ALL: [Self; 4] = [
        Self::Microphone,
        Self::Camera,
        Self::ScreenSound,
        Self::Screen,
    ];
    /// Those that have a media section from the start.
    pub const FIRST: [Self; 2] = [Self::Microphone, Self::Camera];
    /// Those of a shared screen.
    pub const SHARED: [Self; 2] = [Self::ScreenSound, Self::Screen];

    /// What kind of track it takes.
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Microphone | Self::ScreenSound => MediaKind::Audio,
            Self::Camera | Self::Screen => MediaKind::Video,
        }
    }

    /// What the next media section of a kind is for, among those that are for something already; after the last one, `None`.
    pub fn next(kind: MediaKind, is_taken: impl Fn(Self) -> bool) -> Option<Self> {
        let of_kind = |source: &Self| source.kind() == kind;
        Self::ALL
            .into_iter()
            .find(|source| of_kind(source) && !is_taken(*source))
    }

    /// Whether it is a shared screen's.
    pub fn is_shared(self) -> bool {
        matches!(self, Self::ScreenSound | Self::Screen)
    }
}

impl TrackSource {
    fn bit(self) -> u8 {
        match self {
            Self::Microphone => 1,
            Self::Camera => 2,
            Self::ScreenSound => 4,
            Self::Screen => 8,
        }
    }
}

/// A set of track sources; on the wire an array of their names, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrackSources(u8);

impl TrackSources {
    /// None.
    pub const NONE: Self = Self(0);

    /// Whether a source is among them.
    pub fn contain(self, source: TrackSource) -> bool {
        self.0 & source.bit() != 0
    }

    /// With one more.
    #[must_use]
    pub fn with(self, source: TrackSource) -> Self {
        Self(self.0 | source.bit())
    }
}

impl FromIterator<TrackSource> for TrackSources {
    fn from_iter<T: IntoIterator<Item = TrackSource>>(sources: T) -> Self {
        sources.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for TrackSources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sources = TrackSource::ALL.into_iter();
        serializer.collect_seq(sources.filter(|source| self.contain(*source)))
    }
}

impl<'de> Deserialize<'de> for TrackSources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = TrackSources;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of names of track sources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<TrackSources, A::Error> {
        let mut sources = TrackSources::NONE;
        while let Some(source) = names.next_element()? {
            sources = sources.with(source);
        }
        Ok(sources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_of_a_kind_are_for_its_sources_in_their_order() {
        let mut taken = TrackSources::NONE;
        for (kind, expected) in [
            (MediaKind::Video, Some(TrackSource::Camera)),
            (MediaKind::Audio, Some(TrackSource::Microphone)),
            (MediaKind::Video, Some(TrackSource::Screen)),
            (MediaKind::Video, None),
        ] {
            let next = TrackSource::next(kind, |source| taken.contain(source));
            assert_eq!(next, expected);
            taken = next.map_or(taken, |source| taken.with(source));
        }
    }
}
