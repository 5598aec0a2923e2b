//! What a session receives, and who gets it.

use std::time::Instant;

use str0m::{media::Mid, rtp::Ssrc};

use super::keyframes::KeyFrameRequests;
use crate::protocol::{ParticipantId, Slot};

/// The media sections that the unit receives in: one for every slot.
#[derive(Debug)]
pub(super) struct Sections([Section; Slot::ALL.len()]);

/// One of them.
#[derive(Debug)]
pub(super) struct Section {
    /// What it is for.
    pub slot: Slot,
    /// Its name, once it is offered.
    pub mid: Option<Mid>,
    /// Who gets what comes.
    pub subscribers: Vec<Subscriber>,
    /// What those want.
    pub requests: KeyFrameRequests,
    /// What the packets that come have in common, once they come.
    ssrc: Option<Ssrc>,
}

/// A place of another session that carries a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subscriber {
    /// Whose session.
    pub participant: ParticipantId,
    /// Which of its places.
    pub place: usize,
}

/// How a packet relates to those before it in its section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// It goes on.
    Nothing,
    /// It is the first one.
    Track,
    /// It is the first one of another stream.
    Stream,
}

impl Sections {
    pub fn new() -> Self {
        Self(Slot::ALL.map(|slot| Section {
            slot,
            mid: None,
            subscribers: Vec::new(),
            requests: KeyFrameRequests::default(),
            ssrc: None,
        }))
    }

    /// All, in the order of [`Slot::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = &Section> {
        self.0.iter()
    }

    /// All, in the order of [`Slot::ALL`].
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Section> {
        self.0.iter_mut()
    }

    /// The one for a slot.
    pub fn slot(&mut self, slot: Slot) -> Option<&mut Section> {
        self.0.iter_mut().find(|section| section.slot == slot)
    }

    /// The slots in which something has come.
    pub fn flowing(&self) -> impl Iterator<Item = Slot> {
        let flows = |section: &&Section| section.ssrc.is_some();
        self.0.iter().filter(flows).map(|section| section.slot)
    }

    /// A packet has come in the section of this name.
    pub fn handle_packet(&mut self, mid: Mid, ssrc: Ssrc) -> Option<(Slot, Begins)> {
        let mut sections = self.0.iter_mut();
        let section = sections.find(|section| section.mid == Some(mid))?;
        let begins = match section.ssrc.replace(ssrc) {
            Some(before) if before == ssrc => Begins::Nothing,
            Some(_) => Begins::Stream,
            None => Begins::Track,
        };
        Some((section.slot, begins))
    }

    /// Somebody gets nothing more.
    pub fn unsubscribe(&mut self, who: ParticipantId) {
        for section in &mut self.0 {
            section
                .subscribers
                .retain(|subscriber| subscriber.participant != who);
        }
    }

    /// When a source may be asked for a key frame.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let due = |section: &Section| section.requests.poll_timeout();
        self.0.iter().filter_map(due).min()
    }

    /// The names of the sections that a key frame is to be asked for in now.
    pub fn handle_timeout(&mut self, now: Instant) -> impl Iterator<Item = Mid> {
        self.0.iter_mut().filter_map(move |section| {
            let due = section.requests.handle_timeout(now);
            section.mid.filter(|_| due)
        })
    }
}
