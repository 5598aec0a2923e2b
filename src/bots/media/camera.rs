//! A camera: what was recorded, or a pattern of as many packets as are wanted.

use std::time::Duration;

use super::{
    Sample,
    recording::{PICTURE_TICKS, Pictures},
    stamp,
    vp8::{self, Name},
};

/// From one picture to the next.
const INTERVAL: Duration = Duration::from_millis(40);
/// Pictures a second.
const RATE: u32 = 25;
/// Bytes of a pattern's payload.
const PATTERN_BYTES: usize = 1_200;

/// What a camera shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Somebody, in three layers.
    Recorded,
    /// So many packets of 1,200 bytes each second, of which each ends with when it was sent. They are no pictures.
    Packets(u32),
}

/// A camera that runs.
pub struct Camera {
    pattern: Pattern,
    next: Duration,
    /// Which picture comes next; a key frame is the first of each circle.
    number: usize,
    time: u32,
    id: u16,
    tl0: u8,
    needs_key_frame: bool,
}

impl Camera {
    /// One that shows the first picture then.
    pub fn new(pattern: Pattern, begins: Duration) -> Self {
        Self {
            pattern,
            next: begins,
            number: 0,
            time: 0,
            id: 0,
            tl0: 0,
            needs_key_frame: true,
        }
    }

    /// When the next picture is due.
    pub fn poll_timeout(&self) -> Duration {
        self.next
    }

    /// The next picture is a key frame.
    pub fn request_key_frame(&mut self) {
        self.needs_key_frame = true;
    }

    /// The payloads of the picture that is due, in all layers.
    pub fn take(&mut self, now: Duration) -> Vec<Sample> {
        if now < self.next {
            return Vec::new();
        }
        // Who was held up does not send everything at once.
        self.next = (self.next + INTERVAL).max(now.saturating_sub(INTERVAL));
        if std::mem::take(&mut self.needs_key_frame) {
            self.number = 0;
        }
        self.time = self.time.wrapping_add(PICTURE_TICKS);
        self.id = self.id.wrapping_add(1) & 0x7fff;
        let samples = match self.pattern {
            Pattern::Recorded => self.recorded(),
            Pattern::Packets(rate) => self.packets(now, rate),
        };
        self.number += 1;
        samples
    }

    fn recorded(&mut self) -> Vec<Sample> {
        let mut samples = Vec::new();
        for (layer, pictures) in Pictures::layers().iter().enumerate() {
            let (picture, temporal) = pictures.get(self.number);
            if layer == 0 && temporal == 0 {
                self.tl0 = self.tl0.wrapping_add(1);
            }
            let name = Name {
                id: self.id,
                tl0: self.tl0,
                layer: temporal,
            };
            for payload in vp8::payloads(name, picture) {
                samples.push(self.sample(layer, payload));
            }
            if let Some(last) = samples.last_mut() {
                last.marker = true;
            }
        }
        samples
    }

    fn packets(&mut self, now: Duration, rate: u32) -> Vec<Sample> {
        self.tl0 = self.tl0.wrapping_add(1);
        let name = Name {
            id: self.id,
            tl0: self.tl0,
            layer: 0,
        };
        // Rates that are no multiple of 25 are met on the average.
        let number = self.number as u64;
        let until = |number: u64| number * u64::from(rate) / u64::from(RATE);
        let count = (until(number + 1) - until(number)).max(1);
        let mut samples: Vec<_> = (0..count)
            .map(|at| {
                let first = match self.number {
                    0 => [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01],
                    _ => [0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                };
                let mut payload = vp8::payloads(name, &first).next().unwrap_or_default();
                if at > 0
                    && let Some(head) = payload.first_mut()
                {
                    *head = 0x80;
                }
                payload.resize(PATTERN_BYTES, 0);
                stamp(&mut payload, now);
                self.sample(0, payload)
            })
            .collect();
        if let Some(last) = samples.last_mut() {
            last.marker = true;
        }
        samples
    }

    fn sample(&self, layer: usize, payload: Vec<u8>) -> Sample {
        Sample {
            layer,
            time: self.time,
            marker: false,
            level: None,
            payload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bots::stream_check::{Arrived, StreamCheck};
    use crate::protocol::MediaKind;

    fn run(camera: &mut Camera, seconds: u64, layer: usize) -> crate::bots::stream_check::Findings {
        let mut check = StreamCheck::new(MediaKind::Video);
        let mut seq = 0;
        for at in (0..seconds * 1_000).map(Duration::from_millis) {
            for sample in camera
                .take(at)
                .into_iter()
                .filter(|sample| sample.layer == layer)
            {
                seq += 1;
                let arrived = Arrived {
                    seq,
                    time: sample.time,
                    marker: sample.marker,
                    bytes: sample.payload.len(),
                    picture: vp8::read(&sample.payload),
                };
                check.handle_packet(at, &arrived);
            }
        }
        check.close()
    }

    #[test]
    fn what_was_recorded_is_shown_in_all_layers_without_a_gap() {
        for (layer, height) in [180, 360, 720].into_iter().enumerate() {
            let found = run(
                &mut Camera::new(Pattern::Recorded, Duration::ZERO),
                10,
                layer,
            );
            assert_eq!((found.pictures, found.height), (250, height));
            assert_eq!((found.backwards, found.undecodable, found.gaps), (0, 0, 0));
        }
    }

    #[test]
    fn a_pattern_has_as_many_packets_as_are_wanted() {
        for rate in [25, 90, 625, 2_000] {
            let found = run(
                &mut Camera::new(Pattern::Packets(rate), Duration::ZERO),
                10,
                0,
            );
            assert_eq!(found.packets, u64::from(rate) * 10);
            assert_eq!(
                (found.key_frames, found.backwards, found.undecodable),
                (1, 0, 0)
            );
        }
    }

    #[test]
    fn who_was_held_up_sends_two_pictures_at_once_at_most() {
        let mut camera = Camera::new(Pattern::Packets(25), Duration::ZERO);
        assert_eq!(camera.take(Duration::from_secs(60)).len(), 1);
        let now = Duration::from_secs(60);
        assert!(camera.poll_timeout() >= now - INTERVAL);
    }
}
