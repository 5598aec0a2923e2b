//! What a bot sends.

pub mod camera;
pub mod recording;
pub mod voice;
pub mod vp8;

use std::time::Duration;

/// A payload that is to be sent now.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Which layer of a camera, the smallest first; 0 of a sound.
    pub layer: usize,
    /// The timestamp, in ticks of the kind's clock.
    pub time: u32,
    /// Whether it is the last one of a picture, or of a sound the first one after a pause.
    pub marker: bool,
    /// How loud a sound is, in decibels below full scale, and whether that is speech (RFC 6464).
    pub level: Option<(u8, bool)>,
    /// What it holds.
    pub payload: Vec<u8>,
}

/// Bytes of the time that ends a payload of a [`camera::Pattern`] or of a sound beside one.
const STAMP: usize = 8;

/// Writes when a payload is sent into its last bytes.
fn stamp(payload: &mut [u8], now: Duration) {
    let nanoseconds = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
    if let Some(end) = payload.last_chunk_mut::<STAMP>() {
        *end = nanoseconds.to_be_bytes();
    }
}

/// When a payload was sent that ends with its time.
pub fn read_stamp(payload: &[u8]) -> Option<Duration> {
    let end = payload.last_chunk::<STAMP>()?;
    Some(Duration::from_nanos(u64::from_be_bytes(*end)))
}
