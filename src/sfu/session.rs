//! One participant's connection with the unit: what goes in and out.
//!
//! **Whatever changes the connection is followed by [`Session::poll`] until there is nothing more.**

use std::{
    collections::HashMap,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use str0m::{
    Candidate, Event, IceCreds, Rtc, RtcConfig, RtcError,
    format::Codec,
    media::{KeyframeRequestKind, Mid},
    net::{Protocol, Receive, Transmit},
    rtp::{ExtensionValues, RtpPacket, RtpWrite},
};

use super::{
    budget::{Budget, Traffic},
    candidates::Candidates,
    challenge::Transaction,
    negotiation::{Answered, Negotiation, Offer, Wanted},
    places::{Places, Taken, Track},
    sections::{Begins, Sections},
    stream::{Packet, Passed},
    stun::is_stun,
};
use crate::protocol::{Carried, Kind, Missing, Rate, RoomName, Sdp, Slot};

/// How long a connection may take to come to be.
const BEGINNING: Duration = Duration::from_secs(60);
/// How long the consent to be sent to lasts that every authenticated message gives (RFC 7675 section 5.1). Browsers send
/// a check every few seconds.
const CONSENT: Duration = Duration::from_secs(30);
/// How long a handshake may take after something of it was wrong: whoever sends nonsense in the name of another one must not
/// end what succeeds.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long an answer may take. Who does not answer would not hear of any change.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often somebody may ask for a key frame in one place: each is a burden for all others in the room, too. What the unit
/// asks for itself is not counted.
const REQUESTS: Rate = Rate {
    each: Duration::from_secs(5),
    burst: 5,
};
/// Most of this machine's addresses that a session is reached at. ICE makes a pair of each with each of the other side's.
const LOCAL_ADDRESSES: usize = 16;

/// A connection with a participant.
pub(super) struct Session {
    rtc: Rtc,
    /// Where it is.
    pub room: RoomName,
    /// Which introduction of the two it is for.
    pub introduction: u32,
    /// Whether an answer of it was taken.
    pub has_answered: bool,
    /// What is received.
    pub sections: Sections,
    /// What is sent.
    pub places: Places,
    /// When the unit is to call it.
    pub deadline: Option<Instant>,
    negotiation: Negotiation,
    /// At which of this machine's addresses something has come.
    local: Vec<SocketAddr>,
    link: Link,
    greeted: Greeted,
    /// How often key frames may be asked for in each place.
    requests: HashMap<Mid, Budget>,
    /// How much may come.
    traffic: Traffic,
    /// How many datagrams were more than that.
    excess: u64,
    /// When the connection wants to hear of the time.
    timeout: Option<Instant>,
    /// What the participant was told that is carried.
    told: Carried,
    /// When its handshake has gone wrong first.
    mishap: Option<Instant>,
    /// Why nothing will come of it.
    hopeless: Option<&'static str>,
    broken: bool,
}

/// How well the other side is reached.
#[derive(Debug, Clone, Copy)]
enum Link {
    /// Never yet.
    New { since: Instant },
    /// Media can be sent, since something authenticated has come.
    Connected { heard: Instant },
}

/// Where the handshake was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Greeted {
    Nobody,
    One(SocketAddr),
    Several,
}

/// What comes out of a session.
#[expect(
    clippy::large_enum_variant,
    reason = "it is handled at once, and a box would be made for every packet"
)]
pub(super) enum Polled {
    /// Send this.
    Transmit(Transmit),
    /// This has happened.
    Event(Event),
    /// Nothing more for now.
    Done,
}

impl Session {
    /// Makes a session that has offered nothing yet.
    pub fn new(config: &RtcConfig, now: Instant, room: RoomName, introduction: u32) -> Self {
        let credentials = IceCreds::new();
        let config = config.clone().set_local_ice_credentials(credentials);
        let mut session = Self {
            rtc: config.build(now),
            room,
            introduction,
            has_answered: false,
            sections: Sections::new(),
            places: Places::default(),
            deadline: None,
            negotiation: Negotiation::default(),
            local: Vec::new(),
            link: Link::New { since: now },
            greeted: Greeted::Nobody,
            requests: HashMap::new(),
            traffic: Traffic::of_connection(),
            excess: 0,
            timeout: None,
            told: Carried::default(),
            mishap: None,
            hopeless: None,
            broken: false,
        };
        session.handle_timeout(now);
        session
    }

    /// Whether nothing comes of it any more.
    pub fn is_over(&self, now: Instant) -> bool {
        let late = self.poll_end().is_some_and(|end| end <= now);
        self.broken || self.hopeless.is_some() || late || !self.rtc.is_alive()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        let due = [self.timeout, self.poll_end(), self.sections.poll_timeout()];
        due.into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        let mids: Vec<_> = self.sections.handle_timeout(now).collect();
        for mid in mids {
            self.request_key_frame(mid);
        }
        self.guard(|rtc| rtc.handle_input(str0m::Input::Timeout(now)));
    }

    /// Whether there is still something left of what may come, for a datagram of so many bytes.
    pub fn admit(&mut self, now: Instant, bytes: usize) -> bool {
        let admitted = self.traffic.take(now, bytes);
        self.excess += u64::from(!admitted);
        admitted
    }

    /// How many datagrams were dropped unread, because too many came.
    pub fn excess(&self) -> u64 {
        self.excess
    }

    /// At how many addresses of this machine it is reached.
    #[cfg(test)]
    pub fn local_addresses(&self) -> usize {
        self.local.len()
    }

    /// A datagram has come.
    pub fn receive(
        &mut self,
        now: Instant,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    ) {
        if !self.is_at(destination, bytes) {
            return;
        }
        let Ok(received) = Receive::new(Protocol::Udp, source, destination, bytes) else {
            return;
        };
        let taken = self.guard(|rtc| rtc.handle_input(str0m::Input::Receive(now, received)));
        if let Some(Err(error)) = taken {
            tracing::debug!(%error, "a datagram is of no use");
            if matches!(error, RtcError::Dtls(_)) {
                self.mishap.get_or_insert(now);
            }
        }
    }

    /// What comes out. `floor` is the soonest time to come back.
    pub fn poll(&mut self, floor: Instant) -> Polled {
        match self.guard(Rtc::poll_output) {
            Some(Ok(str0m::Output::Transmit(transmit))) => Polled::Transmit(transmit),
            Some(Ok(str0m::Output::Event(event))) => Polled::Event(event),
            Some(Ok(str0m::Output::Timeout(at))) => {
                self.timeout = Some(at.max(floor));
                Polled::Done
            }
            Some(Err(error)) => {
                tracing::debug!(%error, "a session broke");
                self.broken = true;
                Polled::Done
            }
            None => Polled::Done,
        }
    }

    /// Says farewell.
    pub fn close(&mut self) {
        self.guard(Rtc::close);
    }

    /// Media can be sent from now on.
    pub fn handle_connected(&mut self, now: Instant) {
        self.link = Link::Connected { heard: now };
    }

    /// A part of the handshake is sent to an address.
    pub fn handle_greeted(&mut self, address: SocketAddr) {
        self.greeted = match self.greeted {
            Greeted::Nobody => Greeted::One(address),
            Greeted::One(one) if one == address => self.greeted,
            Greeted::One(_) | Greeted::Several => Greeted::Several,
        };
    }

    /// Whether all of the handshake was sent to this address. Whoever has ended it was there, to read it.
    pub fn has_greeted_only(&self, address: SocketAddr) -> bool {
        self.greeted == Greeted::One(address)
    }

    /// What is sent to an address to see whether the other side is there.
    pub fn challenge(&mut self, transaction: Transaction) -> Option<Vec<u8>> {
        let ufrag = self.guard(|rtc| rtc.direct_api().local_ice_credentials().ufrag)?;
        let peer = self.negotiation.peer()?;
        Some(peer.challenge(&ufrag, transaction))
    }

    /// Whether an answer to a challenge is the other side's.
    pub fn has_answered_challenge(&self, answer: &[u8]) -> bool {
        let peer = self.negotiation.peer();
        peer.is_some_and(|peer| peer.is_authentic(answer))
    }

    /// Something has come from where the other side has proven to be: a request that is answered, or a packet.
    pub fn handle_heard(&mut self, now: Instant) {
        if let Link::Connected { heard } = &mut self.link {
            *heard = now;
        }
    }

    /// The next offer also restarts ICE.
    pub fn want_restart(&mut self) {
        self.negotiation.want_restart();
    }

    /// The next offer, if there is something to be offered and none is outstanding.
    pub fn offer(&mut self, now: Instant, candidates: &Candidates) -> Option<Offer> {
        if self.places.is_short() && self.negotiation.unanswered().is_none() {
            // What counts is that it is answered.
            self.negotiation.want_restart();
        }
        let fresh = self.sections.iter().filter(|section| section.mid.is_none());
        let fresh = fresh.map(|section| Wanted {
            kind: section.slot.kind(),
            sends: false,
        });
        let places = self.places.to_offer();
        let wanted = places.iter().map(|(_, kind)| Wanted {
            kind: *kind,
            sends: true,
        });
        let wanted: Vec<_> = fresh.chain(wanted).collect();
        // It is put back at once: what it decides needs the connection.
        let mut negotiation = std::mem::take(&mut self.negotiation);
        let offer = self.guard(|rtc| negotiation.offer(now, rtc, candidates, &wanted));
        self.negotiation = negotiation;
        let offer = offer.flatten()?;
        let mut added = offer.added.iter().copied();
        let fresh = self.sections.iter_mut();
        for section in fresh.filter(|section| section.mid.is_none()) {
            section.mid = added.next();
        }
        for ((place, _), mid) in places.iter().zip(added) {
            self.places.handle_offered(*place, mid);
        }
        self.places.handle_asked();
        Some(offer)
    }

    /// Takes the answer to the offer.
    pub fn answer(&mut self, sdp: &Sdp) -> Answered {
        let mut negotiation = std::mem::take(&mut self.negotiation);
        let answered = self.guard(|rtc| negotiation.answer(rtc, sdp));
        self.negotiation = negotiation;
        match answered {
            Some(Ok(Answered::Taken { restart })) => {
                if restart {
                    // ICE has forgotten them.
                    self.local.clear();
                }
                self.handle_sections();
                Answered::Taken { restart }
            }
            Some(Err(error)) => {
                tracing::debug!(%error, "an answer contradicts itself");
                self.broken = true;
                Answered::Unfit
            }
            Some(Ok(Answered::Hopeless(why))) => {
                self.hopeless = Some(why);
                Answered::Hopeless(why)
            }
            Some(Ok(Answered::Unfit)) | None => Answered::Unfit,
        }
    }

    /// Takes from the description which sections the other side uses.
    fn handle_sections(&mut self) {
        self.has_answered = true;
        let Self {
            places,
            sections,
            rtc,
            ..
        } = self;
        places.handle_answered(|mid| match rtc.media(mid) {
            Some(media) if media.disabled() => Taken::Never,
            Some(media) if media.direction().is_sending() => Taken::Yes,
            _ => Taken::NotNow,
        });
        for section in sections.iter_mut() {
            let media = section.mid.and_then(|mid| rtc.media(mid));
            section.unfit = media.is_some_and(|media| media.disabled());
        }
    }

    /// What is carried, if that is not what was told before, or if it is to be told again; `missing` is what is not.
    pub fn news(&mut self, missing: Vec<Missing>, again: bool) -> Option<Carried> {
        if !self.was_connected() {
            return None;
        }
        let places = self.places.carried();
        let carried = Carried { places, missing };
        if carried == self.told && !again {
            return None;
        }
        self.told.clone_from(&carried);
        self.places.handle_told();
        Some(carried)
    }

    /// Tracks of others that cannot be shown before a key frame.
    pub fn awaiting_key_frames(&self) -> Vec<Track> {
        match self.was_connected() {
            true => self.places.awaiting_key_frames().collect(),
            false => Vec::new(),
        }
    }

    /// What a packet is for.
    pub fn handle_packet(&mut self, now: Instant, packet: &RtpPacket) -> Option<(Slot, Begins)> {
        let ssrc = packet.header.ssrc;
        let mid = self.guard(|rtc| rtc.direct_api().stream_rx(&ssrc).map(|stream| stream.mid()));
        self.sections.handle_packet(now, mid.flatten()?, ssrc)
    }

    /// What follows in a place is another stream.
    pub fn switch(&mut self, place: usize) {
        if let Some((_, stream)) = self.places.ready(place) {
            stream.switch();
        }
    }

    /// The other side asks for a key frame in one of its places; what is carried there, if it may.
    pub fn handle_request(&mut self, now: Instant, mid: Mid) -> Option<Track> {
        let track = self.places.track(mid)?;
        let budget = self.requests.entry(mid);
        let budget = budget.or_insert_with(|| Budget::new(REQUESTS));
        (track.slot.kind() == Kind::Video && budget.take(now, 1)).then_some(track)
    }

    /// Somebody needs a key frame of this slot; whether it was asked for now.
    pub fn ask_key_frame(&mut self, now: Instant, slot: Slot) -> bool {
        let Some(section) = self.sections.slot(slot) else {
            return false;
        };
        let asked = section.requests.ask(now);
        if asked && let Some(mid) = section.mid {
            self.request_key_frame(mid);
        }
        asked
    }

    /// Sends a packet of another session in a place. None when it cannot be sent yet.
    pub fn pass(
        &mut self,
        now: Instant,
        place: usize,
        packet: &RtpPacket,
        about: &Packet,
    ) -> Option<Passed> {
        if !self.was_connected() {
            return None;
        }
        let (mid, stream) = self.places.ready(place)?;
        let passed = stream.pass(now, about);
        let Passed::Send { seq, time, patch } = passed else {
            return Some(passed);
        };
        let codec = match stream.kind() {
            Kind::Audio => Codec::Opus,
            Kind::Video => Codec::Vp8,
        };
        let header = &packet.header;
        let extensions = ExtensionValues {
            audio_level: header.ext_vals.audio_level,
            voice_activity: header.ext_vals.voice_activity,
            video_orientation: header.ext_vals.video_orientation,
            ..ExtensionValues::default()
        };
        self.guard(|rtc| {
            let params = rtc.codec_config();
            let pt = params.find(|params| params.spec().codec == codec)?.pt();
            let payload = packet.payload.clone();
            let mut write = RtpWrite::new(pt, seq.into(), time, packet.timestamp, payload)
                .marker(header.marker)
                .nackable(codec == Codec::Vp8)
                .ext_vals(extensions);
            if let Some(patch) = patch {
                write = write.vp8_patch(patch);
            }
            let mut direct = rtc.direct_api();
            direct.stream_tx_by_mid(mid, None)?.write_rtp(write);
            Some(())
        });
        Some(passed)
    }

    /// The name of the first section, once it is offered.
    pub fn first_mid(&self) -> Option<String> {
        let mid = self.sections.iter().next()?.mid?;
        Some(mid.to_string())
    }

    /// Whether it is reached at this address of the machine. As soon as it is asked there by a request of STUN, it is: the
    /// answer has to leave from there.
    fn is_at(&mut self, destination: SocketAddr, bytes: &[u8]) -> bool {
        if self.local.contains(&destination) {
            return true;
        }
        if !is_stun(bytes) || self.local.len() >= LOCAL_ADDRESSES {
            return false;
        }
        let Ok(candidate) = Candidate::host(destination, "udp") else {
            return false;
        };
        self.local.push(destination);
        self.guard(|rtc| rtc.add_local_candidate(candidate).is_some());
        true
    }

    /// Whether the handshake is over.
    pub fn was_connected(&self) -> bool {
        !matches!(self.link, Link::New { .. })
    }

    /// Whether nothing will come of another try either.
    pub fn is_hopeless_for_good(&self) -> bool {
        self.hopeless.is_some()
    }

    /// Why nothing will come of it, though its peer means well.
    pub fn hopeless(&self, now: Instant) -> Option<&'static str> {
        let failed = self.failing_handshake().is_some_and(|end| end <= now);
        self.hopeless
            .or_else(|| failed.then_some("the handshake of DTLS fails"))
    }

    /// Until when a handshake in which something was wrong may succeed.
    fn failing_handshake(&self) -> Option<Instant> {
        let mishap = self.mishap.filter(|_| !self.was_connected());
        mishap.map(|since| since + HANDSHAKE)
    }

    /// When it is given up.
    fn poll_end(&self) -> Option<Instant> {
        let silent = match self.link {
            Link::New { since } => since + BEGINNING,
            Link::Connected { heard } => heard + CONSENT,
        };
        let handshake = self.failing_handshake();
        let unanswered = self.negotiation.unanswered();
        let unanswered = unanswered.map(|since| since + PATIENCE);
        [Some(silent), unanswered, handshake]
            .into_iter()
            .flatten()
            .min()
    }

    fn request_key_frame(&mut self, mid: Mid) {
        self.guard(|rtc| {
            let mut direct = rtc.direct_api();
            if let Some(stream) = direct.stream_rx_by_mid(mid, None) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
        });
    }

    /// Whatever the other side has sent, a mistake that it uncovers ends its own session only.
    fn guard<T>(&mut self, act: impl FnOnce(&mut Rtc) -> T) -> Option<T> {
        if self.broken {
            return None;
        }
        let done = catch_unwind(AssertUnwindSafe(|| act(&mut self.rtc))).ok();
        if done.is_none() {
            tracing::error!("a session panicked");
            self.broken = true;
        }
        done
    }
}
