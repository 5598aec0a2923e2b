//! Who gets what from whom.

mod datagrams;
mod failed_sessions;
mod packets;
mod signaling;
mod subscriptions;
mod transmit;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m::{Event, RtcConfig, crypto::from_feature_flags};

use self::transmit::send;
use super::{
    Input, Output, SfuError,
    candidates::Candidates,
    id_map::IdMap,
    session::{Session, SessionOutput},
    shares::Shares,
    udp_demux::UdpDemux,
    voices::Voices,
};
use crate::{
    protocol::{MediaKind, ParticipantId, RoomName, Tracks},
    sfu::SfuEvent,
};

/// How long a handshake that has failed is not tried again.
const RETRY: Duration = Duration::from_secs(30);
/// So many packets that are to leave wait for what else has come, since it is cheaper to call a session once for several, and the
/// system sends several to one receiver as one. They take 1.5 ms to send. With 64, a core sends a fifth less, and what comes
/// in bursts waits longer for all that is before it.
const HELD: usize = 256;
/// How soon a session is called again that has just been called.
const TICK: Duration = Duration::from_millis(1);

/// The SFU of a server.
pub struct Sfu {
    config: RtcConfig,
    candidates: Candidates,
    sessions: IdMap<Session>,
    rooms: BTreeMap<RoomName, BTreeSet<ParticipantId>>,
    /// Whose cameras a participant does not want.
    unwanted: IdMap<BTreeSet<ParticipantId>>,
    addresses: UdpDemux,
    /// When each session is to be called.
    deadlines: BTreeSet<(Instant, ParticipantId)>,
    events: VecDeque<(ParticipantId, Event)>,
    /// Those with whom no session comes about, where they are, and what they were told.
    failed: IdMap<(RoomName, Tracks)>,
    /// When it may be tried again with those of them whose handshake has failed.
    retries: IdMap<Instant>,
    /// Who is heard in each room, and how many at most.
    voices: BTreeMap<RoomName, Voices>,
    most_voices: usize,
    /// How much is sent for each room.
    shares: Shares,
    /// What waits to leave with the next [`Input::Timeout`].
    held: OutgoingPackets,
    /// How many packets were too large.
    too_large: u64,
    /// Whose sessions are over.
    over: Vec<ParticipantId>,
    outputs: VecDeque<Output>,
}

/// Packets that are to leave.
#[derive(Debug, Default)]
struct OutgoingPackets {
    count: usize,
    /// Since when one waits.
    since: Option<Instant>,
    /// Whether sounds are among them.
    sounds: bool,
    /// Whose sessions they are in, each once.
    sessions: Vec<ParticipantId>,
}

impl OutgoingPackets {
    /// One more waits in a session.
    fn add(&mut self, now: Instant, who: ParticipantId, session: &mut Session, kind: MediaKind) {
        self.count += 1;
        self.since.get_or_insert(now);
        self.sounds |= kind == MediaKind::Audio;
        if !std::mem::replace(&mut session.has_waiting, true) {
            self.sessions.push(who);
        }
    }
}

impl Sfu {
    /// Makes an SFU that is reached at these addresses, all of one UDP port; with none, it is not reached yet.
    /// In each room so many are heard at a time. The seed is a secret, and another one each time.
    ///
    /// # Errors
    /// [`SfuError`] when one is no address to reach anybody at.
    pub fn new(
        addresses: Vec<SocketAddr>,
        voices: usize,
        seed: [u8; 32],
    ) -> Result<Self, SfuError> {
        let certificate = from_feature_flags().dtls_provider.generate_certificate();
        let config = RtcConfig::new()
            .set_dtls_cert(certificate.ok_or(SfuError::Certificate)?)
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true);
        Ok(Self {
            config,
            candidates: Candidates::new(addresses)?,
            sessions: IdMap::default(),
            rooms: BTreeMap::new(),
            unwanted: IdMap::default(),
            addresses: UdpDemux::new(seed),
            deadlines: BTreeSet::new(),
            events: VecDeque::new(),
            failed: IdMap::default(),
            retries: IdMap::default(),
            voices: BTreeMap::new(),
            most_voices: voices,
            shares: Shares::default(),
            held: OutgoingPackets::default(),
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
            Input::Task(task) => self.handle_command(now, task),
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
        let due = self.deadlines.first().map(|(at, _)| *at);
        [self.held.since, due].into_iter().flatten().min()
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
        self.flush(now);
        let due = self.deadlines.iter().take_while(|(at, _)| *at <= now);
        let due: Vec<_> = due.map(|(_, who)| *who).collect();
        for who in due {
            if let Some(session) = self.sessions.get_mut(&who) {
                session.handle_timeout(now);
                self.drain(now, who, now + TICK);
            }
        }
    }

    /// Has each session send what waits in it, all at once: it costs a session as much to be called for one packet as for
    /// several, and those for one receiver leave together.
    fn flush(&mut self, now: Instant) {
        let mut held = std::mem::take(&mut self.held);
        for who in held.sessions.drain(..) {
            if let Some(session) = self.sessions.get_mut(&who)
                && std::mem::take(&mut session.has_waiting)
            {
                session.handle_timeout(now);
                self.drain(now, who, now + TICK);
            }
        }
        // The list is used again.
        self.held.sessions = held.sessions;
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
                self.send_tracks_update(who, false);
                self.ask_key_frames_for(now, who);
            }
            Event::Closed => self.over.push(who),
            _ => {}
        }
    }

    fn say(&mut self, room: RoomName, participant: ParticipantId, says: SfuEvent) {
        self.outputs.push_back(Output::Say {
            room,
            participant,
            says,
        });
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

    /// Nobody is left in a room.
    fn forget_room(&mut self, room: &RoomName) {
        self.rooms.remove(room);
        self.voices.remove(room);
        self.shares.forget(room);
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
                SessionOutput::Transmit(transmit) => {
                    let outputs = send(now, who, &mut session, &mut self.addresses, transmit);
                    self.outputs.extend(outputs.into_iter().flatten());
                }
                SessionOutput::Event(_) => {}
                SessionOutput::Done => break,
            }
        }
        if let Some(deadline) = session.deadline {
            self.deadlines.remove(&(deadline, who));
        }
        self.addresses.forget(who);
        if let Some(voices) = self.voices.get_mut(&session.room) {
            voices.forget(who);
        }
        if let Some(room) = self.rooms.get_mut(&session.room) {
            room.remove(&who);
            for other in room.iter() {
                if let Some(other) = self.sessions.get_mut(other) {
                    other.uptracks.unsubscribe(who);
                }
            }
            if room.is_empty() {
                self.forget_room(&session.room);
            }
        }
        self.refresh_others(now, &session.room, who);
        if let Some(why) = session.failure(now) {
            self.fail_session(who, session.room.clone(), why);
            if !session.has_failed_for_good() {
                self.retries.insert(who, now + RETRY);
            }
        }
        self.update_others(&session.room, who);
    }
}
