//! What the log says seldom, however often it happens: strangers choose that.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// From one time to the next.
const PAUSE: Duration = Duration::from_secs(60);

/// When something was said last.
#[derive(Debug)]
pub struct LogThrottle {
    started: Instant,
    /// Seconds after the start, and one; 0 for never.
    last: AtomicU64,
}

impl Default for LogThrottle {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            last: AtomicU64::new(0),
        }
    }
}

impl LogThrottle {
    /// Whether it is to be said now.
    pub fn is_due(&self) -> bool {
        let now = self.started.elapsed().as_secs().saturating_add(1);
        let last = self.last.load(Ordering::Relaxed);
        let due = last == 0 || now.saturating_sub(last) >= PAUSE.as_secs();
        due && self
            .last
            .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    /// Whether it is to be said for the first and only time.
    pub fn is_first(&self) -> bool {
        self.last.swap(1, Ordering::Relaxed) == 0
    }
}
