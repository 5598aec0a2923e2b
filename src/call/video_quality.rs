//! How much of the camera is sent to whom.

use crate::{
    protocol::{ParticipantId, VideoSubscription},
    sorted_map::SortedMap,
};

/// How much of a camera is sent or received, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VideoQuality {
    /// No picture.
    Nothing,
    /// A small one.
    Low,
    /// The whole one.
    Full,
}

/// How much of the camera everybody gets: the person sets one level for all, and each of the others may
/// want less.
#[derive(Debug)]
pub struct VideoQualities {
    all: VideoQuality,
    each: SortedMap<ParticipantId, VideoQuality>,
}

impl Default for VideoQualities {
    /// Everything for everybody.
    fn default() -> Self {
        Self {
            all: VideoQuality::Full,
            each: SortedMap::new(),
        }
    }
}

impl VideoQualities {
    /// Sets the level for one participant, or the one for all.
    pub fn set(&mut self, only: Option<ParticipantId>, level: VideoQuality) {
        match only {
            Some(id) => self.each.insert(id, level),
            None => self.all = level,
        }
    }

    /// What a participant gets: the lower one of what is given and what is wanted.
    pub fn of(&self, id: ParticipantId) -> VideoQuality {
        let wanted = self.each.get(&id);
        wanted.map_or(self.all, |level| self.all.min(*level))
    }

    /// A participant is gone.
    pub fn forget(&mut self, id: ParticipantId) {
        self.each.remove(&id);
    }
}

impl From<VideoSubscription> for VideoQuality {
    fn from(video: VideoSubscription) -> Self {
        match video {
            VideoSubscription::None => Self::Nothing,
            VideoSubscription::Low => Self::Low,
            VideoSubscription::Full => Self::Full,
        }
    }
}

impl From<VideoQuality> for VideoSubscription {
    fn from(quality: VideoQuality) -> Self {
        match quality {
            VideoQuality::Nothing => Self::None,
            VideoQuality::Low => Self::Low,
            VideoQuality::Full => Self::Full,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_of_what_is_given_and_what_is_wanted_is_sent() {
        let [ada, ben] = [1, 2].map(|n| ParticipantId::from_random([n; 20]));
        let mut qualities = VideoQualities::default();
        assert_eq!(qualities.of(ada), VideoQuality::Full);
        qualities.set(Some(ada), VideoQuality::Nothing);
        qualities.set(None, VideoQuality::Low);
        assert_eq!(qualities.of(ada), VideoQuality::Nothing);
        assert_eq!(qualities.of(ben), VideoQuality::Low);
        qualities.set(Some(ada), VideoQuality::Full);
        assert_eq!(qualities.of(ada), VideoQuality::Low);
        qualities.set(None, VideoQuality::Full);
        qualities.set(Some(ben), VideoQuality::Low);
        qualities.forget(ben);
        assert_eq!(qualities.of(ben), VideoQuality::Full);
    }
}
