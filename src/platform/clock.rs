//! The time since the page was opened; `Instant` does not exist in a browser.

use std::time::Duration;

use super::dom::window;

/// The time since the page was opened (W3C High Resolution Time section 7).
pub fn now() -> Duration {
    window()
        .performance()
        .map_or(Duration::ZERO, |performance| {
            Duration::from_secs_f64(performance.now() / 1_000.0)
        })
}

/// Milliseconds since 1970; whole, since the code that writes and reads fractions is large.
pub fn unix_millis() -> u64 {
    js_sys::Date::now() as u64
}
