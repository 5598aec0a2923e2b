//! One participant's connection with the SFU: what goes in and out.
//!
//! **Whatever changes the connection is followed by [`Session::poll`] until there is nothing more.**

mod negotiating;
mod packets;
mod proving;

use std::{
    collections::HashMap,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use str0m::{
    Candidate, Event, IceCreds, Rtc, RtcConfig, RtcError,
    media::Mid,
    net::{Protocol, Receive, Transmit},
};

use super::{
    budget::{Budget, Traffic},
    downtracks::Downtracks,
    negotiation::Negotiation,
    stun::is_stun,
    uptracks::Uptracks,
};
use crate::protocol::{RoomName, Tracks};

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

/// Most of this machine's addresses that a session is reached at. ICE makes a pair of each with each of the other side's.
const LOCAL_ADDRESSES: usize = 16;

/// A connection with a participant.
pub(super) struct Session {
    rtc: Rtc,
    /// Where it is.
    pub room: RoomName,
    /// Which introduction of the two it is for.
    pub generation: u32,
    /// Whether an answer of it was taken.
    pub has_answered: bool,
    /// What is received.
    pub uptracks: Uptracks,
    /// What is sent.
    pub downtracks: Downtracks,
    /// When the SFU is to call it.
    pub deadline: Option<Instant>,
    /// Whether packets wait in it that are to leave.
    pub has_waiting: bool,
    negotiation: Negotiation,
    /// At which of this machine's addresses something has come.
    local: Vec<SocketAddr>,
    link: Connectivity,
    greeted: HandshakeTarget,
    /// How often key frames may be asked for of each downtrack.
    requests: HashMap<Mid, Budget>,
    /// How much may come.
    traffic: Traffic,
    /// How many datagrams were more than that.
    excess: u64,
    /// When the connection wants to hear of the time.
    timeout: Option<Instant>,
    /// What the participant was told that is carried.
    last_sent: Tracks,
    /// When its handshake has gone wrong first.
    mishap: Option<Instant>,
    /// Why nothing will come of it.
    failed: Option<&'static str>,
    broken: bool,
}

/// How well the other side is reached.
#[derive(Debug, Clone, Copy)]
enum Connectivity {
    /// Never yet.
    New { since: Instant },
    /// Media can be sent, since something authenticated has come.
    Connected { heard: Instant },
}

/// Where the handshake was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HandshakeTarget {
    Nobody,
    One(SocketAddr),
    Several,
}

/// What comes out of a session.
#[expect(
    clippy::large_enum_variant,
    reason = "it is handled at once, and a box would be made for every packet"
)]
pub(super) enum SessionOutput {
    /// Send this.
    Transmit(Transmit),
    /// This has happened.
    Event(Event),
    /// Nothing more for now.
    Done,
}

impl Session {
    /// Makes a session that has offered nothing yet.
    pub fn new(config: &RtcConfig, now: Instant, room: RoomName, generation: u32) -> Self {
        let credentials = IceCreds::new();
        let config = config.clone().set_local_ice_credentials(credentials);
        let mut session = Self {
            rtc: config.build(now),
            room,
            generation,
            has_answered: false,
            uptracks: Uptracks::new(),
            downtracks: Downtracks::default(),
            deadline: None,
            has_waiting: false,
            negotiation: Negotiation::default(),
            local: Vec::new(),
            link: Connectivity::New { since: now },
            greeted: HandshakeTarget::Nobody,
            requests: HashMap::new(),
            traffic: Traffic::of_connection(),
            excess: 0,
            timeout: None,
            last_sent: Tracks::default(),
            mishap: None,
            failed: None,
            broken: false,
        };
        session.handle_timeout(now);
        session
    }

    /// Whether nothing comes of it any more.
    pub fn is_over(&self, now: Instant) -> bool {
        let late = self.poll_end().is_some_and(|end| end <= now);
        self.broken || self.failed.is_some() || late || !self.rtc.is_alive()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        let due = [self.timeout, self.poll_end(), self.uptracks.poll_timeout()];
        due.into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        let mids: Vec<_> = self.uptracks.handle_timeout(now).collect();
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
    pub fn poll(&mut self, floor: Instant) -> SessionOutput {
        match self.guard(Rtc::poll_output) {
            Some(Ok(str0m::Output::Transmit(transmit))) => SessionOutput::Transmit(transmit),
            Some(Ok(str0m::Output::Event(event))) => SessionOutput::Event(event),
            Some(Ok(str0m::Output::Timeout(at))) => {
                self.timeout = Some(at.max(floor));
                SessionOutput::Done
            }
            Some(Err(error)) => {
                tracing::debug!(%error, "a session broke");
                self.broken = true;
                SessionOutput::Done
            }
            None => SessionOutput::Done,
        }
    }

    /// Says farewell.
    pub fn close(&mut self) {
        self.guard(Rtc::close);
    }

    /// Media can be sent from now on.
    pub fn handle_connected(&mut self, now: Instant) {
        self.link = Connectivity::Connected { heard: now };
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
        !matches!(self.link, Connectivity::New { .. })
    }

    /// Whether nothing will come of another try either.
    pub fn has_failed_for_good(&self) -> bool {
        self.failed.is_some()
    }

    /// Why nothing will come of it, though its peer means well.
    pub fn failure(&self, now: Instant) -> Option<&'static str> {
        let failed = self.failing_handshake().is_some_and(|end| end <= now);
        self.failed
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
            Connectivity::New { since } => since + BEGINNING,
            Connectivity::Connected { heard } => heard + CONSENT,
        };
        let handshake = self.failing_handshake();
        let unanswered = self.negotiation.pending_since();
        let unanswered = unanswered.map(|since| since + PATIENCE);
        [Some(silent), unanswered, handshake]
            .into_iter()
            .flatten()
            .min()
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
