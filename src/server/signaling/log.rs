//! What the log tells of connections and rooms, in a default run: one line for each join, leave and refusal, with its reason.
//!
//! Each line stands in the span of its connection, and what is about a meeting in the span of its room. The spans are made
//! when something is logged, and not kept with the connection: a span takes half a kilobyte, and few connections are ever
//! told of. Names, addresses and tokens are in no line; who wants to know of them logs at debug.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use engineioxide::DisconnectReason;
use tracing::Span;

use crate::{
    protocol::{Rate, RateLimiter, Refusal},
    room::{ConnectionId, Membership, MembershipChange},
};

/// Lines of one kind that strangers can cause by themselves. The others are counted, and told with the next one.
const LINES: Rate = Rate::per_second(5, 50);
/// The first characters of a meeting's id, which tell it from others well enough.
const ID_LENGTH: usize = 8;

/// Tells of connections, but of no kind of event more often than [`LINES`].
#[derive(Debug)]
pub struct ConnectionLog {
    started: Instant,
    /// By the kind: codes of refusals, and the ends of connections.
    kinds: Mutex<BTreeMap<&'static str, Kind>>,
}

#[derive(Debug, Default)]
struct Kind {
    limiter: RateLimiter,
    /// Lines that were left out since the last one.
    omitted: u64,
}

impl Default for ConnectionLog {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            kinds: Mutex::default(),
        }
    }
}

impl ConnectionLog {
    /// Something that a client asked for is refused. `event` names it, as far as it is known.
    pub fn refusal(&self, connection: ConnectionId, event: &str, refusal: &Refusal) {
        let code = refusal.code();
        let Some(omitted) = self.is_due(code) else {
            return;
        };
        // What is no event of ours may be anything that a stranger has written.
        let event = match refusal {
            Refusal::UnknownEvent(_) => "unknown",
            _ => event,
        };
        span(connection).in_scope(|| tracing::info!(event, code, omitted, "refused"));
    }

    /// A connection is over.
    pub fn over(&self, connection: ConnectionId, reason: &DisconnectReason) {
        if let Some(omitted) = self.is_due("over") {
            span(connection).in_scope(|| tracing::info!(?reason, omitted, "connection over"));
        }
    }

    /// Whether something of this kind is to be logged, and how much was left out before.
    fn is_due(&self, kind: &'static str) -> Option<u64> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.entry(kind).or_default().next(self.started.elapsed())
    }
}

impl Kind {
    fn next(&mut self, now: Duration) -> Option<u64> {
        if self.limiter.take(now, &LINES) {
            return Some(std::mem::take(&mut self.omitted));
        }
        self.omitted = self.omitted.saturating_add(1);
        None
    }
}

/// A client is got rid of, for a reason of ours. What it cost to bring that about bounds how often it is told.
pub fn cut(connection: Option<ConnectionId>, reason: &str) {
    match connection {
        Some(connection) => span(connection).in_scope(|| tracing::info!(reason, "cut")),
        // Nobody was let in.
        None => tracing::debug!(reason, "cut"),
    }
}

/// Tells what became of somebody's place in a meeting.
pub fn membership(membership: &Membership, transport: Option<&'static str>) {
    let Membership {
        participant,
        connection,
        inside,
        change,
        ..
    } = membership;
    let _connection = connection.map(|connection| span(connection).entered());
    let meeting = membership.meeting.as_str().get(..ID_LENGTH);
    let _room = tracing::info_span!("room", meeting).entered();
    match change {
        MembershipChange::Joined => tracing::info!(%participant, inside, transport, "joined"),
        MembershipChange::Resumed => tracing::info!(%participant, inside, transport, "resumed"),
        MembershipChange::Recovered => {
            tracing::info!(%participant, inside, transport, "resumed after a restart of the server");
        }
        MembershipChange::Disconnected => {
            tracing::info!(%participant, inside, "disconnected: the place is kept for a while");
        }
        MembershipChange::Left(reason) => {
            tracing::info!(%participant, inside, reason = reason.as_str(), "left");
        }
        MembershipChange::Knocked => tracing::info!(%participant, "knocks at the locked room"),
        MembershipChange::Admitted => tracing::info!(%participant, "let in by the host"),
        MembershipChange::Denied => tracing::info!(%participant, "not let in by the host"),
        MembershipChange::PeerFailed(other) => {
            tracing::info!(%participant, %other, "the connection of the two failed: introduced anew");
        }
        MembershipChange::SfuUnreachable => {
            tracing::info!(%participant, "no way to the SFU: connected with everybody straight");
        }
        MembershipChange::NeedsSfu(other) => {
            tracing::info!(%participant, %other, "no way between the two but by the SFU");
        }
    }
}

fn span(connection: ConnectionId) -> Span {
    tracing::info_span!("connection", id = connection.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_kind_is_counted_and_leaves_the_others_their_lines() {
        let mut flood = Kind::default();
        let told = (0..1_000)
            .filter_map(|_| flood.next(Duration::ZERO))
            .count();
        assert_eq!(told, 50);
        assert_eq!(flood.next(Duration::from_secs(1)), Some(950));
        assert_eq!(flood.next(Duration::from_secs(1)), Some(0));

        let log = ConnectionLog::default();
        let refusals = (0..1_000).filter_map(|_| log.is_due("locked")).count();
        assert!((50..100).contains(&refusals), "{refusals}");
        assert_eq!(log.is_due("room-full"), Some(0));
    }
}
