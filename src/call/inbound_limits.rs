//! What another participant can have this browser do: bounded for each of them, and for all together.
//!
//! What is above the bounds is passed over, and mended as if the network had lost it: an offer is made again when no
//! answer comes, a connection when it does not come to be. Of what someone *wants*, the newest counts, and is acted upon
//! later. The SFU belongs to the server, and is taken at its word.

use std::time::Duration;

use crate::protocol::{Rate, RateLimiter, Signal};

/// New connections with one participant. The server brings fewer.
const CONNECTIONS: Rate = Rate {
    each: Duration::from_secs(5),
    burst: 8,
};
/// New connections in all: a large room that comes together at once fits.
const ALL_CONNECTIONS: Rate = Rate::per_second(5, 400);
/// Offers and answers of one participant.
const DESCRIPTIONS: Rate = Rate::per_second(1, 12);
/// What one participant says that has this side make an offer.
const REQUESTS: Rate = Rate::per_second(1, 12);
/// Candidates of one participant: each has the browser send checks to an address that the other side chooses.
const CANDIDATES: Rate = Rate::per_second(10, 200);
/// Changes of what one participant wants to be sent.
const WISHES: Rate = Rate::per_second(4, 8);

/// What is counted of one participant.
#[derive(Debug, Default)]
pub(super) struct InboundLimits {
    connections: RateLimiter,
    descriptions: RateLimiter,
    requests: RateLimiter,
    candidates: RateLimiter,
}

impl InboundLimits {
    /// Whether a connection is made for an introduction; then it counts, as it does among those of `all`.
    pub fn takes_connection(&mut self, now: Duration, all: &mut RateLimiter) -> bool {
        let fits = self.connections.fits(now, &CONNECTIONS, 1) && all.take(now, &ALL_CONNECTIONS);
        if fits {
            self.connections.charge(now, &CONNECTIONS, 1);
        }
        fits
    }

    /// Whether a signal is heard; then it counts.
    pub fn takes_signal(&mut self, now: Duration, signal: &Signal) -> bool {
        match signal {
            Signal::Offer { .. } | Signal::Answer { .. } => {
                self.descriptions.take(now, &DESCRIPTIONS)
            }
            Signal::Renegotiate { .. } | Signal::TransceiverRequest { .. } => {
                self.requests.take(now, &REQUESTS)
            }
            Signal::Candidate { .. } => self.candidates.take(now, &CANDIDATES),
        }
    }
}

/// What someone wants, of which the newest counts: acted upon at once, or a while later if it changes too often.
#[derive(Debug)]
pub(super) struct Throttled<T> {
    newest: Option<T>,
    limiter: RateLimiter,
}

impl<T> Default for Throttled<T> {
    fn default() -> Self {
        Self {
            newest: None,
            limiter: RateLimiter::default(),
        }
    }
}

impl<T> Throttled<T> {
    /// Someone wants this now, and nothing else.
    pub fn set(&mut self, wanted: T) {
        self.newest = Some(wanted);
    }

    /// What to act upon now.
    pub fn poll(&mut self, now: Duration) -> Option<T> {
        if self.newest.is_none() || !self.limiter.take(now, &WISHES) {
            return None;
        }
        self.newest.take()
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        let newest = self.newest.as_ref();
        newest.map(|_| self.limiter.ready_at(&WISHES, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_subscription_is_acted_upon_in_the_end() {
        let mut subscription = Throttled::default();
        let mut acted = Vec::new();
        let mut now = Duration::from_secs(1);
        for n in 0..1_000 {
            subscription.set(n);
            acted.extend(subscription.poll(now));
            now += Duration::from_millis(1);
        }
        assert!(acted.len() <= 12, "{acted:?}");
        if let Some(at) = subscription.poll_timeout() {
            assert!(at <= now + WISHES.each);
            acted.extend(subscription.poll(at));
        }
        assert_eq!(acted.last(), Some(&999));
        assert_eq!(subscription.poll_timeout(), None);
    }

    #[test]
    fn connections_are_bounded_for_one_and_for_all() {
        let (mut all, now) = (RateLimiter::default(), Duration::from_secs(100));
        let mut one = InboundLimits::default();
        let of_one = (0..1_000).filter(|_| one.takes_connection(now, &mut all));
        assert_eq!(of_one.count(), 8);
        let new = |_: &u32| InboundLimits::default().takes_connection(now, &mut all);
        assert_eq!((0..1_000).filter(new).count(), 392);
        assert!(!one.takes_connection(now + Duration::from_secs(4), &mut all));
        assert!(one.takes_connection(now + Duration::from_secs(5), &mut all));
    }

    #[test]
    fn signals_are_heard_at_their_rates() {
        let heard = |inbound: &mut InboundLimits, signal: Signal| {
            let now = Duration::from_secs(100);
            let all = (0..1_000).filter(|_| inbound.takes_signal(now, &signal));
            all.count()
        };
        let mut inbound = InboundLimits::default();
        assert_eq!(heard(&mut inbound, Signal::renegotiate()), 12);
        let kind = crate::protocol::MediaKind::Video;
        assert_eq!(heard(&mut inbound, Signal::transceiver_request(kind)), 0);
    }
}
