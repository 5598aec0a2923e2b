//! When someone speaks: voice activity of every moment, made into spells of speech and speakers.

use std::time::Duration;

/// Silence within a talk that does not end it, as between two words.
const SPEECH_PAUSE: Duration = Duration::from_millis(500);
/// Speech of this length makes a speaker.
const MIN_SPEECH: Duration = Duration::from_secs(1);
/// How long a speaker is one after the last word.
const SPEAKER_MEMORY: Duration = Duration::from_secs(60);

/// What has been heard of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Voice {
    /// Nothing that counts any more.
    #[default]
    Silent,
    /// The last talk, or the one that goes on.
    Heard(SpeechSpell),
}

/// Words without a longer silence between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SpeechSpell {
    /// The first word.
    pub since: Duration,
    /// The last word; `None` while it is spoken.
    until: Option<Duration>,
    /// Whether this talk, or one not long before it, made a speaker.
    speaker: bool,
}

impl Voice {
    /// Takes whether words are heard at `now`.
    pub fn hear(&mut self, now: Duration, speaks: bool) {
        let mut talk = match (*self, speaks) {
            (Self::Silent, false) => return,
            (Self::Silent, true) => SpeechSpell::new(now, false),
            (Self::Heard(talk), true) if !talk.is_continued(now) => {
                SpeechSpell::new(now, talk.speaker)
            }
            (Self::Heard(talk), true) => SpeechSpell {
                until: None,
                ..talk
            },
            (Self::Heard(talk), false) => SpeechSpell {
                until: talk.until.or(Some(now)),
                ..talk
            },
        };
        talk.speaker |= talk.length(now) >= MIN_SPEECH;
        let silence = now.saturating_sub(talk.until.unwrap_or(now));
        *self = if silence >= SPEAKER_MEMORY {
            Self::Silent
        } else {
            Self::Heard(talk)
        };
    }

    /// The talk that goes on at `now`.
    pub fn talk(&self, now: Duration) -> Option<SpeechSpell> {
        match self {
            Self::Heard(talk) if talk.is_continued(now) => Some(*talk),
            _ => None,
        }
    }

    /// Whether a talk goes on at `now` that has made a speaker.
    pub fn is_talking(&self, now: Duration) -> bool {
        self.talk(now)
            .is_some_and(|talk| talk.length(now) >= MIN_SPEECH)
    }

    /// The last word of a speaker.
    pub fn last_heard(&self, now: Duration) -> Option<Duration> {
        match self {
            Self::Heard(talk) if talk.speaker => Some(talk.until.unwrap_or(now)),
            _ => None,
        }
    }

    /// When something becomes different by time alone; some of these moments may be over.
    pub fn deadlines(&self) -> [Option<Duration>; 3] {
        match self {
            Self::Silent => [None; 3],
            Self::Heard(talk) => [
                Some(talk.since + MIN_SPEECH),
                talk.until.map(|until| until + SPEECH_PAUSE),
                talk.until.map(|until| until + SPEAKER_MEMORY),
            ],
        }
    }
}

impl SpeechSpell {
    fn new(now: Duration, speaker: bool) -> Self {
        Self {
            since: now,
            until: None,
            speaker,
        }
    }

    fn is_continued(&self, now: Duration) -> bool {
        self.until
            .is_none_or(|until| now.saturating_sub(until) < SPEECH_PAUSE)
    }

    /// From the first word to the last one so far.
    pub fn length(&self, now: Duration) -> Duration {
        self.until.unwrap_or(now).saturating_sub(self.since)
    }
}
