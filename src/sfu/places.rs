//! Which place of a session carries which track.
//!
//! A place is a media section that the unit sends in. It stays with the session: when its track has ended it is free, and
//! carries the next one of its kind without another negotiation. Only when none is free, one more is to be offered.

use str0m::media::Mid;

use super::stream::Stream;
use crate::protocol::{self, Kind, ParticipantId, SDP_SECTIONS, Slot};

/// Most places of a session: its description also has a section for each slot.
const PLACES: usize = SDP_SECTIONS - Slot::ALL.len();

/// Something that a participant sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Track {
    /// What it is for. First, so that when not all can be carried, sounds come before pictures.
    pub slot: Slot,
    /// Whose it is.
    pub from: ParticipantId,
}

/// All places of a session. A place is known by its number, which it keeps.
#[derive(Debug, Default)]
pub(super) struct Places {
    places: Vec<Place>,
    /// The kinds that the other side can receive in no format that the unit passes on.
    unfit: Vec<Kind>,
}

/// One place.
#[derive(Debug)]
struct Place {
    kind: Kind,
    track: Option<Track>,
    stage: Stage,
    stream: Stream,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// To be offered.
    Wanted,
    /// The offer is not answered.
    Offered(Mid),
    /// The other side receives.
    Ready(Mid),
    /// The other side does not.
    Refused(Mid),
}

/// What the other side does with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It receives there.
    Yes,
    /// It does not want to.
    NotNow,
    /// It cannot: it has rejected the section.
    Never,
}

/// A place now carries something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    /// Its number.
    pub place: usize,
    /// What it carried.
    pub was: Option<Track>,
    /// What it carries.
    pub is: Option<Track>,
}

impl Places {
    /// Has these tracks carried, as far as there is room, and no others.
    pub fn settle(&mut self, wanted: &[Track]) -> Vec<Change> {
        let before: Vec<_> = self.places.iter().map(|place| place.track).collect();
        for place in &mut self.places {
            let is_unfit = self.unfit.contains(&place.kind);
            place
                .track
                .take_if(|track| is_unfit || !wanted.contains(track));
        }
        for track in wanted {
            if self.fits(*track)
                && !self.carries(track)
                && let Some(place) = self.free(track.slot.kind())
            {
                place.track = Some(*track);
                place.stream.switch();
            }
        }
        let before = before.into_iter().chain(std::iter::repeat(None));
        let now = self.places.iter().map(|place| place.track);
        before
            .zip(now)
            .enumerate()
            .filter(|(_, (was, is))| was != is)
            .map(|(place, (was, is))| Change { place, was, is })
            .collect()
    }

    /// The places that are to be offered, with their numbers.
    pub fn to_offer(&self) -> Vec<(usize, Kind)> {
        let wanted = |place: &Place| place.stage == Stage::Wanted && place.track.is_some();
        let places = self.places.iter().enumerate();
        let wanted = places.filter(|(_, place)| wanted(place));
        wanted.map(|(number, place)| (number, place.kind)).collect()
    }

    /// A place is offered under this name.
    pub fn handle_offered(&mut self, place: usize, mid: Mid) {
        if let Some(place) = self.places.get_mut(place) {
            place.stage = Stage::Offered(mid);
        }
    }

    /// What was offered is answered.
    pub fn handle_answered(&mut self, taken: impl Fn(Mid) -> Taken) {
        for place in &mut self.places {
            if let Some(mid) = place.mid() {
                let taken = taken(mid);
                place.stage = match taken {
                    Taken::Yes => Stage::Ready(mid),
                    Taken::NotNow | Taken::Never => Stage::Refused(mid),
                };
                if taken == Taken::Never && !self.unfit.contains(&place.kind) {
                    self.unfit.push(place.kind);
                }
            }
        }
    }

    /// Whether the other side can receive this, as far as is known.
    pub fn fits(&self, track: Track) -> bool {
        !self.unfit.contains(&track.slot.kind())
    }

    /// What is carried, for the other side.
    pub fn carried(&self) -> Vec<protocol::Place> {
        let carried = |place: &Place| {
            let (Stage::Ready(mid), Some(track)) = (place.stage, place.track) else {
                return None;
            };
            Some(protocol::Place {
                mid: mid.to_string().into(),
                from: track.from,
                slot: track.slot,
            })
        };
        self.places.iter().filter_map(carried).collect()
    }

    /// What the place of this name carries.
    pub fn track(&self, mid: Mid) -> Option<Track> {
        let place = self.places.iter().find(|place| place.mid() == Some(mid));
        place.and_then(|place| place.track)
    }

    /// The tracks that wait for a key frame.
    pub fn awaiting_key_frames(&self) -> impl Iterator<Item = Track> {
        let waits = |place: &&Place| {
            matches!(place.stage, Stage::Ready(_)) && place.stream.awaits_key_frame()
        };
        self.places
            .iter()
            .filter(waits)
            .filter_map(|place| place.track)
    }

    /// The name and the stream of a place, if the other side receives there.
    pub fn ready(&mut self, place: usize) -> Option<(Mid, &mut Stream)> {
        let place = self.places.get_mut(place)?;
        match place.stage {
            Stage::Ready(mid) => Some((mid, &mut place.stream)),
            _ => None,
        }
    }

    fn carries(&self, track: &Track) -> bool {
        self.places
            .iter()
            .any(|place| place.track.as_ref() == Some(track))
    }

    fn free(&mut self, kind: Kind) -> Option<&mut Place> {
        let free = self.places.iter().enumerate().filter(|(_, place)| {
            place.kind == kind && place.track.is_none() && !matches!(place.stage, Stage::Refused(_))
        });
        // The one that can be used soonest.
        let best = free.min_by_key(|(_, place)| match place.stage {
            Stage::Ready(_) => 0,
            Stage::Offered(_) => 1,
            Stage::Wanted | Stage::Refused(_) => 2,
        });
        if let Some((number, _)) = best {
            return self.places.get_mut(number);
        }
        if self.places.len() >= PLACES {
            return None;
        }
        self.places.push(Place {
            kind,
            track: None,
            stage: Stage::Wanted,
            stream: Stream::new(kind),
        });
        self.places.last_mut()
    }
}

impl Place {
    fn mid(&self) -> Option<Mid> {
        match self.stage {
            Stage::Wanted => None,
            Stage::Offered(mid) | Stage::Ready(mid) | Stage::Refused(mid) => Some(mid),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn track(from: u8, slot: Slot) -> Track {
        Track {
            slot,
            from: ParticipantId::from_random([from; 20]),
        }
    }

    fn offer(places: &mut Places) -> usize {
        let wanted = places.to_offer();
        for (place, _) in &wanted {
            places.handle_offered(*place, Mid::from(&*format!("{place}")));
        }
        wanted.len()
    }

    #[test]
    fn a_free_place_is_used_again() {
        let mut places = Places::default();
        let [ann, bob] = [1, 2].map(|from| track(from, Slot::Camera));
        assert_eq!(
            places.settle(&[ann]),
            [Change {
                place: 0,
                was: None,
                is: Some(ann)
            }]
        );
        assert_eq!(offer(&mut places), 1);
        assert!(places.carried().is_empty());
        places.handle_answered(|_| Taken::Yes);
        assert_eq!(places.carried().len(), 1);
        assert_eq!(
            places.settle(&[bob]),
            [Change {
                place: 0,
                was: Some(ann),
                is: Some(bob)
            }]
        );
        assert_eq!(offer(&mut places), 0);
        assert_eq!(places.carried().first().unwrap().from, bob.from);
        assert!(places.settle(&[bob]).is_empty());
    }

    #[test]
    fn a_sound_does_not_go_where_a_picture_was() {
        let mut places = Places::default();
        places.settle(&[track(1, Slot::Camera)]);
        let changes = places.settle(&[track(1, Slot::Microphone)]);
        assert_eq!(changes.len(), 2);
        assert_eq!(places.to_offer(), [(1, Kind::Audio)]);
    }

    #[test]
    fn a_refused_place_carries_nothing() {
        let mut places = Places::default();
        places.settle(&[track(1, Slot::Camera)]);
        offer(&mut places);
        places.handle_answered(|_| Taken::NotNow);
        assert!(places.carried().is_empty());
        assert!(places.ready(0).is_none());
        places.settle(&[]);
        let again = places.settle(&[track(2, Slot::Screen)]);
        assert_eq!(again.first().unwrap().place, 1);
    }

    #[test]
    fn of_a_kind_that_was_rejected_nothing_is_offered_again() {
        let mut places = Places::default();
        let (seen, heard) = (track(1, Slot::Camera), track(1, Slot::Microphone));
        places.settle(&[seen, heard]);
        offer(&mut places);
        places.handle_answered(|mid| match &*mid {
            "0" => Taken::Never,
            _ => Taken::Yes,
        });
        assert!(!places.fits(seen) && places.fits(heard));
        let changes = places.settle(&[seen, heard]);
        assert_eq!(changes.first().unwrap().was, Some(seen));
        places.settle(&[track(2, Slot::Camera), heard]);
        assert_eq!(offer(&mut places), 0);
        assert_eq!(places.carried().len(), 1);
    }

    #[test]
    fn what_has_no_place_is_carried_when_there_is_one() {
        let mut places = Places::default();
        let mut wanted: Vec<_> = (0..=PLACES as u8)
            .map(|from| track(from, Slot::Microphone))
            .collect();
        assert_eq!(places.settle(&wanted).len(), PLACES);
        assert!(places.settle(&wanted).is_empty());
        let last = *wanted.last().unwrap();
        wanted.remove(3);
        let changes = places.settle(&wanted);
        assert_eq!(changes.first().unwrap().place, 3);
        assert_eq!(changes.first().unwrap().is, Some(last));
    }

    proptest! {
        #[test]
        fn what_is_wanted_is_carried_once_and_in_a_place_of_its_kind(
            steps in proptest::collection::vec(proptest::collection::btree_set((0..30_u8, 0..4_usize), 0..80), 1..12),
        ) {
            let mut places = Places::default();
            let mut known: Vec<Option<Track>> = Vec::new();
            for step in steps {
                let wanted: Vec<_> = step.into_iter().map(|(from, slot)| track(from, Slot::ALL[slot])).collect();
                for change in places.settle(&wanted) {
                    known.resize(known.len().max(change.place + 1), None);
                    prop_assert_eq!(known[change.place], change.was);
                    known[change.place] = change.is;
                }
                prop_assert!(places.places.len() <= PLACES);
                let carried: Vec<_> = places.places.iter().filter_map(|place| place.track).collect();
                prop_assert_eq!(&carried, &known.iter().copied().flatten().collect::<Vec<_>>());
                for place in &places.places {
                    prop_assert!(place.track.is_none_or(|track| wanted.contains(&track) && track.slot.kind() == place.kind));
                }
                let mut once = carried.clone();
                once.sort();
                once.dedup();
                prop_assert_eq!(once.len(), carried.len());
                if places.places.len() < PLACES {
                    prop_assert_eq!(carried.len(), wanted.len());
                }
            }
        }
    }
}
