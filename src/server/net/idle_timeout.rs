//! How long a connection may stay without a request.
//!
//! A head has its time from its first byte, and the first one from when the connection was made. Between requests a
//! connection may be idle for longer: proxies and browsers keep some, and find them closed just when they ask again, so
//! they are to be closed by the other end first.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep};

/// A head is to come, or has begun to.
const HEAD: u8 = 0;
/// A request is answered, or the connection has become a WebSocket.
const BUSY: u8 = 1;
/// Nothing is asked.
const IDLE: u8 = 2;

/// What the connection is at; known to whoever answers its requests. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Activity(Arc<AtomicU8>);

impl Activity {
    /// The head of a request has come.
    pub fn begin(&self) {
        self.0.store(BUSY, Ordering::Relaxed);
    }

    /// The request is answered, and another may come.
    pub fn end(&self) {
        self.0.store(IDLE, Ordering::Relaxed);
    }

    fn get(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Ends a connection on which no request comes.
#[derive(Debug)]
pub struct IdleTimeout {
    activity: Activity,
    since: Instant,
    head: Duration,
    idle: Duration,
    /// Only while something is waited for.
    timer: Option<Pin<Box<Sleep>>>,
}

impl IdleTimeout {
    /// Waits for the first request. `idle` is no shorter than `head`.
    pub fn new(activity: Activity, head: Duration, idle: Duration) -> Self {
        Self {
            activity,
            since: Instant::now(),
            head,
            idle,
            timer: None,
        }
    }

    /// Something was read.
    pub fn handle_read(&mut self) {
        if self.activity.get() == IDLE {
            self.activity.0.store(HEAD, Ordering::Relaxed);
            self.since = Instant::now();
        }
    }

    /// Something was written: an answer, of which the last part may come long after its first.
    pub fn handle_write(&mut self) {
        if self.activity.get() == IDLE {
            self.since = Instant::now();
        }
    }

    /// Resolves when it has been waited for too long: for an idle connection no longer than for a head while connections
    /// are scarce.
    pub fn poll_overdue(&mut self, cx: &mut Context<'_>, is_scarce: impl Fn() -> bool) -> Poll<()> {
        loop {
            let activity = self.activity.get();
            if activity == BUSY {
                self.timer = None;
                return Poll::Pending;
            }
            let now = Instant::now();
            let (head, idle) = (self.since + self.head, self.since + self.idle);
            let next = match activity {
                _ if now < head => head,
                IDLE if now < idle && !is_scarce() => idle.min(now + self.head),
                _ => return Poll::Ready(()),
            };
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(next)));
            timer.as_mut().reset(next);
            ready!(timer.as_mut().poll(cx));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const HEAD_TIME: Duration = Duration::from_millis(100);
    const IDLE_TIME: Duration = Duration::from_secs(2);

    async fn overdue_after(waiting: &mut IdleTimeout, is_scarce: bool) -> Duration {
        let begun = Instant::now();
        poll_fn(|cx| waiting.poll_overdue(cx, || is_scarce)).await;
        begun.elapsed()
    }

    #[tokio::test]
    async fn heads_have_their_time_from_the_first_byte_and_idle_connections_more() {
        let activity = Activity::default();
        let mut waiting = IdleTimeout::new(activity.clone(), HEAD_TIME, IDLE_TIME);
        let is_short = |time| (HEAD_TIME / 2..IDLE_TIME).contains(&time);
        assert!(is_short(overdue_after(&mut waiting, false).await), "first");
        activity.begin();
        let busy = tokio::time::timeout(3 * HEAD_TIME, overdue_after(&mut waiting, true));
        assert!(busy.await.is_err(), "it is answered");
        activity.end();
        waiting.handle_write();
        assert!(overdue_after(&mut waiting, false).await > IDLE_TIME / 2);
        activity.end();
        waiting.handle_write();
        assert!(is_short(overdue_after(&mut waiting, true).await), "scarce");
        activity.end();
        waiting.handle_read();
        let since = waiting.since;
        waiting.handle_read();
        assert_eq!(waiting.since, since, "it trickles");
        assert!(is_short(overdue_after(&mut waiting, false).await));
    }
}
