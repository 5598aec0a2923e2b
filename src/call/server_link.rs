//! The link to the server: when to open it and by which [transport](super::transport), when to give an attempt up, how long
//! to wait for the next, and when to ask whether the other end is still there.
//!
//! Waits double from 0.2 s to 5 s, each cut by up to half at random, so that the clients of a server
//! that starts again do not come back in step.

use std::time::Duration;

use super::transport::{PATIENCE, Transport, Transports};

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// How long the answer to `echo` may take.
const ECHO_PATIENCE: Duration = Duration::from_secs(3);
/// How late the clock may be before it is the page itself that was held up, as a page is that wakes.
const HELD_UP: Duration = Duration::from_millis(500);
/// How long the answer may take then: it may be there already, and not read yet.
const SECOND_PATIENCE: Duration = Duration::from_secs(1);
/// How young an attempt to open or to enter is that nothing cuts short.
const YOUNG: Duration = Duration::from_secs(1);
/// How long to rest when the server asks for that, to be doubled twice. Cut by up to half as the other waits.
const REST: Duration = Duration::from_secs(2);

/// The link and the attempts to open it.
#[derive(Debug)]
pub(super) struct ServerLink {
    state: LinkState,
    /// Failed since the last admission.
    failures: u32,
    transports: Transports,
    /// While an `echo` is not answered.
    probe: Option<Attempt>,
    /// How long the server may be silent, once it has said so.
    longest_silence: Option<Duration>,
    /// Until something comes from it.
    silence: Option<Attempt>,
    jitter: Jitter,
}

/// Something that the server is to answer.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    since: Duration,
    until: Duration,
    /// Whether the page was held up meanwhile, and got some time on top.
    is_extended: bool,
}

#[derive(Debug)]
enum LinkState {
    Closed,
    Opening(Attempt),
    /// Open, before a room is entered.
    Outside,
    /// `create-session` is sent.
    Entering(Attempt),
    /// The link is there, and the server has asked to be left alone until then.
    Resting {
        until: Duration,
    },
    Open,
    Waiting {
        until: Duration,
    },
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The next attempt.
    Open,
    /// The end of an attempt that came to nothing, or of a link that is dead.
    GiveUp,
    /// The next attempt to enter.
    Enter,
}

/// What is to be done at once, if anything, when something tells that the server may be reached again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RetryAction {
    /// The next attempt.
    Open,
    /// Ask whether the other end is still there.
    Probe,
}

/// What follows from the end of a link or of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Another transport is tried at once.
    Open,
    /// The next attempt comes later, and is this one.
    Wait(u32),
}

impl ServerLink {
    pub fn new(seed: u64) -> Self {
        Self {
            state: LinkState::Closed,
            failures: 0,
            transports: Transports::new(),
            probe: None,
            longest_silence: None,
            silence: None,
            jitter: Jitter(seed),
        }
    }

    /// Whether events come and go: the participant is inside.
    pub fn is_open(&self) -> bool {
        matches!(self.state, LinkState::Open)
    }

    /// Whether none is wanted.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, LinkState::Closed)
    }

    /// Whether the reply to `create-session` is awaited.
    pub fn is_entering(&self) -> bool {
        matches!(self.state, LinkState::Entering(_))
    }

    /// Whether a room can be entered at once.
    pub fn is_outside(&self) -> bool {
        matches!(self.state, LinkState::Outside)
    }

    /// Begins an attempt now, unless one is under way; tells whether it did.
    pub fn open(&mut self, now: Duration) -> bool {
        let rests = matches!(self.state, LinkState::Closed | LinkState::Waiting { .. });
        self.failures = 0;
        if rests {
            self.begin(now);
        }
        rests
    }

    /// By which transport the link is to be opened, or is open.
    pub fn transport(&self) -> Transport {
        self.transports.current()
    }

    /// Something tells that the server may be reached again, or no more by the way that the link has taken: begins the
    /// attempt now that was to come later; of a link that is open, the answer to an `echo` is awaited from now on.
    pub fn retry_now(&mut self, now: Duration) -> Option<RetryAction> {
        match &mut self.state {
            LinkState::Waiting { .. } => {
                self.begin(now);
                Some(RetryAction::Open)
            }
            LinkState::Outside | LinkState::Resting { .. } | LinkState::Open
                if self.probe.is_none() =>
            {
                self.probe = Some(Attempt::new(now, ECHO_PATIENCE));
                Some(RetryAction::Probe)
            }
            LinkState::Opening(_) if self.transports.are_slow() => None,
            // It was begun when the server could not be reached yet, it may be.
            LinkState::Opening(attempt) | LinkState::Entering(attempt) => {
                if now >= attempt.since + YOUNG {
                    attempt.until = attempt.until.min(now + ECHO_PATIENCE);
                }
                None
            }
            LinkState::Closed
            | LinkState::Outside
            | LinkState::Resting { .. }
            | LinkState::Open => None,
        }
    }

    /// The `echo` is answered.
    pub fn echoed(&mut self) {
        self.probe = None;
    }

    /// Something has come from the server, which is there then: the answer to an `echo` may wait behind what else is on its
    /// way. What comes right after the question may have lain in a buffer while the link died, and gives it more time only.
    pub fn handle_traffic(&mut self, now: Duration) {
        self.silence = (self.longest_silence).map(|longest| Attempt::new(now, longest));
        let Some(probe) = &mut self.probe else {
            return;
        };
        if now >= probe.since + HELD_UP {
            self.probe = None;
        } else {
            probe.until = probe.until.max(probe.since + PATIENCE);
        }
    }

    /// The server tells how long it may be silent at most (Engine.IO protocol, revision 4, `pingInterval` and `pingTimeout`).
    pub fn handle_handshake(&mut self, now: Duration, longest_silence: Duration) {
        self.longest_silence = Some(longest_silence);
        self.handle_traffic(now);
    }

    pub fn close(&mut self) {
        self.state = LinkState::Closed;
        self.forget_link();
    }

    /// What was known of a link that is over.
    fn forget_link(&mut self) {
        self.probe = None;
        self.longest_silence = None;
        self.silence = None;
    }

    /// The attempt has come to something.
    pub fn opened(&mut self) {
        if matches!(self.state, LinkState::Opening(_)) {
            self.transports.opened();
            self.state = LinkState::Outside;
        }
    }

    pub fn entering(&mut self, now: Duration) {
        self.state = LinkState::Entering(Attempt::new(now, PATIENCE));
    }

    /// The reply was a no that is not the end.
    pub fn handle_refused(&mut self) {
        self.state = LinkState::Outside;
    }

    /// The server takes no more just now: what it has refused is asked for again a while later.
    pub fn rest(&mut self, now: Duration) {
        let wait = REST * (1 << self.failures.min(2));
        self.failures = self.failures.saturating_add(1);
        self.state = LinkState::Resting {
            until: now + self.jitter.shorten(wait),
        };
    }

    pub fn admitted(&mut self) {
        self.failures = 0;
        self.state = LinkState::Open;
    }

    /// Begins the next attempt, or to wait for it.
    pub fn lost(&mut self, now: Duration) -> Option<Lost> {
        if matches!(self.state, LinkState::Closed | LinkState::Waiting { .. }) {
            return None;
        }
        self.forget_link();
        if matches!(self.state, LinkState::Opening(_)) && self.transports.failed() {
            self.try_now(now);
            return Some(Lost::Open);
        }
        let doubled = FIRST_WAIT.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        self.state = LinkState::Waiting {
            until: now + self.jitter.shorten(doubled.min(LONGEST_WAIT)),
        };
        Some(Lost::Wait(self.failures))
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let state = match self.state {
            LinkState::Opening(Attempt { until, .. })
            | LinkState::Entering(Attempt { until, .. })
            | LinkState::Resting { until }
            | LinkState::Waiting { until } => Some(until),
            LinkState::Closed | LinkState::Outside | LinkState::Open => None,
        };
        let awaited =
            [self.probe, self.silence].map(|attempt| attempt.map(|attempt| attempt.until));
        awaited.into_iter().chain([state]).flatten().min()
    }

    pub fn handle_timeout(&mut self, now: Duration) -> Option<Due> {
        let state = match &mut self.state {
            LinkState::Waiting { until } if *until <= now => {
                self.begin(now);
                return Some(Due::Open);
            }
            LinkState::Resting { until } if *until <= now => {
                self.state = LinkState::Outside;
                return Some(Due::Enter);
            }
            LinkState::Opening(attempt) | LinkState::Entering(attempt) => Some(attempt),
            _ => None,
        };
        let awaited = [state, self.probe.as_mut(), self.silence.as_mut()];
        let mut awaited = awaited.into_iter().flatten();
        let vain = awaited.any(|attempt| attempt.is_timed_out(now));
        vain.then_some(Due::GiveUp)
    }

    fn begin(&mut self, now: Duration) {
        self.transports.begin();
        self.try_now(now);
    }

    fn try_now(&mut self, now: Duration) {
        self.state = LinkState::Opening(Attempt::new(now, self.transports.patience()));
    }
}

impl Attempt {
    fn new(now: Duration, patience: Duration) -> Self {
        Self {
            since: now,
            until: now + patience,
            is_extended: false,
        }
    }

    /// Whether it is to be given up. A page that was held up reads first what has come meanwhile.
    fn is_timed_out(&mut self, now: Duration) -> bool {
        if !self.is_extended && now > self.until + HELD_UP {
            self.until = now + SECOND_PATIENCE;
            self.is_extended = true;
        }
        self.until <= now
    }
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug)]
struct Jitter(u64);

impl Jitter {
    /// Takes up to half of a wait away.
    fn shorten(&mut self, wait: Duration) -> Duration {
        let half = wait / 2;
        let part = u32::try_from(self.next() >> 48).unwrap_or_default();
        half + half * part / (1 << 16)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests;
