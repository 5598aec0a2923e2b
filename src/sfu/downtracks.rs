//! Which place of a session carries which track.
//!
//! A place is a media section that the SFU sends in. It stays with the session: when its track has ended it is free, and
//! carries the next one of its kind without another negotiation. Only when none is free, one more is to be offered.
//!
//! The other side hears by the signaling whose track a place carries, and media may be faster than that, or arrive while
//! the socket is away. So a place is given to another participant only when the other side is known to believe nothing of
//! it any more: when it has answered an offer that was made after it was told that the place is free. Messages come in
//! order, so it had heard the one before it answered the other.

use str0m::media::Mid;

use super::rtp_rewriter::Rewriter;
use crate::protocol::{self, MediaKind, ParticipantId, SDP_SECTIONS, TrackSource};

/// Most places of a session: its description also has a section for each slot.
const PLACES: usize = SDP_SECTIONS - TrackSource::ALL.len();

/// Something that a participant sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Track {
    /// What it is for. First, so that when not all can be carried, sounds come before pictures.
    pub slot: TrackSource,
    /// Whose it is.
    pub from: ParticipantId,
}

/// All places of a session. A place is known by its number, which it keeps.
#[derive(Debug, Default)]
pub(super) struct Downtracks {
    places: Vec<Downtrack>,
    /// The kinds that the other side can receive in no format that the SFU passes on.
    unfit: Vec<MediaKind>,
    /// Whether something is not carried that would be, if the other side were known to believe nothing of a place.
    short: bool,
}

/// One place.
#[derive(Debug)]
struct Downtrack {
    kind: MediaKind,
    track: Option<Track>,
    stage: DowntrackState,
    stream: Rewriter,
    pending_mapping: Option<PendingMapping>,
}

/// Whose track the other side may believe to be in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PendingMapping {
    who: ParticipantId,
    mapping_state: MappingState,
}

/// What is done about a belief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MappingState {
    /// Nothing: it is what was told last.
    None,
    /// That it does not hold any more is told.
    Told,
    /// An offer was made since.
    Asked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DowntrackState {
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
pub(super) enum SectionState {
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

impl Downtracks {
    /// Has these tracks carried, as far as there is room, and no others.
    pub fn allocate(&mut self, wanted: &[Track]) -> Vec<Change> {
        let before: Vec<_> = self.places.iter().map(|place| place.track).collect();
        for place in &mut self.places {
            let is_unfit = self.unfit.contains(&place.kind);
            place
                .track
                .take_if(|track| is_unfit || !wanted.contains(track));
        }
        self.short = false;
        for track in wanted {
            if !self.fits(*track) || self.is_forwarding(track) {
                continue;
            }
            match self.free(track) {
                Some(place) => {
                    place.track = Some(*track);
                    place.stream.switch();
                }
                None => self.short |= self.places.iter().any(|place| place.is_open(track)),
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
    pub fn to_offer(&self) -> Vec<(usize, MediaKind)> {
        let wanted =
            |place: &Downtrack| place.stage == DowntrackState::Wanted && place.track.is_some();
        let places = self.places.iter().enumerate();
        let wanted = places.filter(|(_, place)| wanted(place));
        wanted.map(|(number, place)| (number, place.kind)).collect()
    }

    /// Whether an offer would help though there is nothing to add.
    pub fn is_short(&self) -> bool {
        self.short
    }

    /// What is carried was told, perhaps because an earlier message may be lost.
    pub fn handle_mapping_sent(&mut self) {
        for place in &mut self.places {
            let carried = place.carried().map(|track| PendingMapping {
                who: track.from,
                mapping_state: MappingState::None,
            });
            let dropped = place.pending_mapping.map(|pending_mapping| PendingMapping {
                mapping_state: MappingState::Told,
                ..pending_mapping
            });
            place.pending_mapping = carried.or(dropped);
        }
    }

    /// An offer was made, with new places or without.
    pub fn handle_offer_sent(&mut self) {
        let beliefs = self
            .places
            .iter_mut()
            .filter_map(|p| p.pending_mapping.as_mut());
        for pending_mapping in
            beliefs.filter(|pending_mapping| pending_mapping.mapping_state == MappingState::Told)
        {
            pending_mapping.mapping_state = MappingState::Asked;
        }
    }

    /// A place is offered under this name.
    pub fn handle_offered(&mut self, place: usize, mid: Mid) {
        if let Some(place) = self.places.get_mut(place) {
            place.stage = DowntrackState::Offered(mid);
        }
    }

    /// What was offered is answered.
    pub fn handle_answered(&mut self, taken: impl Fn(Mid) -> SectionState) {
        for place in &mut self.places {
            place
                .pending_mapping
                .take_if(|pending_mapping| pending_mapping.mapping_state == MappingState::Asked);
            if let Some(mid) = place.mid() {
                let taken = taken(mid);
                place.stage = match taken {
                    SectionState::Yes => DowntrackState::Ready(mid),
                    SectionState::NotNow | SectionState::Never => DowntrackState::Refused(mid),
                };
                if taken == SectionState::Never && !self.unfit.contains(&place.kind) {
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
    pub fn mappings(&self) -> Vec<protocol::TrackMapping> {
        let carried = |place: &Downtrack| {
            let track = place.carried()?;
            Some(protocol::TrackMapping {
                mid: place.mid()?.to_string().into(),
                participant: track.from,
                source: track.slot,
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
        let waits = |place: &&Downtrack| {
            matches!(place.stage, DowntrackState::Ready(_)) && place.stream.awaits_key_frame()
        };
        self.places
            .iter()
            .filter(waits)
            .filter_map(|place| place.track)
    }

    /// The name and the stream of a place, if the other side receives there.
    pub fn ready(&mut self, place: usize) -> Option<(Mid, &mut Rewriter)> {
        let place = self.places.get_mut(place)?;
        match place.stage {
            DowntrackState::Ready(mid) => Some((mid, &mut place.stream)),
            _ => None,
        }
    }

    fn is_forwarding(&self, track: &Track) -> bool {
        self.places
            .iter()
            .any(|place| place.track.as_ref() == Some(track))
    }

    fn free(&mut self, track: &Track) -> Option<&mut Downtrack> {
        let free = self.places.iter().enumerate().filter(|(_, place)| {
            let believed = place
                .pending_mapping
                .is_none_or(|pending_mapping| pending_mapping.who == track.from);
            believed && place.is_open(track)
        });
        // The one that can be used soonest, and of those one that nobody else could use.
        let best = free.min_by_key(|(_, place)| {
            let stage = match place.stage {
                DowntrackState::Ready(_) => 0,
                DowntrackState::Offered(_) => 1,
                DowntrackState::Wanted | DowntrackState::Refused(_) => 2,
            };
            (stage, place.pending_mapping.is_none())
        });
        if let Some((number, _)) = best {
            return self.places.get_mut(number);
        }
        if self.places.len() >= PLACES {
            return None;
        }
        let kind = track.slot.kind();
        self.places.push(Downtrack {
            kind,
            track: None,
            stage: DowntrackState::Wanted,
            stream: Rewriter::new(kind),
            pending_mapping: None,
        });
        self.places.last_mut()
    }
}

impl Downtrack {
    /// What the other side receives there.
    fn carried(&self) -> Option<Track> {
        self.track
            .filter(|_| matches!(self.stage, DowntrackState::Ready(_)))
    }

    /// Whether it carries nothing, and could carry this.
    fn is_open(&self, track: &Track) -> bool {
        self.kind == track.slot.kind()
            && self.track.is_none()
            && !matches!(self.stage, DowntrackState::Refused(_))
    }

    fn mid(&self) -> Option<Mid> {
        match self.stage {
            DowntrackState::Wanted => None,
            DowntrackState::Offered(mid)
            | DowntrackState::Ready(mid)
            | DowntrackState::Refused(mid) => Some(mid),
        }
    }
}

#[cfg(test)]
mod tests;
