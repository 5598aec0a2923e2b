//! Another one in the room: what it shows, what of it takes which way, and the peer with it.

use std::time::Duration;

use super::{
    chat::say,
    direct_need::DirectNeed,
    inbound_limits::{InboundLimits, Throttled},
    io::{Notice, Outputs, PeerLink},
    peer::Peer,
};
use crate::protocol::{
    FileStep, Member, MessageBody, ParticipantId, RESUME_GRACE, Side, TrackSource, TrackSources,
};

/// Most files that wait to be asked for; one beyond them is asked for again by itself.
const MOST_ASKS: usize = 16;

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
    /// What of it has arrived straight, by the peer of this serial.
    arrived: (u32, TrackSources),
    /// Whether a connection of our own is needed.
    pub direct_need: DirectNeed,
    /// Files of it that are asked for once there is a connection of our own.
    asks: Vec<(ParticipantId, u32)>,
    /// How the connection with the SFU is, where that stands for one of our own.
    pub sfu_link: Option<PeerLink>,
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
            arrived: (0, TrackSources::NONE),
            direct_need: DirectNeed::default(),
            asks: Vec::new(),
            sfu_link: None,
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
        self.missing
            .filter(|_| !self.is_connected_straight())
            .map(|since| since + RESUME_GRACE)
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let peer = self
            .peer
            .as_ref()
            .filter(|_| self.is_here())
            .and_then(Peer::poll_timeout);
        let direct_need = self.direct_need.poll_timeout();
        let pause = self.direct_pause.poll_timeout();
        [peer, self.lost_at(), pause, direct_need]
            .into_iter()
            .flatten()
            .min()
    }

    /// Media of a source has arrived straight, by the peer of this serial.
    pub fn handle_arrival(&mut self, serial: u32, source: TrackSource) {
        let sources = match self.arrived.0 == serial {
            true => self.arrived.1,
            false => TrackSources::NONE,
        };
        self.arrived = (serial, sources.with(source));
    }

    /// Whether a source arrives straight.
    pub fn arrives_straight(&self, source: TrackSource) -> bool {
        let peer = self.peer.as_ref().filter(|peer| peer.is_connected());
        peer.is_some_and(|peer| peer.serial == self.arrived.0 && self.arrived.1.contain(source))
    }

    /// Whether there is a connection of our own.
    pub fn is_connected_straight(&self) -> bool {
        self.peer.as_ref().is_some_and(Peer::is_connected)
    }

    /// Asks for a file once there is a connection of our own, over which it comes.
    pub fn ask_later(&mut self, author: ParticipantId, n: u32) {
        if !self.asks.contains(&(author, n)) && self.asks.len() < MOST_ASKS {
            self.asks.push((author, n));
        }
    }

    /// Puts the questions that have waited for it.
    pub fn send_deferred_asks(&mut self, out: &mut Outputs) {
        if !self.asks.is_empty() && self.is_connected_straight() {
            for (author, n) in std::mem::take(&mut self.asks) {
                let step = FileStep::Ask;
                say(
                    Some(self.member.id),
                    MessageBody::File { author, n, step },
                    out,
                );
            }
        }
    }

    /// Whether it sends something now that is not among these, so far as it is wanted.
    pub fn misses(&self, arriving: impl Fn(TrackSource) -> bool, wants_camera: bool) -> bool {
        let presence = &self.member.presence;
        let sent = [
            (TrackSource::Microphone, presence.microphone),
            (TrackSource::Camera, presence.camera && wants_camera),
            (TrackSource::Screen, presence.screen),
        ];
        let mut sent = sent.into_iter();
        sent.any(|(source, is_sent)| is_sent && !arriving(source))
    }

    /// Acts upon what it has said of what it gets by the SFU, if it is time.
    pub fn apply_direct_pause(&mut self, now: Duration) {
        if let Some(sources) = self.direct_pause.poll(now) {
            self.gets_via_sfu = sources;
        }
    }

    /// Tells it, if that is news, what it is not to send straight: it arrives by the SFU.
    pub fn tell_direct_pause(&mut self, pause: TrackSources, out: &mut Outputs) {
        let told = self.told_via_sfu.unwrap_or_default();
        if self.is_here() && self.peer.is_some() && told != pause {
            self.told_via_sfu = Some(pause);
            self.send_direct_pause(out);
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
        let own = self.peer.as_ref().map(Peer::link);
        let link = match self.via_sfu {
            TrackSources::NONE => own.or(self.sfu_link),
            _ => Some(PeerLink::Connected),
        };
        let Some(link) = link else { return };
        if self.told.replace(link) != Some(link) {
            out.notice(Notice::Link(self.member.id, link));
        }
    }
}
