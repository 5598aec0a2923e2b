//! When a source is asked for a key frame.
//!
//! One key frame serves all who wait for one: a source is asked at most once in [`PAUSE`], and what is asked for within
//! that time is asked for after it, unless a key frame has come. A request that brings none is repeated a few times.

use std::time::{Duration, Instant};

/// The shortest time between two requests.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a key frame may take until it is asked for again.
const PATIENCE: Duration = Duration::from_secs(1);
/// Most requests in a row that bring nothing.
const TRIES: u8 = 4;

/// The requests to one source.
#[derive(Debug, Default)]
pub(super) struct KeyFrameRequests {
    last: Option<Instant>,
    /// Whether somebody has asked since.
    wanted: bool,
    /// How many requests have brought nothing yet.
    tries: u8,
}

impl KeyFrameRequests {
    /// Somebody needs a key frame; whether to ask the source for it now.
    pub fn ask(&mut self, now: Instant) -> bool {
        if self.last.is_some_and(|last| now < last + PAUSE) {
            self.wanted = true;
            return false;
        }
        self.tries = 0;
        self.send(now);
        true
    }

    /// A key frame has begun.
    pub fn handle_key_frame(&mut self) {
        self.wanted = false;
        self.tries = 0;
    }

    /// When to come back.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let last = self.last?;
        match self.wanted {
            true => Some(last + PAUSE),
            false => (1..TRIES).contains(&self.tries).then(|| last + PATIENCE),
        }
    }

    /// Whether to ask the source now.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        let due = self.poll_timeout().is_some_and(|due| due <= now);
        if due {
            self.send(now);
        }
        due
    }

    fn send(&mut self, now: Instant) {
        self.last = Some(now);
        self.wanted = false;
        self.tries = self.tries.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_source_is_asked_once_in_a_while() {
        let start = Instant::now();
        let mut requests = KeyFrameRequests::default();
        assert!(requests.ask(start));
        assert!(!requests.ask(start + ms(100)));
        assert!(!requests.ask(start + ms(499)));
        assert_eq!(requests.poll_timeout(), Some(start + PAUSE));
        assert!(!requests.handle_timeout(start + ms(499)));
        assert!(requests.handle_timeout(start + PAUSE));
        assert!(!requests.ask(start + ms(600)));
    }

    #[test]
    fn one_key_frame_serves_all() {
        let start = Instant::now();
        let mut requests = KeyFrameRequests::default();
        assert!(requests.ask(start));
        assert!(!requests.ask(start + ms(100)));
        requests.handle_key_frame();
        assert_eq!(requests.poll_timeout(), None);
        assert!(requests.ask(start + PAUSE));
    }

    #[test]
    fn a_request_without_effect_is_repeated_a_few_times() {
        let start = Instant::now();
        let mut requests = KeyFrameRequests::default();
        assert!(requests.ask(start));
        let mut sent = 1;
        while let Some(due) = requests.poll_timeout() {
            assert!(requests.handle_timeout(due));
            sent += 1;
        }
        assert_eq!(sent, TRIES);
        assert!(requests.ask(start + ms(60_000)));
    }
}
