//! Who speaks, and what a microphone does not tell by itself: pure, from levels that are measured ten times a
//! second or so.
//!
//! A level is linear, from 0 to 1, as in `audioLevel` (W3C WebRTC section 5.5, `RTCRtpContributingSource`).

use std::time::Duration;

/// A level above which there is a voice; about -36 dBov.
const VOICE: f64 = 0.016;
/// How long there is no voice until one counts as silent: longer than the pauses between words.
const PAUSE: Duration = Duration::from_millis(800);
/// How long somebody has to talk into a muted microphone until it is worth a word. A cough is shorter.
const INSISTS: Duration = Duration::from_millis(500);
/// How long somebody who talked has to be silent until it is worth no word any more.
const GIVES_UP: Duration = Duration::from_secs(8);
/// How long a microphone may give nothing at all.
const DEAD: Duration = Duration::from_secs(10);

/// Whether someone speaks.
#[derive(Debug, Default, Clone, Copy)]
pub struct Voice {
    /// From when on, and when it was heard last.
    heard: Option<(Duration, Duration)>,
}

impl Voice {
    /// Takes a level, and tells whether there is a voice.
    pub fn hear(&mut self, now: Duration, level: f64) -> bool {
        if level >= VOICE {
            let since = self.heard.map_or(now, |(since, _)| since);
            self.heard = Some((since, now));
        } else if self.heard.is_some_and(|(_, last)| now - last >= PAUSE) {
            self.heard = None;
        }
        self.heard.is_some()
    }

    /// How long it has been speaking, up to its last sound.
    pub fn lasts(&self) -> Duration {
        self.heard
            .map_or(Duration::ZERO, |(since, last)| last - since)
    }
}

/// Whether somebody talks while their microphone is off. It is told once for each time that it is off.
#[derive(Debug, Default)]
pub struct MutedTalk {
    voice: Voice,
    told: bool,
    /// When there was a voice last, since it was told.
    last: Option<Duration>,
}

impl MutedTalk {
    /// Takes the level of the microphone before it is muted, and tells whether there is something to say: until it is
    /// unmuted, or nobody has talked for a while.
    pub fn hear(&mut self, now: Duration, muted: bool, level: f64) -> bool {
        if !muted {
            *self = Self::default();
            return false;
        }
        let talks = self.voice.hear(now, level);
        let begins = !self.told && self.voice.lasts() >= INSISTS;
        self.told |= begins;
        if begins || talks && self.last.is_some() {
            self.last = Some(now);
        }
        self.last = self.last.filter(|last| now - *last < GIVES_UP);
        self.last.is_some()
    }
}

/// Whether a microphone that is on gives nothing at all: not even the noise that every room has.
#[derive(Debug, Default)]
pub struct DeadMicrophone {
    since: Option<Duration>,
}

impl DeadMicrophone {
    /// Takes a level, or none where it means nothing: muted, in a hidden page, or while the audio sleeps.
    pub fn hear(&mut self, now: Duration, level: Option<f64>) -> bool {
        if level != Some(0.0) {
            self.since = None;
            return false;
        }
        now - *self.since.get_or_insert(now) >= DEAD
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_voice_lasts_over_the_pauses_between_words() {
        let mut voice = Voice::default();
        assert!(!voice.hear(at(0), 0.001));
        assert!(voice.hear(at(100), 0.1));
        assert!(voice.hear(at(700), 0.0));
        assert!(voice.hear(at(800), 0.2));
        assert_eq!(voice.lasts(), at(700));
        assert!(voice.hear(at(1_500), 0.0));
        assert!(!voice.hear(at(1_600), 0.0));
        assert_eq!(voice.lasts(), Duration::ZERO);
    }

    #[test]
    fn talking_while_muted_is_told_once_and_within_a_second() {
        let mut talk = MutedTalk::default();
        let mut told = |from: u64, until: u64, level| -> Vec<u64> {
            let steps = (from..until).map(|step| step * 100);
            steps
                .filter(|now| talk.hear(at(*now), true, level))
                .collect()
        };
        assert_eq!(told(0, 50, 0.1).first(), Some(&500));
        // A while after the last word it is not worth telling any more, and is not told again.
        let last = told(50, 200, 0.0).last().copied();
        assert!(
            last.is_some_and(|last| (12_000..15_000).contains(&last)),
            "{last:?}"
        );
        assert!(told(200, 250, 0.1).is_empty());
        assert!(!talk.hear(at(25_000), false, 0.1));
        let again = (251..270).any(|step| talk.hear(at(step * 100), true, 0.1));
        assert!(again, "muted again, it is told again");
    }

    #[test]
    fn a_cough_is_not_told() {
        let mut talk = MutedTalk::default();
        for step in 0..100 {
            let level = if step % 20 < 4 { 0.3 } else { 0.0 };
            assert!(!talk.hear(at(step * 100), true, level));
        }
    }

    proptest! {
        #[test]
        fn a_dead_microphone_was_silent_for_ten_seconds(
            levels in prop::collection::vec(prop_oneof![8 => Just(Some(0.0)), 1 => Just(None), 1 => Just(Some(0.001))], 1..400),
        ) {
            let mut microphone = DeadMicrophone::default();
            let mut silent = 0;
            for (step, level) in (0..).zip(levels) {
                silent = if level == Some(0.0) { silent + 1 } else { 0 };
                prop_assert_eq!(microphone.hear(at(step * 100), level), silent > 100);
            }
        }
    }
}
