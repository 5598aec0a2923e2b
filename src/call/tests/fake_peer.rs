//! A model of the browser's peer connection: it is joined with another one when both hold the newest
//! credentials of each other and a candidate for them, as ICE is (RFC 8445), and notices with delay
//! when it is not. It has media sections, which only an initiator adds.

use super::{dice::Dice, *};
use crate::{call::sections::SectionCounts, protocol::MediaKind};

/// A peer connection.
#[derive(Debug)]
pub struct FakePeer {
    pub serial: u32,
    /// Credentials in use.
    pub local: Option<String>,
    pub remote: Option<String>,
    /// Credentials of an offer that is not answered yet.
    pending: Option<String>,
    /// Whether a candidate for `remote` has come.
    reached: bool,
    /// Local credentials whose path is cut.
    cut: Option<String>,
    pub closed: bool,
    /// What was reported last, and since when things are worse than that or not better.
    pub connection: ConnectionState,
    since: Duration,
    name: String,
    generations: u32,
    /// What there are transceivers for.
    sections: SectionCounts,
    /// What both sides have described.
    pub negotiated: SectionCounts,
    /// When the actions that were asked for so far are done.
    idle_at: Duration,
}

/// Events and the times at which they are reported.
type Reports = Vec<(Duration, PeerEvent)>;

impl FakePeer {
    /// `name` is unlike that of every other one.
    pub fn new(serial: u32, name: String, initiator: bool) -> Self {
        Self {
            serial,
            local: None,
            remote: None,
            pending: None,
            reached: false,
            cut: None,
            closed: false,
            connection: ConnectionState::New,
            since: Duration::ZERO,
            name,
            generations: 0,
            sections: match initiator {
                true => SectionCounts::FIRST,
                false => SectionCounts::NONE,
            },
            negotiated: SectionCounts::NONE,
            idle_at: Duration::ZERO,
        }
    }

    pub fn perform(&mut self, now: Duration, action: PeerAction, dice: &mut Dice) -> Reports {
        self.idle_at = self.idle_at.max(now) + dice.millis(1, 30);
        if self.closed {
            return self.failed();
        }
        match action {
            PeerAction::Offer { restart_ice } => self.offer(restart_ice, dice),
            PeerAction::Accept(sdp) => self.accept(now, &sdp),
            PeerAction::Answer(sdp) => self.answer(now, &sdp, dice),
            PeerAction::AddCandidate(candidate) => {
                let fits = self
                    .remote
                    .as_ref()
                    .is_some_and(|remote| candidate.candidate.ends_with(remote));
                self.reached |= fits;
                Vec::new()
            }
            PeerAction::AddTransceiver(kind) => {
                self.sections = self.sections.and(kind);
                assert!(
                    SectionCounts::ALL.hold(self.sections),
                    "one set of sections"
                );
                Vec::new()
            }
            PeerAction::Create { .. } | PeerAction::Close => unreachable!("done by the world"),
        }
    }

    /// The path that is in use is cut; another restart finds one.
    pub fn cut(&mut self) {
        self.cut = self.local.clone();
    }

    /// Whether media flows between the two.
    pub fn joins(&self, other: &Self) -> bool {
        let whole = |peer: &Self| peer.reached && !peer.closed && peer.cut != peer.local;
        self.local.is_some()
            && self.local == other.remote
            && self.remote == other.local
            && whole(self)
            && whole(other)
    }

    /// Looks at the connection, and tells what has become of it.
    pub fn observe(&mut self, now: Duration, joined: bool) -> Option<ConnectionState> {
        use ConnectionState::{Closed, Connected, Connecting, Disconnected, Failed, New};
        let waited = now.saturating_sub(self.since);
        let next = match self.connection {
            Closed => return None,
            _ if self.closed => Closed,
            Connected if joined => {
                self.since = now;
                return None;
            }
            _ if joined => Connected,
            New if self.remote.is_some() && self.local.is_some() => Connecting,
            Connecting if waited >= 15 * SECOND => Failed,
            Connected if waited >= 5 * SECOND => Disconnected,
            Disconnected if waited >= 15 * SECOND => Failed,
            New | Connecting | Connected | Disconnected | Failed => return None,
        };
        (self.connection, self.since) = (next, now);
        Some(next)
    }

    fn offer(&mut self, restart_ice: bool, dice: &mut Dice) -> Reports {
        let known = self
            .pending
            .clone()
            .or_else(|| self.local.clone())
            .filter(|_| !restart_ice);
        let fresh = known.is_none();
        let credentials = known.unwrap_or_else(|| self.credentials());
        self.pending = Some(credentials.clone());
        self.report(&credentials, fresh, PeerEvent::Offered, dice)
    }

    fn accept(&mut self, now: Duration, answer: &Sdp) -> Reports {
        let Some(pending) = self.pending.take() else {
            return self.failed();
        };
        self.local = Some(pending);
        self.negotiated = SectionCounts::of(answer);
        self.set_remote(now, answer);
        vec![(self.idle_at, PeerEvent::RemoteSet)]
    }

    fn answer(&mut self, now: Duration, offer: &Sdp, dice: &mut Dice) -> Reports {
        if self.pending.is_some() {
            return self.failed();
        }
        let fresh = self.set_remote(now, offer);
        if fresh {
            self.local = Some(self.credentials());
        }
        self.sections = SectionCounts::of(offer);
        assert!(self.sections.hold(self.negotiated), "none is taken away");
        self.negotiated = self.sections;
        let mut reports = vec![(self.idle_at, PeerEvent::RemoteSet)];
        self.idle_at += dice.millis(1, 30);
        let credentials = self.local.clone().unwrap_or_default();
        reports.extend(self.report(&credentials, fresh, PeerEvent::Answered, dice));
        reports
    }

    /// Whether the credentials are others than before.
    fn set_remote(&mut self, now: Duration, sdp: &Sdp) -> bool {
        let credentials = sdp
            .as_str()
            .lines()
            .find_map(|line| line.strip_prefix("a=ice-ufrag:"))
            .map(Into::into);
        let fresh = self.remote != credentials;
        if fresh {
            (self.remote, self.reached) = (credentials, false);
            if self.connection == ConnectionState::Failed {
                (self.connection, self.since) = (ConnectionState::Connecting, now);
            }
        }
        fresh
    }

    /// Reports a description, and candidates for credentials that are new.
    fn report(
        &self,
        credentials: &str,
        fresh: bool,
        event: fn(Sdp) -> PeerEvent,
        dice: &mut Dice,
    ) -> Reports {
        let media: String = MediaKind::ALL
            .into_iter()
            .map(|kind| format!("m={} 9\r\n", kind.as_str()).repeat(self.sections.count(kind)))
            .collect();
        let text = format!("v=0\r\na=ice-ufrag:{credentials}\r\n{media}");
        let mut reports = vec![(self.idle_at, event(Sdp::parse(text).unwrap()))];
        for _ in 0..if fresh { 3 } else { 0 } {
            let found = candidate(&format!(
                "candidate:1 1 udp 1 10.0.0.1 9 typ host ufrag {credentials}"
            ));
            reports.push((
                self.idle_at + dice.millis(1, 80),
                PeerEvent::Candidate(found),
            ));
        }
        reports
    }

    fn credentials(&mut self) -> String {
        self.generations += 1;
        format!("{}-{}", self.name, self.generations)
    }

    fn failed(&self) -> Reports {
        vec![(self.idle_at, PeerEvent::Failed("InvalidStateError".into()))]
    }
}
