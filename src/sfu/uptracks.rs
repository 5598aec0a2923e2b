//! What a session receives, and who gets it.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use str0m::{media::Mid, rtp::Ssrc};

use super::{
    budget::{Budget, Traffic},
    keyframes::KeyFrameRequests,
    media_packet::MediaPacket,
};
use crate::protocol::{MediaKind, ParticipantId, Rate, TrackSource};

/// Most streams of before that a section remembers.
const PAST: usize = 8;
/// How long a stream is silent before one of the past may follow it: packets overtake each other by less.
const SILENCE: Duration = Duration::from_secs(1);

/// Most packets of a sound that are held back while it is not heard: what was said in the last 100 ms, with which the word begins
/// that has it heard.
const HELD_BACK: usize = 5;
/// How long they are worth something.
const FRESH: Duration = Duration::from_millis(200);
/// How many packets of a sound that is not heard a subscriber gets at first: they show that the way is there.
const FIRST: u8 = 3;

/// How often a source that sends more than may come is asked for a key frame to go on with: every other second.
const MENDING: Rate = Rate {
    each: Duration::from_secs(2),
    burst: 1,
};

/// The media sections that the SFU receives in: one for every source.
#[derive(Debug)]
pub(super) struct Uptracks([Uptrack; TrackSource::ALL.len()]);

/// One of them.
#[derive(Debug)]
pub(super) struct Uptrack {
    /// What it is for.
    pub source: TrackSource,
    /// Its name, once it is offered.
    pub mid: Option<Mid>,
    /// Who gets what comes.
    pub subscribers: Vec<Subscriber>,
    /// What those want.
    pub requests: KeyFrameRequests,
    /// Whether the other side has no format for it that the SFU passes on.
    pub unfit: bool,
    /// How much may come.
    traffic: Traffic,
    /// Whether a packet of it was dropped, so that nothing can be shown before a key frame.
    cut: bool,
    /// How often one is asked for then.
    mending: Budget,
    /// What the packets that come have in common, once they come, and when the last one came.
    current: Option<(Ssrc, Instant)>,
    /// The same of streams that have ended.
    past: VecDeque<Ssrc>,
    /// The last packets that were not passed on, since it is not heard.
    held_back: VecDeque<MediaPacket>,
}

/// A downtrack of another session that carries a track.
#[derive(Debug)]
pub(super) struct Subscriber {
    /// Whose session.
    pub participant: ParticipantId,
    /// Which of its downtracks.
    pub downtrack: usize,
    /// How many packets it has got of one who is not heard, up to [`FIRST`].
    first: u8,
}

/// Whether a source goes on of which packets were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continuity {
    Yes,
    /// Not yet: nothing can be shown with this, or there would not be enough for a picture.
    No,
    /// Not yet, and it is to be asked for a key frame.
    AfterKeyFrame,
}

/// How a packet relates to those before it in its section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SourceChange {
    /// It goes on.
    Nothing,
    /// It is the first one.
    Track,
    /// It is the first one of another stream.
    Stream,
}

impl Uptracks {
    pub fn new() -> Self {
        Self(TrackSource::ALL.map(|source| Uptrack {
            source,
            mid: None,
            subscribers: Vec::new(),
            requests: KeyFrameRequests::default(),
            unfit: false,
            traffic: Traffic::of_source(source),
            cut: false,
            mending: Budget::new(MENDING),
            current: None,
            past: VecDeque::new(),
            held_back: VecDeque::new(),
        }))
    }

    /// All, in the order of [`TrackSource::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = &Uptrack> {
        self.0.iter()
    }

    /// All, in the order of [`TrackSource::ALL`].
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Uptrack> {
        self.0.iter_mut()
    }

    /// The one for a source.
    pub fn of(&mut self, source: TrackSource) -> Option<&mut Uptrack> {
        self.0.iter_mut().find(|uptrack| uptrack.source == source)
    }

    /// The sources in which something has come.
    pub fn active_sources(&self) -> impl Iterator<Item = TrackSource> {
        let flows = |uptrack: &&Uptrack| uptrack.current.is_some();
        self.0.iter().filter(flows).map(|uptrack| uptrack.source)
    }

    /// A packet has come in the section of this name. None when it is of no use.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        mid: Mid,
        ssrc: Ssrc,
    ) -> Option<(TrackSource, SourceChange)> {
        let mut uptracks = self.0.iter_mut();
        let uptrack = uptracks.find(|uptrack| uptrack.mid == Some(mid))?;
        let begins = uptrack.begins(now, ssrc)?;
        uptrack.current = Some((ssrc, now));
        Some((uptrack.source, begins))
    }

    /// Those in which the other side has no format to send.
    pub fn unsupported_sources(&self) -> impl Iterator<Item = TrackSource> {
        let unfit = self.0.iter().filter(|uptrack| uptrack.unfit);
        unfit.map(|uptrack| uptrack.source)
    }

    /// Somebody gets nothing more.
    pub fn unsubscribe(&mut self, who: ParticipantId) {
        for uptrack in &mut self.0 {
            uptrack
                .subscribers
                .retain(|subscriber| subscriber.participant != who);
        }
    }

    /// When a source may be asked for a key frame.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let due = |uptrack: &Uptrack| uptrack.requests.poll_timeout();
        self.0.iter().filter_map(due).min()
    }

    /// The names of the sections that a key frame is to be asked for in now.
    pub fn handle_timeout(&mut self, now: Instant) -> impl Iterator<Item = Mid> {
        self.0.iter_mut().filter_map(move |uptrack| {
            let due = uptrack.requests.handle_timeout(now);
            uptrack.mid.filter(|_| due)
        })
    }
}

impl Subscriber {
    /// This downtrack of a session.
    pub fn new(participant: ParticipantId, downtrack: usize) -> Self {
        Self {
            participant,
            downtrack,
            first: 0,
        }
    }

    /// Whether it is this one.
    pub fn is(&self, participant: ParticipantId, downtrack: usize) -> bool {
        self.participant == participant && self.downtrack == downtrack
    }

    /// Whether it gets packets though they are not heard.
    pub fn is_new(&self) -> bool {
        self.first < FIRST
    }

    /// It has got one.
    pub fn count(&mut self) {
        self.first = self.first.saturating_add(1);
    }
}

impl Uptrack {
    /// A packet is not passed on, as long as it is not heard.
    pub fn hold_back(&mut self, packet: MediaPacket) {
        if self.held_back.len() >= HELD_BACK {
            self.held_back.pop_front();
        }
        self.held_back.push_back(packet);
    }

    /// How many packets are held back.
    pub fn count_held_back(&self) -> usize {
        self.held_back.len()
    }

    /// What was held back, in order: it is heard now.
    pub fn take_held_back(&mut self, now: Instant) -> VecDeque<MediaPacket> {
        let mut packets = std::mem::take(&mut self.held_back);
        packets.retain(|packet| now < packet.at + FRESH);
        packets
            .make_contiguous()
            .sort_by_key(|packet| packet.about.seq);
        packets
    }

    /// A packet is dropped, and with it what cannot be shown without it.
    pub fn cut(&mut self) {
        self.cut = self.source.kind() == MediaKind::Video;
    }

    /// Whether a packet of so many bytes is no more than what may come.
    pub fn take(&mut self, now: Instant, bytes: usize) -> bool {
        self.traffic.take(now, bytes)
    }

    /// What becomes of a packet, since others were dropped.
    pub fn continuity(&mut self, now: Instant, key_frame: bool) -> Continuity {
        if !self.cut {
            Continuity::Yes
        } else if !self.traffic.is_half_full(now) {
            // A key frame is the largest of all: with less left, it would be cut in the middle, and so on for ever.
            Continuity::No
        } else if key_frame {
            Continuity::Yes
        } else if self.mending.take(now, 1) {
            Continuity::AfterKeyFrame
        } else {
            Continuity::No
        }
    }

    /// A packet is passed on, with which something can be shown again; whether it could not before.
    pub fn mark_decodable(&mut self) -> bool {
        std::mem::take(&mut self.cut)
    }

    /// What begins with a packet of this stream. A packet of a stream that has been followed by another one is late, and
    /// does not bring it back.
    fn begins(&mut self, now: Instant, ssrc: Ssrc) -> Option<SourceChange> {
        let Some((current, last)) = self.current else {
            return Some(SourceChange::Track);
        };
        if current == ssrc {
            return Some(SourceChange::Nothing);
        }
        let is_late = self.past.contains(&ssrc) && now < last + SILENCE;
        if is_late {
            return None;
        }
        self.past.retain(|past| *past != ssrc);
        if self.past.len() >= PAST {
            self.past.pop_front();
        }
        self.past.push_back(current);
        Some(SourceChange::Stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_packet_does_not_bring_back_a_stream() {
        let start = Instant::now();
        let mid = Mid::from("0");
        let mut uptracks = Uptracks::new();
        uptracks.iter_mut().next().unwrap().mid = Some(mid);
        let mut packet = |milliseconds, ssrc: u32| {
            let now = start + Duration::from_millis(milliseconds);
            let packet = uptracks.handle_packet(now, mid, ssrc.into());
            packet.map(|(_, begins)| begins)
        };
        assert_eq!(packet(0, 1), Some(SourceChange::Track));
        assert_eq!(packet(20, 2), Some(SourceChange::Stream));
        assert_eq!(packet(30, 1), None);
        assert_eq!(packet(40, 2), Some(SourceChange::Nothing));
        // Who goes back to an earlier one is followed.
        assert_eq!(packet(1_040, 1), Some(SourceChange::Stream));
        assert_eq!(packet(1_050, 2), None);
        for ssrc in 3..100 {
            assert_eq!(packet(1_060, ssrc), Some(SourceChange::Stream));
        }
        assert_eq!(uptracks.iter().next().unwrap().past.len(), PAST);
    }
}
