//! A microphone: one who speaks now and then, in turn with the others.

use std::time::Duration;

use super::{Sample, recording::Sounds, stamp};

/// From one packet to the next, and in ticks of 48 kHz.
const INTERVAL: Duration = Duration::from_millis(20);
const TICKS: u32 = 960;
/// How long one speaks until it is another one's turn.
const TURN: Duration = Duration::from_secs(4);
/// A packet of nothing (RFC 6716): a frame of 20 ms of CELT without contents.
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];
/// How loud that is.
const NOTHING: u8 = 127;
/// From how loud on it is speech.
const SPEECH: u8 = 50;

/// What a microphone hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// Somebody who speaks in turn with so many others.
    InTurn {
        /// Whose turn it is first is 0.
        nth: usize,
        /// How many speak.
        of: usize,
    },
    /// Packets of this many bytes each, of which each ends with when it was sent. They are no sounds.
    Packets(usize),
}

/// A microphone that runs.
pub struct Voice {
    speech: Speech,
    next: Duration,
    time: u32,
    /// Which packet of the recording comes next.
    number: usize,
    spoke: bool,
}

impl Voice {
    /// One that begins then.
    pub fn new(speech: Speech, begins: Duration) -> Self {
        Self {
            speech,
            next: begins,
            time: 0,
            number: 0,
            spoke: false,
        }
    }

    /// When the next packet is due.
    pub fn poll_timeout(&self) -> Duration {
        self.next
    }

    /// The packet that is due.
    pub fn take(&mut self, now: Duration) -> Option<Sample> {
        if now < self.next {
            return None;
        }
        self.next = (self.next + INTERVAL).max(now.saturating_sub(INTERVAL));
        self.time = self.time.wrapping_add(TICKS);
        let (payload, level) = match self.speech {
            Speech::InTurn { nth, of } => {
                let turn = (now.as_secs() / TURN.as_secs()) as usize % of.max(1);
                match turn == nth {
                    true => {
                        let (packet, level) = Sounds::voice().get(self.number);
                        self.number += 1;
                        (packet.to_vec(), level)
                    }
                    false => (SILENCE.to_vec(), NOTHING),
                }
            }
            Speech::Packets(bytes) => {
                let mut payload = vec![0; bytes.max(16)];
                if let Some(head) = payload.first_mut() {
                    *head = SILENCE[0];
                }
                stamp(&mut payload, now);
                (payload, SPEECH)
            }
        };
        let speaks = level < SPEECH;
        let marker = speaks && !std::mem::replace(&mut self.spoke, speaks);
        self.spoke = speaks;
        Some(Sample {
            layer: 0,
            time: self.time,
            marker,
            level: Some((level, speaks)),
            payload,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_speak_in_turn() {
        let mut voices =
            [0, 1, 2].map(|nth| Voice::new(Speech::InTurn { nth, of: 3 }, Duration::ZERO));
        let mut spoken = [0; 3];
        for at in (0..24_000).step_by(20).map(Duration::from_millis) {
            let speaks = voices.each_mut().map(|voice| {
                let sample = voice.take(at).unwrap();
                sample.level.unwrap().1
            });
            assert!(speaks.iter().filter(|speaks| **speaks).count() <= 1);
            for (count, speaks) in spoken.iter_mut().zip(speaks) {
                *count += usize::from(speaks);
            }
        }
        assert!(spoken.iter().all(|count| *count > 100), "{spoken:?}");
    }
}
