//! What a change of speaker moves on the stage, and what is never lost.

use std::time::Duration;

use super::{
    meeting::{MOMENT, Meeting, candidate, moved, seconds},
    *,
};

/// Moments of silence: a pause, or long enough to be no speaker any more.
fn silence() -> impl Strategy<Value = u32> {
    prop_oneof![5 => 0..20_u32, 1 => 590..620_u32]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_change_of_speaker_moves_two_tiles_and_the_others_stay(
        people in 2..=60_usize,
        stage in stage(),
        speaker_view in any::<bool>(),
        screens in 0..=3_usize,
        turns in prop::collection::vec((1..60_usize, 1..60_u32, silence()), 1..12),
    ) {
        let mode = if speaker_view { Mode::Speaker } else { Mode::Gallery };
        let mut meeting = Meeting::new(people, stage, mode);
        meeting.screens = screens.min(people - 1);
        for other in meeting.others.iter_mut().step_by(3) {
            other.video = false;
        }
        meeting.pass(MOMENT * 9);
        let mut before = meeting.layout();
        for (who, time, silence) in turns {
            let who = 1 + who % (people - 1);
            let mut layouts = meeting.talk(who, MOMENT * time);
            layouts.extend(meeting.pass(MOMENT * silence));
            for after in layouts {
                let moved = moved(&before, &after);
                prop_assert!(moved.len() <= 2, "{moved:?}");
                before = after;
            }
        }
    }

    #[test]
    fn who_has_just_talked_is_seen(
        people in 3..=60_usize,
        stage in stage(),
        speaker_view in any::<bool>(),
        turns in prop::collection::vec((1..60_usize, 0..30_u32), 1..12),
    ) {
        let mode = if speaker_view { Mode::Speaker } else { Mode::Gallery };
        let mut meeting = Meeting::new(people, stage, mode);
        let room = meeting.layout().first_page;
        for (who, silence) in turns {
            let who = 1 + who % (people - 1);
            meeting.talk(who, seconds(3.6));
            prop_assert!(meeting.sees(who) || room == 0);
            meeting.pass(MOMENT * silence);
        }
    }

    #[test]
    fn everyone_has_one_place(
        steps in prop::collection::vec((0..12_usize, 0..6_u8, 0..70_000_u64), 1..60),
        seen in 0..8_usize,
        spotlight in any::<bool>(),
    ) {
        let mut slots = TileOrder::default();
        let mut now = Duration::ZERO;
        let mut others: Vec<Candidate> = Vec::new();
        for (who, what, time) in steps {
            now += Duration::from_millis(if what == 0 { time } else { time / 50 });
            match (others.iter().position(|other| other.id == id(who)), what) {
                (None, _) => others.push(candidate(who)),
                (Some(at), 1) => { others.remove(at); }
                (Some(at), 2) => others[at].presents ^= true,
                (Some(at), 3) => others[at].hand = others[at].hand.xor(Some(now)),
                (Some(at), 4) => others[at].video ^= true,
                (Some(at), _) => others[at].speaks ^= true,
            }
            slots.update(now, &others);
            slots.promote(seen, spotlight);
            // Who gives the spotlight away may have to leave the page, and does so apart.
            slots.promote(seen, spotlight);
            prop_assert!(!slots.promote(seen, spotlight));
            let mut found: Vec<_> = slots.order().collect();
            found.sort();
            let mut expected: Vec<_> = others.iter().map(|other| other.id).collect();
            expected.sort();
            prop_assert_eq!(&found, &expected);
            prop_assert!(slots.active().is_none_or(|active| expected.contains(&active)));
            prop_assert!(slots.poll_timeout().is_none_or(|at| at > now));
        }
    }

    #[test]
    fn coming_back_in_time_is_as_good_as_looking_always(
        turns in prop::collection::vec((0..9_usize, 1..50_u32, 0..80_u32), 1..9),
        spotlight in any::<bool>(),
    ) {
        let (mut often, mut seldom) = (TileOrder::default(), TileOrder::default());
        let mut others: Vec<_> = (0..9).map(candidate).collect();
        let mut now = Duration::ZERO;
        for (who, time, silence) in turns {
            for (speaks, moments) in [(true, time), (false, silence)] {
                others[who].speaks = speaks;
                for moment in 0..=moments {
                    often.update(now, &others);
                    often.promote(4, spotlight);
                    if moment == 0 || seldom.poll_timeout().is_some_and(|due| due <= now) {
                        seldom.update(now, &others);
                        seldom.promote(4, spotlight);
                    }
                    now += MOMENT;
                }
            }
        }
        prop_assert!(often.order().eq(seldom.order()));
    }
}
