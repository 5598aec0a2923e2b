//! Which transport the next attempt to reach the server takes, and how long it may take to open.
//!
//! A WebSocket is tried first. Some proxies refuse the upgrade, and others let it hang: then long polling, which is plain
//! HTTP, is tried at once. What has worked on this page is tried first from then on, and the WebSocket again now and then.

use std::time::Duration;

/// How long a WebSocket may take to open before long polling is tried, where none has opened on this page yet.
pub(super) const UPGRADE_PATIENCE: Duration = Duration::from_secs(3);
/// How long any other attempt may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Failures of a transport that has worked before, one after the other, until the other one is tried, too: most often it is
/// the server that is away.
const FAILURES: u32 = 2;
/// Where long polling works and the WebSocket did not, every fourth link tries the WebSocket again.
const UPGRADE_EVERY: u32 = 4;

/// A transport of Engine.IO 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// One WebSocket.
    WebSocket,
    /// One `GET` that waits and one `POST` at a time.
    Polling,
}

/// What is known of the transports.
#[derive(Debug)]
pub(super) struct Transports {
    /// That of the attempt under way, or of the link.
    current: Transport,
    /// That of the last link that opened.
    proven: Option<Transport>,
    /// Whether the other transport was tried in this round already.
    fell_back: bool,
    /// Rounds that came to nothing since a link was open.
    failures: u32,
    /// Rounds since long polling was proven.
    rounds: u32,
}

impl Transports {
    pub fn new() -> Self {
        Self {
            current: Transport::WebSocket,
            proven: None,
            fell_back: false,
            failures: 0,
            rounds: 0,
        }
    }

    /// That of the attempt under way, or of the link.
    pub fn current(&self) -> Transport {
        self.current
    }

    /// Begins a round of attempts.
    pub fn begin(&mut self) {
        self.fell_back = false;
        self.rounds = self.rounds.wrapping_add(1);
        let polls =
            self.proven == Some(Transport::Polling) && !self.rounds.is_multiple_of(UPGRADE_EVERY);
        self.current = if polls {
            Transport::Polling
        } else {
            Transport::WebSocket
        };
    }

    /// How long the attempt under way may take to open. A way so slow that neither transport opens is given more time in
    /// the rounds that follow.
    pub fn patience(&self) -> Duration {
        let is_doubtful = self.current == Transport::WebSocket
            && self.proven != Some(Transport::WebSocket)
            && self.failures == 0;
        if is_doubtful {
            UPGRADE_PATIENCE
        } else {
            PATIENCE
        }
    }

    /// Whether none has opened in a whole round, nor ever before.
    pub fn are_slow(&self) -> bool {
        self.proven.is_none() && self.failures > 0
    }

    /// The attempt has come to a link.
    pub fn opened(&mut self) {
        if self.proven != Some(self.current) {
            self.rounds = 0;
        }
        self.proven = Some(self.current);
        self.failures = 0;
    }

    /// The attempt has come to nothing; whether the other transport is to be tried at once.
    pub fn failed(&mut self) -> bool {
        let other = match self.current {
            Transport::WebSocket => Transport::Polling,
            Transport::Polling => Transport::WebSocket,
        };
        let is_away = self.proven == Some(self.current) && self.failures < FAILURES;
        // From nothing known, the WebSocket comes first and has failed by then.
        let was_tried = self.fell_back;
        if was_tried || is_away {
            self.failures = self.failures.saturating_add(1);
            return false;
        }
        self.fell_back = true;
        self.current = other;
        true
    }
}

#[cfg(test)]
mod tests {
    use Transport::{Polling, WebSocket};

    use super::*;

    /// The transports of a round in which all of them fail.
    fn failing_round(transports: &mut Transports) -> Vec<Transport> {
        transports.begin();
        let mut tried = vec![transports.current()];
        while transports.failed() {
            tried.push(transports.current());
        }
        tried
    }

    #[test]
    fn polling_is_tried_at_once_where_no_websocket_opens() {
        let mut transports = Transports::new();
        transports.begin();
        assert_eq!(transports.current(), WebSocket);
        assert_eq!(transports.patience(), UPGRADE_PATIENCE);
        assert!(transports.failed());
        assert_eq!(transports.current(), Polling);
        assert_eq!(transports.patience(), PATIENCE);
        assert!(!transports.failed(), "the round is over");
        assert_eq!(failing_round(&mut transports), [WebSocket, Polling]);
        transports.begin();
        assert_eq!(transports.patience(), PATIENCE, "on a slow way");
    }

    #[test]
    fn a_websocket_that_has_worked_is_not_given_up_for_a_server_that_is_away() {
        let mut transports = Transports::new();
        transports.begin();
        transports.opened();
        let rounds: Vec<_> = (0..3).map(|_| failing_round(&mut transports)).collect();
        assert_eq!(
            rounds,
            [vec![WebSocket], vec![WebSocket], vec![WebSocket, Polling]]
        );
        transports.begin();
        assert_eq!(transports.patience(), PATIENCE);
        transports.opened();
        assert_eq!(failing_round(&mut transports), [WebSocket], "counted anew");
    }

    #[test]
    fn what_works_is_taken_first_and_the_websocket_tried_again_sometimes() {
        let mut transports = Transports::new();
        transports.begin();
        assert!(transports.failed());
        transports.opened();
        let first: Vec<_> = (0..8)
            .map(|_| {
                transports.begin();
                let first = transports.current();
                if first == WebSocket {
                    assert_eq!(transports.patience(), UPGRADE_PATIENCE);
                    assert!(transports.failed());
                }
                transports.opened();
                first
            })
            .collect();
        let (p, w) = (Polling, WebSocket);
        assert_eq!(first, [p, p, p, w, p, p, p, w]);
        while transports.current() != WebSocket {
            transports.begin();
        }
        transports.opened();
        transports.begin();
        assert_eq!(transports.current(), WebSocket, "it has come back");
    }

    #[test]
    fn a_page_that_polls_and_changes_its_network_comes_to_the_websocket() {
        let mut transports = Transports::new();
        transports.begin();
        transports.failed();
        transports.opened();
        let rounds: Vec<_> = (0..3).map(|_| failing_round(&mut transports)).collect();
        assert_eq!(
            rounds,
            [vec![Polling], vec![Polling], vec![Polling, WebSocket]]
        );
    }
}
