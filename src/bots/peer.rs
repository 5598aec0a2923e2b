//! One WebRTC connection of a bot: does what the call says, as a browser's does, and reports.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m::{
    Candidate as IceCandidate, Event, IceConnectionState, Rtc, RtcConfig, RtcError,
    change::{SdpAnswer, SdpOffer, SdpPendingOffer},
    format::Codec,
    media::{self, Direction, KeyframeRequestKind, Mid, Rid},
    net::{Protocol, Receive, Transmit},
    rtp::{ExtensionValues, RtpPacket, RtpWrite},
};

use super::{
    media::{Sample, read_stamp, vp8},
    stream_check::{Arrived, Findings, StreamCheck},
};
use crate::{
    call::{ConnectionState, PeerAction, PeerEvent},
    protocol::{MediaKind, Sdp, TrackSource, TrackSources},
};

/// The layers of a camera in simulcast, the smallest first.
const LAYERS: [&str; 3] = ["q", "h", "f"];
/// How soon a key frame is asked for again that has not come.
const KEY_FRAME_PAUSE: Duration = Duration::from_millis(500);
/// Which layer is sent where only one is.
const ONLY: usize = 1;

/// What a peer brings.
pub(super) enum PeerReport {
    /// For the call.
    Event(PeerEvent),
    /// The other side needs a key frame of the camera.
    KeyFrameWanted,
    /// How long a packet was under way that ends with when it was sent, as all of a pattern do.
    Delay(MediaKind, Duration),
}

/// A connection.
pub(super) struct Peer {
    rtc: Rtc,
    pending: Option<SdpPendingOffer>,
    /// Sections that the next offer is to have.
    wanted: Vec<MediaKind>,
    sections: Vec<Section>,
    paused: TrackSources,
    timeout: Instant,
    epoch: Instant,
    is_over: bool,
    /// Whether packets end with when they were sent.
    is_stamped: bool,
    reports: VecDeque<PeerReport>,
}

/// A media section.
struct Section {
    mid: Mid,
    kind: MediaKind,
    /// What it is for, if for one of the sources.
    source: Option<TrackSource>,
    /// The layers that the other side takes; none where there is no simulcast.
    layers: Vec<Rid>,
    /// The next sequence number of each layer.
    next: [u64; LAYERS.len()],
    /// What has come.
    check: Option<StreamCheck>,
    /// When a key frame was asked for last.
    asked: Option<Duration>,
}

impl Peer {
    /// One that is reached at this address.
    pub fn new(epoch: Instant, address: SocketAddr, is_initiator: bool, is_stamped: bool) -> Self {
        let config = RtcConfig::new()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true);
        let wanted = match is_initiator {
            true => TrackSource::FIRST.map(TrackSource::kind).into(),
            false => Vec::new(),
        };
        let now = Instant::now();
        let mut rtc = config.build(now);
        if let Ok(candidate) = IceCandidate::host(address, "udp") {
            rtc.add_local_candidate(candidate);
        }
        Self {
            rtc,
            pending: None,
            wanted,
            sections: Vec::new(),
            paused: TrackSources::NONE,
            timeout: now,
            epoch,
            is_over: false,
            is_stamped,
            reports: VecDeque::new(),
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        (!self.is_over).then_some(self.timeout)
    }

    /// What there is to tell.
    pub fn poll_report(&mut self) -> Option<PeerReport> {
        self.reports.pop_front()
    }

    /// Sends nothing of these from now on.
    pub fn pause_sending(&mut self, sources: TrackSources) {
        self.paused = sources;
    }

    /// What was found so far in each section in which something has come.
    pub fn findings(&self) -> impl Iterator<Item = (Mid, MediaKind, Findings)> {
        self.sections.iter().filter_map(|section| {
            let check = section.check.as_ref()?;
            Some((section.mid, check.kind(), check.findings()))
        })
    }

    /// Something else comes in a section from now on.
    pub fn handle_switch(&mut self, mid: &str) {
        let mut sections = self.sections.iter_mut();
        let section = sections.find(|section| *section.mid == *mid);
        if let Some(check) = section.and_then(|section| section.check.as_mut()) {
            check.handle_switch();
        }
    }

    /// Ends it; what was found in each section in all.
    pub fn close(mut self, send: &mut impl FnMut(Transmit)) -> Vec<(Mid, MediaKind, Findings)> {
        // A connection that is over already needs no farewell.
        let _ = self.rtc.close();
        self.drain(send);
        let sections = std::mem::take(&mut self.sections).into_iter();
        let found = |section: Section| {
            let check = section.check?;
            Some((section.mid, check.kind(), check.close()))
        };
        sections.filter_map(found).collect()
    }

    /// Does something.
    pub fn act(&mut self, action: PeerAction, send: &mut impl FnMut(Transmit)) {
        let done = match action {
            PeerAction::Create { .. } | PeerAction::Close => Ok(()),
            PeerAction::Offer { restart_ice } => self.offer(restart_ice),
            PeerAction::Accept(sdp) => self.accept(&sdp),
            PeerAction::Answer(sdp) => self.answer(&sdp),
            PeerAction::AddCandidate(candidate) => {
                // One that cannot be read, as a name in place of an address, is no failure: there are others.
                if let Ok(candidate) = IceCandidate::from_sdp_string(&candidate.candidate) {
                    self.rtc.add_remote_candidate(candidate);
                }
                Ok(())
            }
            PeerAction::AddTransceiver(kind) => {
                self.wanted.push(kind);
                Ok(())
            }
        };
        if let Err(error) = done {
            self.report(PeerEvent::Failed(error.to_string()));
        }
        self.drain(send);
    }

    fn offer(&mut self, restart_ice: bool) -> Result<(), RtcError> {
        let is_first = self.sections.is_empty();
        let again: Vec<_> = self.sections.iter().map(|section| section.mid).collect();
        let mut changes = self.rtc.sdp_api();
        let mut added = Vec::new();
        for kind in std::mem::take(&mut self.wanted) {
            let media = match kind {
                MediaKind::Audio => media::MediaKind::Audio,
                MediaKind::Video => media::MediaKind::Video,
            };
            let mid = changes.add_media(media, Direction::SendRecv, None, None, None);
            added.push((mid, kind));
        }
        // An offer that changes nothing is one all the same.
        for mid in again {
            changes.set_direction(mid, Direction::SendRecv);
        }
        if is_first {
            changes.add_channel("roundtable".to_owned());
        }
        if restart_ice {
            changes.ice_restart(true);
        }
        if let Some((offer, pending)) = changes.apply() {
            self.pending = Some(pending);
            for (mid, kind) in added {
                self.add_section(mid, kind, Vec::new());
            }
            self.describe(offer.to_sdp_string(), PeerEvent::Offered);
        }
        Ok(())
    }

    fn accept(&mut self, sdp: &Sdp) -> Result<(), RtcError> {
        if let Some(pending) = self.pending.take() {
            let answer = SdpAnswer::from_sdp_string(sdp.as_str())?;
            self.rtc.sdp_api().accept_answer(pending, answer)?;
            self.report(PeerEvent::RemoteSet);
        }
        Ok(())
    }

    fn answer(&mut self, sdp: &Sdp) -> Result<(), RtcError> {
        let offer = SdpOffer::from_sdp_string(sdp.as_str())?;
        let answer = self.rtc.sdp_api().accept_offer(offer)?;
        self.report(PeerEvent::RemoteSet);
        self.describe(answer.to_sdp_string(), PeerEvent::Answered);
        Ok(())
    }

    fn describe(&mut self, sdp: String, event: fn(Sdp) -> PeerEvent) {
        match Sdp::parse(sdp) {
            Ok(sdp) => self.report(event(sdp)),
            Err(reason) => self.report(PeerEvent::Failed(reason.to_owned())),
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant, send: &mut impl FnMut(Transmit)) {
        let done = self.rtc.handle_input(str0m::Input::Timeout(now));
        self.check(done.err());
        self.drain(send);
    }

    /// Takes a datagram, if it is one of this connection.
    pub fn receive(
        &mut self,
        now: Instant,
        (source, destination): (SocketAddr, SocketAddr),
        bytes: &[u8],
        is_only: bool,
        send: &mut impl FnMut(Transmit),
    ) -> bool {
        let Ok(received) = Receive::new(Protocol::Udp, source, destination, bytes) else {
            return true;
        };
        let input = str0m::Input::Receive(now, received);
        if !is_only && !self.rtc.accepts(&input) {
            return false;
        }
        // One that is of no use, as something late after a change, is no end.
        let _ = self.rtc.handle_input(input);
        self.drain(send);
        true
    }

    /// Sends what a source has to send now.
    pub fn send(
        &mut self,
        now: Instant,
        source: TrackSource,
        samples: &[Sample],
        send: &mut impl FnMut(Transmit),
    ) {
        if self.is_over || self.paused.contain(source) || !self.rtc.is_connected() {
            return;
        }
        let mut sections = self.sections.iter_mut();
        let Some(section) = sections.find(|section| section.source == Some(source)) else {
            return;
        };
        let codec = match source.kind() {
            MediaKind::Audio => Codec::Opus,
            MediaKind::Video => Codec::Vp8,
        };
        let media = self.rtc.media(section.mid);
        if !media.is_some_and(|media| media.direction().is_sending()) {
            return;
        }
        let params = self
            .rtc
            .codec_config()
            .find(|params| params.spec().codec == codec);
        let Some(pt) = params.map(|params| params.pt()) else {
            return;
        };
        for sample in samples {
            let rid = match section.layers.as_slice() {
                [] if source.kind() == MediaKind::Video
                    && !section.is_only_layer(sample, samples) =>
                {
                    continue;
                }
                [] => None,
                layers => match LAYERS.get(sample.layer).map(|name| Rid::from(*name)) {
                    Some(rid) if layers.contains(&rid) => Some(rid),
                    _ => continue,
                },
            };
            let Some(next) = section.next.get_mut(sample.layer) else {
                continue;
            };
            let mut write = RtpWrite::new(
                pt,
                (*next).into(),
                sample.time,
                now,
                sample.payload.as_slice(),
            )
            .marker(sample.marker)
            .nackable(codec == Codec::Vp8);
            if let Some((level, is_speech)) = sample.level {
                write = write.ext_vals(ExtensionValues {
                    audio_level: i8::try_from(level).ok().map(|level| -level),
                    voice_activity: Some(is_speech),
                    ..ExtensionValues::default()
                });
            }
            *next += 1;
            let mut direct = self.rtc.direct_api();
            if let Some(stream) = direct.stream_tx_by_mid(section.mid, rid) {
                stream.write_rtp(write);
            }
        }
        self.handle_timeout(now, send);
    }

    fn drain(&mut self, send: &mut impl FnMut(Transmit)) {
        while !self.is_over {
            match self.rtc.poll_output() {
                Ok(str0m::Output::Timeout(at)) => {
                    self.timeout = at;
                    break;
                }
                Ok(str0m::Output::Transmit(transmit)) => send(transmit),
                Ok(str0m::Output::Event(event)) => self.handle_event(event),
                Err(error) => self.check(Some(error)),
            }
        }
        if !self.is_over && !self.rtc.is_alive() {
            self.is_over = true;
            self.report(PeerEvent::Connection(ConnectionState::Closed));
        }
    }

    /// What is broken stays so: the call makes another one.
    fn check(&mut self, error: Option<RtcError>) {
        if let Some(error) = error.filter(|_| !self.is_over) {
            tracing::debug!(%error, "a connection broke");
            self.is_over = true;
            self.report(PeerEvent::Connection(ConnectionState::Failed));
        }
    }

    fn handle_event(&mut self, event: Event) {
        match event {
            Event::Connected => self.report(PeerEvent::Connection(ConnectionState::Connected)),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                self.report(PeerEvent::Connection(ConnectionState::Disconnected));
            }
            Event::IceConnectionStateChange(
                IceConnectionState::Connected | IceConnectionState::Completed,
            ) if self.rtc.is_connected() => {
                self.report(PeerEvent::Connection(ConnectionState::Connected));
            }
            Event::MediaAdded(added) => self.handle_section(added),
            Event::KeyframeRequest(_) => self.reports.push_back(PeerReport::KeyFrameWanted),
            Event::RtpPacket(packet) => self.handle_packet(packet),
            _ => {}
        }
    }

    /// The other side has offered a section.
    fn handle_section(&mut self, added: media::MediaAdded) {
        let kind = match added.kind {
            media::MediaKind::Audio => MediaKind::Audio,
            _ => MediaKind::Video,
        };
        let layers = added.simulcast.into_iter();
        let layers = layers.flat_map(|simulcast| simulcast.send);
        self.add_section(added.mid, kind, layers.map(|layer| layer.rid).collect());
    }

    fn add_section(&mut self, mid: Mid, kind: MediaKind, layers: Vec<Rid>) {
        let taken = |source| {
            let mut sections = self.sections.iter();
            sections.any(|section| section.source == Some(source))
        };
        let source = TrackSource::next(kind, taken);
        self.sections.push(Section {
            mid,
            kind,
            source,
            layers,
            next: [1; LAYERS.len()],
            check: None,
            asked: None,
        });
    }

    fn handle_packet(&mut self, packet: RtpPacket) {
        let mut direct = self.rtc.direct_api();
        let Some(mid) = direct
            .stream_rx(&packet.header.ssrc)
            .map(|stream| stream.mid())
        else {
            return;
        };
        let mut sections = self.sections.iter_mut();
        let Some(section) = sections.find(|section| section.mid == mid) else {
            return;
        };
        if section.check.is_none() {
            section.check = Some(StreamCheck::new(section.kind));
            let event = match section.source {
                Some(source) => PeerEvent::Arrives(source),
                None => PeerEvent::Flows(section.mid.to_string().into()),
            };
            self.reports.push_back(PeerReport::Event(event));
        }
        let arrived = Arrived {
            seq: *packet.seq_no,
            time: packet.header.timestamp,
            marker: packet.header.marker,
            bytes: packet.payload.len(),
            picture: match section.kind {
                MediaKind::Audio => None,
                MediaKind::Video => vp8::read(&packet.payload),
            },
        };
        let now = packet.timestamp.saturating_duration_since(self.epoch);
        if let Some(check) = &mut section.check {
            check.handle_packet(now, &arrived);
            let is_time = section
                .asked
                .is_none_or(|asked| now >= asked + KEY_FRAME_PAUSE);
            if check.awaits_key_frame() && is_time {
                section.asked = Some(now);
                let mut direct = self.rtc.direct_api();
                if let Some(stream) = direct.stream_rx(&packet.header.ssrc) {
                    stream.request_keyframe(KeyframeRequestKind::Pli);
                }
            }
        }
        if self.is_stamped
            && let Some(sent) = read_stamp(&packet.payload)
        {
            let delay = now.saturating_sub(sent);
            self.reports
                .push_back(PeerReport::Delay(section.kind, delay));
        }
    }

    fn report(&mut self, event: PeerEvent) {
        self.reports.push_back(PeerReport::Event(event));
    }
}

impl Section {
    /// Whether a sample is of the layer that is sent where only one is.
    fn is_only_layer(&self, sample: &Sample, all: &[Sample]) -> bool {
        let highest = all
            .iter()
            .map(|sample| sample.layer)
            .max()
            .unwrap_or_default();
        sample.layer == ONLY.min(highest)
    }
}
