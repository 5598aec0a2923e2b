//! Which downtrack of a session carries which track.
//!
//! A downtrack is a media section that the SFU sends in. It stays with the session: when its track has ended it is free, and
//! carries the next one of its kind without another negotiation. Only when none is free, one more is to be offered.
//!
//! The other side hears by the signaling whose track a downtrack carries, and media may be faster than that, or arrive while
//! the socket is away. So a downtrack is given to another participant only when the other side is known to believe nothing of
//! it any more: when it has answered an offer that was made after it was told that the downtrack is free. Messages come in
//! order, so it had heard the one before it answered the other.

use str0m::media::Mid;

use super::rtp_rewriter::Rewriter;
use crate::protocol::{self, MediaKind, ParticipantId, SDP_SECTIONS, TrackSource};

/// Most downtracks of a session: its description also has a section for each source.
const PLACES: usize = SDP_SECTIONS - TrackSource::ALL.len();

/// Something that a participant sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Track {
    /// What it is for. First, so that when not all can be carried, sounds come before pictures.
    pub source: TrackSource,
    /// Whose it is.
    pub from: ParticipantId,
}

/// All downtracks of a session. One is known by its number, which it keeps.
#[derive(Debug, Default)]
pub(super) struct Downtracks {
    downtracks: Vec<Downtrack>,
    /// The kinds that the other side can receive in no format that the SFU passes on.
    unfit: Vec<MediaKind>,
    /// Whether something is not carried that would be, if the other side were known to believe nothing of a downtrack.
    short: bool,
}

/// One of them.
#[derive(Debug)]
struct Downtrack {
    kind: MediaKind,
    track: Option<Track>,
    stage: DowntrackState,
    stream: Rewriter,
    pending_mapping: Option<PendingMapping>,
}

/// Whose track the other side may believe to be in a downtrack.
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

/// What the other side does with a downtrack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SectionState {
    /// It receives there.
    Yes,
    /// It does not want to.
    NotNow,
    /// It cannot: it has rejected the section.
    Never,
}

/// A downtrack now carries something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    /// Its number.
    pub downtrack: usize,
    /// What it carried.
    pub was: Option<Track>,
    /// What it carries.
    pub is: Option<Track>,
}

impl Downtracks {
    /// Has these tracks carried, as far as there is room, and no others.
    pub fn allocate(&mut self, wanted: &[Track]) -> Vec<Change> {
        let before: Vec<_> = self
            .downtracks
            .iter()
            .map(|downtrack| downtrack.track)
            .collect();
        for downtrack in &mut self.downtracks {
            let is_unfit = self.unfit.contains(&downtrack.kind);
            downtrack
                .track
                .take_if(|track| is_unfit || !wanted.contains(track));
        }
        self.short = false;
        for track in wanted {
            if !self.fits(*track) || self.is_forwarding(track) {
                continue;
            }
            match self.free(track) {
                Some(downtrack) => {
                    downtrack.track = Some(*track);
                    downtrack.stream.switch();
                }
                None => {
                    self.short |= self
                        .downtracks
                        .iter()
                        .any(|downtrack| downtrack.is_open(track))
                }
            }
        }
        let before = before.into_iter().chain(std::iter::repeat(None));
        let now = self.downtracks.iter().map(|downtrack| downtrack.track);
        before
            .zip(now)
            .enumerate()
            .filter(|(_, (was, is))| was != is)
            .map(|(downtrack, (was, is))| Change { downtrack, was, is })
            .collect()
    }

    /// The downtracks that are to be offered, with their numbers.
    pub fn to_offer(&self) -> Vec<(usize, MediaKind)> {
        let wanted = |downtrack: &Downtrack| {
            downtrack.stage == DowntrackState::Wanted && downtrack.track.is_some()
        };
        let downtracks = self.downtracks.iter().enumerate();
        let wanted = downtracks.filter(|(_, downtrack)| wanted(downtrack));
        wanted
            .map(|(number, downtrack)| (number, downtrack.kind))
            .collect()
    }

    /// Whether an offer would help though there is nothing to add.
    pub fn is_short(&self) -> bool {
        self.short
    }

    /// What is carried was told, perhaps because an earlier message may be lost.
    pub fn handle_mapping_sent(&mut self) {
        for downtrack in &mut self.downtracks {
            let carried = downtrack.carried().map(|track| PendingMapping {
                who: track.from,
                mapping_state: MappingState::None,
            });
            let dropped = downtrack
                .pending_mapping
                .map(|pending_mapping| PendingMapping {
                    mapping_state: MappingState::Told,
                    ..pending_mapping
                });
            downtrack.pending_mapping = carried.or(dropped);
        }
    }

    /// An offer was made, with new downtracks or without.
    pub fn handle_offer_sent(&mut self) {
        let beliefs = self
            .downtracks
            .iter_mut()
            .filter_map(|p| p.pending_mapping.as_mut());
        for pending_mapping in
            beliefs.filter(|pending_mapping| pending_mapping.mapping_state == MappingState::Told)
        {
            pending_mapping.mapping_state = MappingState::Asked;
        }
    }

    /// A downtrack is offered under this name.
    pub fn handle_offered(&mut self, downtrack: usize, mid: Mid) {
        if let Some(downtrack) = self.downtracks.get_mut(downtrack) {
            downtrack.stage = DowntrackState::Offered(mid);
        }
    }

    /// What was offered is answered; the names of those that the other side receives in from now on.
    pub fn handle_answered(&mut self, taken: impl Fn(Mid) -> SectionState) -> Vec<Mid> {
        let mut begun = Vec::new();
        for downtrack in &mut self.downtracks {
            downtrack
                .pending_mapping
                .take_if(|pending_mapping| pending_mapping.mapping_state == MappingState::Asked);
            if let Some(mid) = downtrack.mid() {
                let taken = taken(mid);
                let was_ready = matches!(downtrack.stage, DowntrackState::Ready(_));
                begun.extend((taken == SectionState::Yes && !was_ready).then_some(mid));
                downtrack.stage = match taken {
                    SectionState::Yes => DowntrackState::Ready(mid),
                    SectionState::NotNow | SectionState::Never => DowntrackState::Refused(mid),
                };
                if taken == SectionState::Never && !self.unfit.contains(&downtrack.kind) {
                    self.unfit.push(downtrack.kind);
                }
            }
        }
        begun
    }

    /// Whether the other side can receive this, as far as is known.
    pub fn fits(&self, track: Track) -> bool {
        !self.unfit.contains(&track.source.kind())
    }

    /// What is carried, for the other side.
    pub fn mappings(&self) -> Vec<protocol::TrackMapping> {
        let carried = |downtrack: &Downtrack| {
            let track = downtrack.carried()?;
            Some(protocol::TrackMapping {
                mid: downtrack.mid()?.to_string().into(),
                participant: track.from,
                source: track.source,
            })
        };
        self.downtracks.iter().filter_map(carried).collect()
    }

    /// What the downtrack in this section carries.
    pub fn track(&self, mid: Mid) -> Option<Track> {
        let downtrack = self
            .downtracks
            .iter()
            .find(|downtrack| downtrack.mid() == Some(mid));
        downtrack.and_then(|downtrack| downtrack.track)
    }

    /// The tracks that wait for a key frame.
    pub fn awaiting_key_frames(&self) -> impl Iterator<Item = Track> {
        let waits = |downtrack: &&Downtrack| {
            matches!(downtrack.stage, DowntrackState::Ready(_))
                && downtrack.stream.awaits_key_frame()
        };
        self.downtracks
            .iter()
            .filter(waits)
            .filter_map(|downtrack| downtrack.track)
    }

    /// The name and the stream of a downtrack, if the other side receives there.
    pub fn ready(&mut self, downtrack: usize) -> Option<(Mid, &mut Rewriter)> {
        let downtrack = self.downtracks.get_mut(downtrack)?;
        match downtrack.stage {
            DowntrackState::Ready(mid) => Some((mid, &mut downtrack.stream)),
            _ => None,
        }
    }

    fn is_forwarding(&self, track: &Track) -> bool {
        self.downtracks
            .iter()
            .any(|downtrack| downtrack.track.as_ref() == Some(track))
    }

    fn free(&mut self, track: &Track) -> Option<&mut Downtrack> {
        let free = self.downtracks.iter().enumerate().filter(|(_, downtrack)| {
            let believed = downtrack
                .pending_mapping
                .is_none_or(|pending_mapping| pending_mapping.who == track.from);
            believed && downtrack.is_open(track)
        });
        // The one that can be used soonest, and of those one that nobody else could use.
        let best = free.min_by_key(|(_, downtrack)| {
            let stage = match downtrack.stage {
                DowntrackState::Ready(_) => 0,
                DowntrackState::Offered(_) => 1,
                DowntrackState::Wanted | DowntrackState::Refused(_) => 2,
            };
            (stage, downtrack.pending_mapping.is_none())
        });
        if let Some((number, _)) = best {
            return self.downtracks.get_mut(number);
        }
        if self.downtracks.len() >= PLACES {
            return None;
        }
        let kind = track.source.kind();
        self.downtracks.push(Downtrack {
            kind,
            track: None,
            stage: DowntrackState::Wanted,
            stream: Rewriter::new(kind),
            pending_mapping: None,
        });
        self.downtracks.last_mut()
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
        self.kind == track.source.kind()
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
