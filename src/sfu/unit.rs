//! Who gets what from whom.

mod missing;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m::{
    Event, RtcConfig,
    crypto::from_feature_flags,
    net::Transmit,
    rtp::{RtpPacket, Vp8Descriptor},
};

use super::{
    Input, Output, UnitError,
    addresses::{Addresses, Path, nominates},
    candidates::Candidates,
    challenge::said_back,
    negotiation::Answered,
    places::{Change, Track},
    sections::{Begins, GoesOn, Subscriber},
    session::{Polled, Session},
    shares::Shares,
    stream::{Packet, Passed},
    stun::is_stun,
};
use crate::{
    protocol::{Carried, Kind, ParticipantId, RoomName, Sdp, Signal, Slot},
    room::{UnitSays, UnitTask},
};

/// Most cameras that one participant has said not to want.
const UNWANTED: usize = 256;
/// Largest payload that is passed on, in bytes: the largest that comes in one datagram over Ethernet (1500), without the
/// headers of IPv4, UDP and RTP (20, 8 and 12) and the shortest tag of SRTP (10, RFC 5764 section 4.1.2). What does not fit
/// into a datagram again, with a longer header perhaps, is divided by the system.
const PAYLOAD_BYTES: usize = 1_450;
/// How long a handshake that has failed is not tried again.
const RETRY: Duration = Duration::from_secs(30);
/// So many packets that are to leave wait for what else has come, since it is cheaper to call a session once for several.
const HELD: usize = 64;
/// How soon a session is called again that has just been called.
const TICK: Duration = Duration::from_millis(1);

/// The forwarding unit of a server.
pub struct Unit {
    config: RtcConfig,
    candidates: Candidates,
    sessions: HashMap<ParticipantId, Session>,
    rooms: BTreeMap<RoomName, BTreeSet<ParticipantId>>,
    /// Whose cameras a participant does not want.
    unwanted: HashMap<ParticipantId, BTreeSet<ParticipantId>>,
    addresses: Addresses,
    /// When each session is to be called.
    deadlines: BTreeSet<(Instant, ParticipantId)>,
    events: VecDeque<(ParticipantId, Event)>,
    /// Those with whom no session comes about, where they are, and what they were told.
    hopeless: HashMap<ParticipantId, (RoomName, Carried)>,
    /// When it may be tried again with those of them whose handshake has failed.
    retries: HashMap<ParticipantId, Instant>,
    /// How much is sent for each room.
    shares: Shares,
    /// What waits to leave with the next [`Input::Timeout`].
    held: Held,
    /// How many packets were too large.
    too_large: u64,
    /// Whose sessions are over.
    over: Vec<ParticipantId>,
    outputs: VecDeque<Output>,
}

/// Packets that are to leave.
#[derive(Debug, Default, Clone, Copy)]
struct Held {
    count: usize,
    /// Whether sounds are among them.
    sounds: bool,
}

impl Unit {
    /// Makes a unit that is reached at these addresses, all of one UDP port; with none, it is not reached yet.
    ///
    /// # Errors
    /// [`UnitError`] when one is no address to reach anybody at.
    pub fn new(addresses: Vec<SocketAddr>) -> Result<Self, UnitError> {
        let certificate = from_feature_flags().dtls_provider.generate_certificate();
        let config = RtcConfig::new()
            .set_dtls_cert(certificate.ok_or(UnitError::Certificate)?)
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true);
        Ok(Self {
            config,
            candidates: Candidates::new(addresses)?,
            sessions: HashMap::new(),
            rooms: BTreeMap::new(),
            unwanted: HashMap::new(),
            addresses: Addresses::default(),
            deadlines: BTreeSet::new(),
            events: VecDeque::new(),
            hopeless: HashMap::new(),
            retries: HashMap::new(),
            shares: Shares::default(),
            held: Held::default(),
            too_large: 0,
            over: Vec::new(),
            outputs: VecDeque::new(),
        })
    }

    /// Takes what happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Timeout => self.handle_timeout(now),
            Input::Datagram {
                source,
                destination,
                bytes,
            } => self.handle_datagram(now, source, destination, bytes),
            Input::Addresses(addresses) => self.handle_addresses(addresses),
            Input::Task(task) => self.handle_task(now, task),
        }
        loop {
            if let Some((who, event)) = self.events.pop_front() {
                self.handle_event(now, who, event);
            } else if let Some(who) = self.over.pop() {
                self.end(now, who);
            } else {
                return;
            }
        }
    }

    /// What is to be done, until there is nothing.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to come back with [`Input::Timeout`]; it may be past already.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Whether what is to leave waits for no more datagrams, even if they are there already: it is to be given
    /// [`Input::Timeout`] now. Sounds wait for nothing, least of all for the pictures that have come after them.
    pub fn is_flush_due(&self) -> bool {
        self.held.sounds || self.held.count >= HELD
    }

    /// How many datagrams of a participant were dropped unread.
    #[cfg(test)]
    pub fn excess(&self, who: ParticipantId) -> u64 {
        self.sessions.get(&who).map_or(0, Session::excess)
    }

    /// At how many addresses of this machine a participant's session is reached.
    #[cfg(test)]
    pub fn local_addresses(&self, who: ParticipantId) -> usize {
        self.sessions.get(&who).map_or(0, Session::local_addresses)
    }

    /// How many cameras a participant does not want.
    #[cfg(test)]
    pub fn unwanted(&self, who: ParticipantId) -> usize {
        self.unwanted.get(&who).map_or(0, BTreeSet::len)
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.held = Held::default();
        let due = self.deadlines.iter().take_while(|(at, _)| *at <= now);
        let due: Vec<_> = due.map(|(_, who)| *who).collect();
        for who in due {
            if let Some(session) = self.sessions.get_mut(&who) {
                session.handle_timeout(now);
                self.drain(now, who, now + TICK);
            }
        }
    }

    fn handle_datagram(
        &mut self,
        now: Instant,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    ) {
        if let Some(transaction) = said_back(bytes) {
            if let Some(who) = self.addresses.challenged(source, transaction) {
                self.handle_said_back(now, who, source, bytes);
            }
            return;
        }
        let Some(who) = self.addresses.owner(now, source, bytes) else {
            return;
        };
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        if !session.admit(now, bytes.len()) {
            return;
        }
        self.addresses.received(who, source, bytes.len());
        session.receive(now, source, destination, bytes);
        self.drain(now, who, now);
        if nominates(bytes) {
            self.addresses.nominated(now, who, source);
        }
        // All that has happened has come of this datagram.
        let events = self.events.iter().filter(|(of, _)| *of == who);
        let (mut is_connected, mut is_authentic) = (false, false);
        for (_, event) in events {
            is_connected |= matches!(event, Event::Connected);
            is_authentic |= matches!(event, Event::RtpPacket(_) | Event::Connected);
        }
        let Some(session) = self.sessions.get_mut(&who).filter(|_| is_authentic) else {
            return;
        };
        let path = Path {
            local: destination,
            remote: source,
        };
        self.addresses.authenticated(now, who, path);
        if is_connected && session.has_greeted_only(source) {
            self.addresses.prove(now, who, source);
        }
        if self.addresses.is_proven(who, source) {
            session.handle_heard(now);
        }
    }

    /// Somebody answers a challenge, which was sent to this address only.
    fn handle_said_back(
        &mut self,
        now: Instant,
        who: ParticipantId,
        source: SocketAddr,
        answer: &[u8],
    ) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        if session.admit(now, answer.len()) && session.has_answered_challenge(answer) {
            self.addresses.prove(now, who, source);
            session.handle_heard(now);
        }
    }

    /// Offers name the current addresses; who has had an offer is told the new ones, so that a browser finds its way to
    /// them before it misses the old ones.
    fn handle_addresses(&mut self, addresses: Vec<SocketAddr>) {
        let new = match Candidates::new(addresses) {
            Ok(candidates) => candidates,
            Err(error) => {
                tracing::warn!(%error, "browsers are told the addresses of before");
                return;
            }
        };
        let old = std::mem::replace(&mut self.candidates, new);
        let mut told = Vec::new();
        for (who, session) in &self.sessions {
            let Some(mid) = session.first_mid() else {
                continue;
            };
            for candidate in self.candidates.beyond(&old, &mid) {
                let says = UnitSays::Signal {
                    introduction: session.introduction,
                    signal: Signal::Candidate { candidate },
                };
                told.push((session.room.clone(), *who, says));
            }
        }
        for (room, who, says) in told {
            self.say(room, who, says);
        }
    }

    fn handle_task(&mut self, now: Instant, task: UnitTask) {
        match task {
            UnitTask::Begin {
                room,
                participant,
                introduction,
            } => self.begin(now, room, participant, introduction),
            UnitTask::Signal {
                participant,
                introduction,
                signal,
            } => {
                let session = self.sessions.get(&participant);
                if session.is_some_and(|session| session.introduction == introduction) {
                    self.handle_signal(now, participant, signal);
                }
            }
            UnitTask::Wish {
                participant,
                of,
                camera,
            } => self.handle_wish(now, participant, of, camera),
            UnitTask::TellAgain(participant) => {
                self.tell(participant, true);
                self.tell_hopeless(participant, true);
            }
            UnitTask::End(participant) => {
                self.unwanted.remove(&participant);
                self.unwanted.retain(|_, unwanted| {
                    unwanted.remove(&participant);
                    !unwanted.is_empty()
                });
                self.end(now, participant);
                self.forget_hopeless(participant);
            }
        }
    }

    fn begin(
        &mut self,
        now: Instant,
        room: RoomName,
        participant: ParticipantId,
        introduction: u32,
    ) {
        self.end(now, participant);
        let retry = self.retries.get(&participant);
        if retry.is_some_and(|at| *at <= now) {
            self.forget_hopeless(participant);
        }
        if self.hopeless.contains_key(&participant) {
            self.tell_hopeless(participant, true);
            return;
        }
        let session = Session::new(&self.config, now, room.clone(), introduction);
        self.sessions.insert(participant, session);
        self.rooms.entry(room).or_default().insert(participant);
        self.drain(now, participant, now);
        self.refresh(now, participant);
        self.offer(now, participant);
        self.drain(now, participant, now);
    }

    fn handle_signal(&mut self, now: Instant, who: ParticipantId, signal: Signal) {
        match signal {
            Signal::Answer { sdp } => self.handle_answer(now, who, &sdp),
            Signal::Renegotiate { .. } => {
                if let Some(session) = self.sessions.get_mut(&who) {
                    session.want_restart();
                }
                self.offer(now, who);
                self.drain(now, who, now);
            }
            // An ICE-lite agent has no use for candidates, and there is a place for every track.
            Signal::Candidate { .. } | Signal::TransceiverRequest { .. } | Signal::Offer { .. } => {
            }
        }
    }

    fn handle_answer(&mut self, now: Instant, who: ParticipantId, sdp: &Sdp) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let before: Vec<_> = session.sections.unfit().collect();
        let is_first = !session.has_answered;
        match session.answer(sdp) {
            Answered::Unfit => {
                tracing::debug!(participant = %who, "an answer does not fit the offer");
                return;
            }
            Answered::Hopeless(_) => {
                self.drain(now, who, now);
                return;
            }
            Answered::Taken { restart: true } => self.addresses.restart(who),
            Answered::Taken { restart: false } => {}
        }
        let is_news = is_first || !session.sections.unfit().eq(before);
        let room = session.room.clone();
        self.drain(now, who, now);
        self.refresh(now, who);
        if is_news {
            self.tell_others(&room, who);
        }
        self.offer(now, who);
        self.drain(now, who, now);
        self.tell(who, false);
        self.ask_key_frames_for(now, who);
    }

    fn handle_wish(&mut self, now: Instant, who: ParticipantId, of: ParticipantId, camera: bool) {
        let unwanted = self.unwanted.entry(who).or_default();
        match camera {
            true => unwanted.remove(&of),
            false if unwanted.len() < UNWANTED => unwanted.insert(of),
            false => false,
        };
        if unwanted.is_empty() {
            self.unwanted.remove(&who);
        }
        self.refresh(now, who);
    }

    fn handle_event(&mut self, now: Instant, who: ParticipantId, event: Event) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        match event {
            Event::RtpPacket(packet) => self.forward(now, who, &packet),
            Event::KeyframeRequest(request) => {
                if let Some(track) = session.handle_request(now, request.mid) {
                    self.ask_key_frame(now, track);
                }
            }
            Event::Connected => {
                session.handle_connected(now);
                self.tell(who, false);
                self.ask_key_frames_for(now, who);
            }
            Event::Closed => self.over.push(who),
            _ => {}
        }
    }

    /// Passes a packet on to all who subscribe to its track.
    fn forward(&mut self, now: Instant, from: ParticipantId, packet: &RtpPacket) {
        if packet.payload.len() > PAYLOAD_BYTES {
            self.refuse_large(from, packet.payload.len());
            return;
        }
        let Some(session) = self.sessions.get_mut(&from) else {
            return;
        };
        let Some((slot, begins)) = session.handle_packet(now, packet) else {
            return;
        };
        let about = describe(slot.kind(), packet);
        if about.key_frame
            && let Some(section) = session.sections.slot(slot)
        {
            section.requests.handle_key_frame();
        }
        if begins == Begins::Track {
            let room = session.room.clone();
            self.refresh_others(now, &room, from);
        }
        // They are lent, not copied, for every packet; meanwhile nobody subscribes.
        let subscribers = self.subscribers(from, slot).map(std::mem::take);
        let subscribers = subscribers.unwrap_or_default();
        let admission = self.admit(now, from, slot, packet, about.key_frame, subscribers.len());
        // The numbers of packets go on without a gap: what is missing would be asked for in vain.
        if begins == Begins::Stream || admission == Admission::Anew {
            for Subscriber { participant, place } in &subscribers {
                if let Some(other) = self.sessions.get_mut(participant) {
                    other.switch(*place);
                }
            }
        }
        let mut needs_key_frame = admission == Admission::AfterKeyFrame;
        let is_passed = matches!(admission, Admission::Yes | Admission::Anew);
        let passed = subscribers.iter().filter(|_| is_passed);
        for Subscriber { participant, place } in passed {
            let Some(other) = self.sessions.get_mut(participant) else {
                continue;
            };
            match other.pass(now, *place, packet, &about) {
                Some(Passed::Send { .. }) => {
                    self.held.count += 1;
                    self.held.sounds |= slot.kind() == Kind::Audio;
                    self.drain(now, *participant, now);
                }
                Some(Passed::KeyFrameFirst) => needs_key_frame = true,
                Some(Passed::Old) | None => {}
            }
        }
        if let Some(lent) = self.subscribers(from, slot) {
            *lent = subscribers;
        }
        if needs_key_frame {
            self.ask_key_frame(now, Track { from, slot });
        }
    }

    /// Whether a packet is passed on to so many: when neither its sender nor its room has sent too much, nor something that it
    /// cannot be shown without is missing because of that.
    fn admit(
        &mut self,
        now: Instant,
        from: ParticipantId,
        slot: Slot,
        packet: &RtpPacket,
        key_frame: bool,
        copies: usize,
    ) -> Admission {
        let Some(session) = self.sessions.get_mut(&from) else {
            return Admission::No;
        };
        let Some(section) = session.sections.slot(slot) else {
            return Admission::No;
        };
        match section.goes_on(now, key_frame) {
            GoesOn::Yes => {}
            GoesOn::No => return Admission::No,
            GoesOn::AfterKeyFrame => return Admission::AfterKeyFrame,
        }
        let kind = slot.kind();
        let is_little = section.take(now, packet.payload.len());
        if is_little && self.shares.take(now, &session.room, kind, copies) {
            return match section.mend() {
                true => Admission::Anew,
                false => Admission::Yes,
            };
        }
        section.cut();
        Admission::No
    }

    /// Says it once, and again whenever twice as many have come.
    fn refuse_large(&mut self, from: ParticipantId, bytes: usize) {
        self.too_large += 1;
        if self.too_large.is_power_of_two() {
            let count = self.too_large;
            tracing::warn!(
                participant = %from, bytes, count,
                "packets with payloads of over {PAYLOAD_BYTES} bytes are not passed on",
            );
        }
    }

    /// Who gets what a participant sends in a slot.
    fn subscribers(&mut self, from: ParticipantId, slot: Slot) -> Option<&mut Vec<Subscriber>> {
        let section = self.sessions.get_mut(&from)?.sections.slot(slot)?;
        Some(&mut section.subscribers)
    }

    fn ask_key_frames_for(&mut self, now: Instant, who: ParticipantId) {
        let session = self.sessions.get(&who);
        let tracks = session.map(Session::awaiting_key_frames);
        for track in tracks.unwrap_or_default() {
            self.ask_key_frame(now, track);
        }
    }

    fn ask_key_frame(&mut self, now: Instant, track: Track) {
        let Some(session) = self.sessions.get_mut(&track.from) else {
            return;
        };
        match session.ask_key_frame(now, track.slot) {
            true => self.drain(now, track.from, now),
            false => self.schedule(track.from),
        }
    }

    /// What of the others in the room a participant is to get.
    fn wanted(&self, who: ParticipantId, room: &RoomName) -> Vec<Track> {
        let unwanted = self.unwanted.get(&who);
        let others = self.rooms.get(room).into_iter().flatten();
        let mut wanted: Vec<_> = others
            .filter(|other| **other != who)
            .filter_map(|other| self.sessions.get(other).map(|session| (*other, session)))
            .flat_map(|(from, session)| {
                session
                    .sections
                    .flowing()
                    .map(move |slot| Track { from, slot })
            })
            .filter(|track| {
                let may_be_unwanted = track.slot == Slot::Camera;
                !may_be_unwanted || !unwanted.is_some_and(|ids| ids.contains(&track.from))
            })
            .collect();
        wanted.sort_unstable();
        wanted
    }

    fn refresh_others(&mut self, now: Instant, room: &RoomName, but: ParticipantId) {
        let others = self.rooms.get(room).into_iter().flatten();
        let others: Vec<_> = others.filter(|other| **other != but).copied().collect();
        for other in others {
            self.refresh(now, other);
        }
    }

    /// Has a participant get what it is to get now.
    fn refresh(&mut self, now: Instant, who: ParticipantId) {
        let Some(room) = self.sessions.get(&who).map(|session| session.room.clone()) else {
            return;
        };
        let wanted = self.wanted(who, &room);
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let changes = session.places.settle(&wanted);
        if changes.is_empty() {
            // What has begun may be missing.
            self.tell(who, false);
            return;
        }
        for change in changes {
            self.subscribe(who, change);
        }
        self.offer(now, who);
        self.drain(now, who, now);
        self.tell(who, false);
        self.ask_key_frames_for(now, who);
    }

    fn subscribe(&mut self, who: ParticipantId, change: Change) {
        let subscriber = Subscriber {
            participant: who,
            place: change.place,
        };
        if let Some(Track { from, slot }) = change.was
            && let Some(subscribers) = self.subscribers(from, slot)
        {
            subscribers.retain(|other| *other != subscriber);
        }
        if let Some(Track { from, slot }) = change.is
            && let Some(subscribers) = self.subscribers(from, slot)
        {
            subscribers.push(subscriber);
        }
    }

    fn offer(&mut self, now: Instant, who: ParticipantId) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let Some(offer) = session.offer(now, &self.candidates) else {
            return;
        };
        self.addresses.name(who, &offer.ufrag);
        let says = UnitSays::Signal {
            introduction: session.introduction,
            signal: Signal::Offer { sdp: offer.sdp },
        };
        let room = session.room.clone();
        self.say(room, who, says);
    }

    fn tell(&mut self, who: ParticipantId, again: bool) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let room = session.room.clone();
        let missing = self.missing(who, &room);
        let session = self.sessions.get_mut(&who);
        if let Some(carried) = session.and_then(|session| session.news(missing, again)) {
            self.say(room, who, UnitSays::Carried(carried));
        }
    }

    fn say(&mut self, room: RoomName, participant: ParticipantId, says: UnitSays) {
        self.outputs.push_back(Output::Say {
            room,
            participant,
            says,
        });
    }

    /// Takes all that a session has to give, after whatever has changed it.
    fn drain(&mut self, now: Instant, who: ParticipantId, floor: Instant) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        loop {
            match session.poll(floor) {
                Polled::Transmit(transmit) => {
                    let outputs = send(now, who, session, &mut self.addresses, transmit);
                    self.outputs.extend(outputs.into_iter().flatten());
                }
                Polled::Event(event) => self.events.push_back((who, event)),
                Polled::Done => break,
            }
        }
        if session.is_over(now) {
            self.over.push(who);
        }
        self.schedule(who);
    }

    fn schedule(&mut self, who: ParticipantId) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let deadline = session.poll_timeout();
        if deadline == session.deadline {
            return;
        }
        if let Some(before) = std::mem::replace(&mut session.deadline, deadline) {
            self.deadlines.remove(&(before, who));
        }
        if let Some(deadline) = deadline {
            self.deadlines.insert((deadline, who));
        }
    }

    /// A session is over: the others get nothing from it any more, and it from nobody.
    fn end(&mut self, now: Instant, who: ParticipantId) {
        let Some(mut session) = self.sessions.remove(&who) else {
            return;
        };
        if session.excess() > 0 {
            let dropped = session.excess();
            tracing::debug!(participant = %who, dropped, "more was sent than is taken");
        }
        session.close();
        loop {
            match session.poll(now) {
                Polled::Transmit(transmit) => {
                    let outputs = send(now, who, &mut session, &mut self.addresses, transmit);
                    self.outputs.extend(outputs.into_iter().flatten());
                }
                Polled::Event(_) => {}
                Polled::Done => break,
            }
        }
        if let Some(deadline) = session.deadline {
            self.deadlines.remove(&(deadline, who));
        }
        self.addresses.forget(who);
        if let Some(room) = self.rooms.get_mut(&session.room) {
            room.remove(&who);
            for other in room.iter() {
                if let Some(other) = self.sessions.get_mut(other) {
                    other.sections.unsubscribe(who);
                }
            }
            if room.is_empty() {
                self.rooms.remove(&session.room);
                self.shares.forget(&session.room);
            }
        }
        self.refresh_others(now, &session.room, who);
        if let Some(why) = session.hopeless(now) {
            self.give_up(who, session.room.clone(), why);
            if !session.is_hopeless_for_good() {
                self.retries.insert(who, now + RETRY);
            }
        }
        self.tell_others(&session.room, who);
    }
}

/// Whether a packet is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Admission {
    Yes,
    /// Yes, and what comes before it is missing.
    Anew,
    No,
    /// No, and its source is to be asked for a key frame.
    AfterKeyFrame,
}

impl From<Transmit> for Output {
    fn from(transmit: Transmit) -> Self {
        Self::Transmit {
            source: transmit.source,
            destination: transmit.destination,
            bytes: transmit.contents.into(),
        }
    }
}

/// What is sent of what a session gives out, and where to.
fn send(
    now: Instant,
    who: ParticipantId,
    session: &mut Session,
    addresses: &mut Addresses,
    mut transmit: Transmit,
) -> [Option<Output>; 2] {
    let nominated = Path {
        local: transmit.source,
        remote: transmit.destination,
    };
    if is_stun(&transmit.contents) {
        // An ICE-lite agent gives out nothing but answers, and only to who knows its password.
        let transaction = addresses.answered(now, who, nominated);
        if addresses.is_proven(who, nominated.remote) {
            session.handle_heard(now);
        }
        let challenge = transaction.and_then(|transaction| session.challenge(transaction));
        let challenge = challenge.map(|bytes| Output::Transmit {
            source: nominated.local,
            destination: nominated.remote,
            bytes,
        });
        return [Some(transmit.into()), challenge];
    }
    let is_handshake = !session.was_connected();
    let path = addresses.route(now, who, nominated).or_else(|| {
        let bytes = transmit.contents.len();
        let may_greet = is_handshake && addresses.greet(now, who, nominated.remote, bytes);
        may_greet.then_some(nominated)
    });
    let Some(Path { local, remote }) = path else {
        return [None, None];
    };
    if is_handshake {
        session.handle_greeted(remote);
    }
    transmit.source = local;
    transmit.destination = remote;
    [Some(transmit.into()), None]
}

/// What is to be known of a packet to pass it on.
fn describe(kind: Kind, packet: &RtpPacket) -> Packet {
    let vp8 = match kind {
        Kind::Audio => None,
        Kind::Video => Vp8Descriptor::parse(&packet.payload).ok(),
    };
    Packet {
        seq: *packet.seq_no,
        time: packet.header.timestamp,
        vp8,
        key_frame: vp8.is_some_and(|vp8| vp8.starts_keyframe(&packet.payload)),
    }
}
