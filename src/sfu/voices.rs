//! Who is heard in a room: the loudest few, by the levels that their packets tell (RFC 6464).
//!
//! Whoever begins to speak is heard from the first packet on, as long as not all places are taken by others who speak. Who has
//! a place keeps it through pauses, until somebody else needs it: so one who goes on after a pause loses nothing. Between
//! people who speak at the same time, places change hands only to one who is clearly louder, and not often.
//!
//! Of one who tells no levels nobody knows when they speak, so they are always heard, beside the others; what they send is
//! bounded as all sounds are ([`shares`](super::shares)).

use std::time::{Duration, Instant};

use crate::protocol::ParticipantId;

/// From this level on somebody speaks, in decibels below full scale. It is low: the first consonant of a word is quiet, and
/// whatever is no speech loses its place to what is louder.
const SPEECH: f32 = -60.0;
/// How fast somebody's loudness falls who has become quieter, in decibels a second.
const DECAY: f32 = 50.0;
/// How much louder one has to be to take the place of another who speaks, in decibels: of one who has just got it, and of one
/// who has had it for [`SETTLED`] seconds.
const LOUDER_AT_ONCE: f32 = 15.0;
const LOUDER: f32 = 6.0;
/// Seconds.
const SETTLED: f32 = 1.5;
/// How long somebody is silent until the place is anybody's who speaks: longer than the pauses between words.
const PAUSE: Duration = Duration::from_millis(400);

/// Those who are heard in a room.
#[derive(Debug)]
pub(super) struct Voices {
    most: usize,
    heard: Vec<Voice>,
}

/// Whether somebody is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hearing {
    /// As before.
    Heard,
    /// From now on: what came before was not passed on.
    Begins,
    /// Not now.
    Unheard,
}

/// One who is heard.
#[derive(Debug, Clone, Copy)]
struct Voice {
    who: ParticipantId,
    since: Instant,
    /// How loud it was at most, in decibels, and when.
    loudness: f32,
    at: Instant,
    /// When it spoke last.
    spoke: Instant,
}

impl Voices {
    /// At most so many are heard at a time.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            heard: Vec::new(),
        }
    }

    /// Takes a packet of somebody's microphone that tells its level in decibels, at most 0, if any; whether it is passed on.
    pub fn take(&mut self, now: Instant, who: ParticipantId, level: Option<i8>) -> Hearing {
        let Some(level) = level.map(f32::from) else {
            return Hearing::Heard;
        };
        if let Some(voice) = self.heard.iter_mut().find(|voice| voice.who == who) {
            voice.loudness = voice.loudness(now).max(level);
            voice.at = now;
            if level >= SPEECH {
                voice.spoke = now;
            }
            return Hearing::Heard;
        }
        if level < SPEECH {
            return Hearing::Unheard;
        }
        if self.heard.len() >= self.most {
            let all = self.heard.iter().enumerate();
            let quietest = all.min_by(|(_, one), (_, other)| {
                let [one, other] = [one, other].map(|voice| voice.rank(now));
                one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
            });
            match quietest {
                Some((place, voice)) if voice.gives_way(now, level) => {
                    self.heard.swap_remove(place);
                }
                _ => return Hearing::Unheard,
            }
        }
        self.heard.push(Voice {
            who,
            since: now,
            loudness: level,
            at: now,
            spoke: now,
        });
        Hearing::Begins
    }

    /// Somebody is gone.
    pub fn forget(&mut self, who: ParticipantId) {
        self.heard.retain(|voice| voice.who != who);
    }
}

impl Voice {
    fn loudness(&self, now: Instant) -> f32 {
        let quiet = now.saturating_duration_since(self.at);
        self.loudness - DECAY * quiet.as_secs_f32()
    }

    fn is_silent(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.spoke) >= PAUSE
    }

    /// The lowest one gives way first.
    fn rank(&self, now: Instant) -> (bool, f32) {
        (!self.is_silent(now), self.loudness(now))
    }

    /// Whether the place is for somebody else who is so loud.
    fn gives_way(&self, now: Instant, level: f32) -> bool {
        let is_settled = now.saturating_duration_since(self.since).as_secs_f32() >= SETTLED;
        let by = match is_settled {
            true => LOUDER,
            false => LOUDER_AT_ONCE,
        };
        self.is_silent(now) || level >= self.loudness(now) + by
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use proptest::prelude::*;

    use super::*;

    const MOST: usize = 3;
    const PACKET: Duration = Duration::from_millis(20);
    /// Quieter than any speech.
    const SILENT: i8 = -90;

    fn who(number: u8) -> ParticipantId {
        ParticipantId::from_random([number; 20])
    }

    /// What becomes of the packets of so many people, of whom `level` tells how loud each is at each.
    fn hear(people: u8, packets: u32, level: impl Fn(u8, u32) -> i8) -> Vec<Vec<Hearing>> {
        let start = Instant::now();
        let mut voices = Voices::new(MOST);
        let each = |nth| {
            let now = start + PACKET * nth;
            let heard =
                (0..people).map(|number| voices.take(now, who(number), Some(level(number, nth))));
            let heard = heard.collect();
            assert!(voices.heard.len() <= MOST);
            heard
        };
        (0..packets).map(each).collect()
    }

    fn count_begun(heard: &[Vec<Hearing>]) -> usize {
        heard
            .iter()
            .flatten()
            .filter(|hearing| **hearing == Hearing::Begins)
            .count()
    }

    proptest! {
        /// As many as there are places may speak and pause as they like, beside any number who are silent.
        #[test]
        fn nobody_loses_a_syllable_while_there_is_a_place_for_all_who_speak(
            // Who speaks in each of some stretches of time, how long that lasts in packets, and how loud.
            stretches in proptest::collection::vec((proptest::collection::btree_set(0..12_u8, 0..=MOST), 1..60_u32, -55..-5_i8), 1..12),
        ) {
            // Whoever has stopped is still loud for a while: those who follow come after that.
            let mut plan: Vec<(BTreeSet<u8>, i8)> = Vec::new();
            for (speakers, packets, level) in stretches {
                plan.extend(std::iter::repeat_n((speakers, level), packets as usize));
                plan.extend(std::iter::repeat_n((BTreeSet::new(), SILENT), 25));
            }
            let level = |number, nth: u32| {
                let (speakers, level) = &plan[nth as usize];
                if speakers.contains(&number) { *level } else { SILENT }
            };
            let heard = hear(12, plan.len() as u32, level);
            for (nth, heard) in heard.iter().enumerate() {
                for number in &plan[nth].0 {
                    prop_assert_ne!(heard[usize::from(*number)], Hearing::Unheard);
                }
            }
        }

        #[test]
        fn many_who_speak_alike_do_not_take_turns(
            levels in proptest::collection::vec(-40..-20_i8, 10),
            trembles in proptest::collection::vec(0..6_i8, 64),
        ) {
            let level = |number: u8, nth: u32| {
                let tremble = trembles[(nth as usize * 7 + usize::from(number)) % trembles.len()];
                levels[usize::from(number)] + tremble
            };
            let heard = hear(10, 1_000, level);
            // Within the first seconds the loudest have their places; then nothing changes.
            prop_assert_eq!(count_begun(&heard[500..]), 0);
        }

        #[test]
        fn the_clearly_loudest_are_heard_however_they_began(order in Just((0..8_u8).collect::<Vec<_>>()).prop_shuffle()) {
            let rank = |number: u8| order.iter().position(|other| *other == number).unwrap() as i8;
            let heard = hear(8, 400, |number, _| -10 - 7 * rank(number));
            let last = heard.last().unwrap();
            for number in 0..8_u8 {
                let is_heard = last[usize::from(number)] == Hearing::Heard;
                prop_assert_eq!(is_heard, rank(number) < MOST as i8);
            }
        }
    }

    #[test]
    fn a_fan_does_not_keep_a_speaker_out() {
        // Three fans are heard while nobody speaks; one person speaks for a second and pauses for half of one.
        let level = |number: u8, nth: u32| match number {
            0 if nth > 100 && nth % 75 < 50 => -25,
            0 => SILENT,
            _ => -50,
        };
        let heard = hear(4, 1_000, level);
        for (nth, heard) in heard.iter().enumerate() {
            let speaks = level(0, nth as u32) > SILENT;
            assert!(!speaks || heard[0] != Hearing::Unheard, "at packet {nth}");
        }
    }

    #[test]
    fn who_tells_no_level_is_always_heard() {
        let now = Instant::now();
        let mut voices = Voices::new(1);
        assert_eq!(voices.take(now, who(1), Some(-20)), Hearing::Begins);
        assert_eq!(voices.take(now, who(2), None), Hearing::Heard);
        assert_eq!(voices.take(now, who(3), Some(-20)), Hearing::Unheard);
        voices.forget(who(1));
        assert_eq!(voices.take(now, who(3), Some(-20)), Hearing::Begins);
    }
}
