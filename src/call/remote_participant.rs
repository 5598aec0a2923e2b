//! Another one in the room: what it shows, what of it takes which way, and the peer with it.

use std::time::Duration;

use super::{
    chat::say,
    inbound_limits::{InboundLimits, Throttled},
    io::{Notice, Outputs, PeerLink},
    peer::Peer,
};
use crate::protocol::{Member, MessageBody, RESUME_GRACE, Side, TrackSources};

/// Another one in the room.
#[derive(Debug)]
pub(super) struct RemoteParticipant {
    /// What it shows.
    pub member: Member,
    /// What of it is shown as it arrives by the SFU.
    pub via_sfu: TrackSources,
    /// What of that it was told, once it was told something.
    pub told_via_sfu: Option<TrackSources>,
    /// What it gets by the SFU of what is sent from here, as it says.
    pub gets_via_sfu: TrackSources,
    /// The same, as it was said last.
    pub direct_pause: Throttled<TrackSources>,
    /// What does not go straight to it.
    pub paused: TrackSources,
    /// What was told of the connection last.
    told: Option<PeerLink>,
    /// What was told last of why its pictures cannot come by the SFU.
    told_unfit: Option<Side>,
    /// When it has come; `None` who was here before.
    pub came: Option<Duration>,
    /// Since when it is not among those whom a restarted server knows.
    pub missing: Option<Duration>,
    /// The one that was made for the newest introduction.
    pub peer: Option<Peer>,
    /// What it has had this side do.
    pub inbound: InboundLimits,
}

impl RemoteParticipant {
    /// Someone who has just come, or `None` who was here before.
    pub fn new(member: Member, came: Option<Duration>) -> Self {
        Self {
            member,
            via_sfu: TrackSources::NONE,
            told_via_sfu: None,
            gets_via_sfu: TrackSources::NONE,
            direct_pause: Throttled::default(),
            paused: TrackSources::NONE,
            told: None,
            told_unfit: None,
            came,
            missing: None,
            peer: None,
            inbound: InboundLimits::default(),
        }
    }

    /// Whether its socket is there to be told something.
    pub fn is_here(&self) -> bool {
        self.missing.is_none() && !self.member.away
    }

    /// When a missing one is given up: its peer outlives that time while it is connected.
    pub fn lost_at(&self) -> Option<Duration> {
        let connected = self.peer.as_ref().is_some_and(Peer::is_connected);
        self.missing
            .filter(|_| !connected)
            .map(|since| since + RESUME_GRACE)
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let peer = self
            .peer
            .as_ref()
            .filter(|_| self.is_here())
            .and_then(Peer::poll_timeout);
        [peer, self.lost_at(), self.direct_pause.poll_timeout()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Acts upon what it has said of what it gets by the SFU, if it is time.
    pub fn apply_direct_pause(&mut self, now: Duration) {
        if let Some(sources) = self.direct_pause.poll(now) {
            self.gets_via_sfu = sources;
        }
    }

    /// Tells it, perhaps again, what of it arrives by the SFU.
    pub fn send_direct_pause(&self, out: &mut Outputs) {
        if let Some(sources) = self.told_via_sfu {
            let body = MessageBody::DirectPause { sources };
            say(Some(self.member.id), body, out);
        }
    }

    /// Tells whose browser is the reason why its pictures cannot come by the SFU, if that has changed.
    pub fn report_unfit(&mut self, unfit: Option<Side>, out: &mut Outputs) {
        if std::mem::replace(&mut self.told_unfit, unfit) != unfit {
            out.notice(Notice::Unfit(self.member.id, unfit));
        }
    }

    /// Tells how the connection is, if that has changed: the way by the SFU is as good as any.
    pub fn tell_link(&mut self, out: &mut Outputs) {
        let Some(peer) = &self.peer else { return };
        let link = match self.via_sfu {
            TrackSources::NONE => peer.link(),
            _ => PeerLink::Connected,
        };
        if self.told.replace(link) != Some(link) {
            out.notice(Notice::Link(self.member.id, link));
        }
    }
}
