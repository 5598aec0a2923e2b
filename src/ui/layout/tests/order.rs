//! Who comes to the first page, and who gives way.

use std::time::Duration;

use super::{
    meeting::{MOMENT, Meeting, moved, seconds},
    *,
};

#[test]
fn a_speaker_comes_to_the_first_page_after_a_second_and_stays_for_a_minute() {
    let mut meeting = Meeting::new(20, PHONE, Mode::Gallery);
    meeting.talk(15, seconds(0.9));
    assert!(!meeting.sees(15));
    meeting.pass(seconds(1.0));
    meeting.talk(15, seconds(1.0));
    assert!(meeting.sees(15) && !meeting.sees(5));
    // Hands rank behind speakers: the last who is no speaker gives way.
    for (number, raised) in [(16, 30), (17, 20), (18, 40), (19, 10)] {
        meeting.of(number).hand = Some(Duration::from_secs(raised));
    }
    meeting.pass(seconds(59.0));
    assert!(
        [15, 16, 17, 18, 19]
            .iter()
            .all(|number| meeting.sees(*number))
    );
    meeting.of(14).hand = Some(Duration::from_secs(50));
    meeting.pass(seconds(0.8));
    assert!(meeting.sees(15) && !meeting.sees(14));
    meeting.pass(seconds(0.4));
    assert!(!meeting.sees(15) && meeting.sees(14));
}

#[test]
fn a_breath_does_not_end_a_talk_and_a_silence_does() {
    for (silence, comes) in [(0.2, true), (0.7, false)] {
        let mut meeting = Meeting::new(20, PHONE, Mode::Gallery);
        meeting.talk(15, seconds(0.5));
        meeting.pass(seconds(silence));
        meeting.talk(15, seconds(0.5));
        assert_eq!(meeting.sees(15), comes);
    }
}

#[test]
fn of_hands_the_first_raised_is_seen_first() {
    let mut meeting = Meeting::new(20, PHONE, Mode::Gallery);
    for (number, raised) in (1..).zip([30, 10, 50, 20, 40]) {
        meeting.of(number).hand = Some(Duration::from_secs(raised));
    }
    meeting.of(9).hand = Some(Duration::from_secs(45));
    let layout = meeting.layout();
    assert_eq!(layout.place(person(3)), None);
    assert!([1, 2, 4, 5, 9].iter().all(|number| meeting.sees(*number)));
    meeting.of(10).hand = Some(Duration::from_secs(60));
    assert!(!meeting.sees(10));
}

#[test]
fn presenters_go_before_speakers_and_video_before_none() {
    let mut meeting = Meeting::new(20, PHONE, Mode::Gallery);
    for number in 1..20 {
        meeting.of(number).video = number == 12;
    }
    meeting.pass(MOMENT);
    assert!(meeting.sees(12) && !meeting.sees(5));
    for number in 14..19 {
        meeting.talk(number, seconds(2.0));
    }
    assert!((14..19).all(|number| meeting.sees(number)));
    meeting.of(11).presents = true;
    meeting.layout();
    assert!(meeting.sees(11) && !meeting.sees(14));
}

#[test]
fn time_alone_brings_nobody_back() {
    let mut meeting = Meeting::new(20, PHONE, Mode::Gallery);
    meeting.talk(15, seconds(2.0));
    let before = meeting.layout();
    let after = meeting.pass(seconds(90.0)).pop().unwrap();
    assert_eq!(moved(&before, &after), []);
}

#[test]
fn a_leaver_is_followed_by_the_best_of_the_unseen() {
    let mut meeting = Meeting::new(20, PHONE, Mode::Gallery);
    meeting.of(6).video = false;
    let before = meeting.layout();
    meeting.others.remove(1);
    let after = meeting.layout();
    assert_eq!(moved(&before, &after), [person(2), person(7)]);
    assert_eq!(before.place(person(2)), after.place(person(7)));
}
