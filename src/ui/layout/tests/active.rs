//! Who is large in the speaker view.

use super::{
    meeting::{Meeting, moved, seconds},
    *,
};

fn count_changes(layouts: &[Layout]) -> usize {
    let changes = layouts.windows(2).filter(|pair| pair[0] != pair[1]);
    changes.count()
}

#[test]
fn the_leaving_speaker_is_followed_by_the_last_one_before() {
    let mut meeting = Meeting::new(20, DESKTOP, Mode::Speaker);
    meeting.talk(3, seconds(4.0));
    meeting.talk(2, seconds(4.0));
    assert_eq!(meeting.active(), Some(2));
    let before = meeting.layout();
    meeting.others.remove(1);
    let after = meeting.layout();
    assert_eq!(before.place(person(2)), after.place(person(3)));
    assert_eq!(moved(&before, &after).len(), 3);
    assert_eq!(meeting.active(), None);
}

#[test]
fn silence_keeps_the_last_speaker_and_short_words_do_not_count() {
    let mut meeting = Meeting::new(5, DESKTOP, Mode::Speaker);
    assert_eq!(meeting.active(), None);
    meeting.talk(3, seconds(1.6));
    assert_eq!(meeting.active(), Some(3));
    let before = meeting.layout();
    meeting.pass(seconds(300.0));
    for number in [1, 2, 4, 1] {
        meeting.talk(number, seconds(1.3));
        meeting.pass(seconds(1.0));
    }
    assert_eq!(meeting.active(), Some(3));
    assert_eq!(moved(&before, &meeting.layout()), []);
}

#[test]
fn two_who_talk_at_once_change_once() {
    let mut meeting = Meeting::new(5, DESKTOP, Mode::Speaker);
    meeting.talk(1, seconds(5.0));
    meeting.of(1).speaks = true;
    meeting.pass(seconds(1.0));
    let first = meeting.layout();
    meeting.of(2).speaks = true;
    let mut layouts = vec![first];
    layouts.extend(meeting.pass(seconds(2.8)));
    assert_eq!(count_changes(&layouts), 0);
    layouts.extend(meeting.pass(seconds(60.0)));
    assert_eq!((count_changes(&layouts), meeting.active()), (1, Some(2)));
}

#[test]
fn two_who_talk_in_turns_of_a_second_do_not_flicker() {
    let mut meeting = Meeting::new(5, DESKTOP, Mode::Speaker);
    meeting.talk(1, seconds(3.0));
    let mut layouts = vec![meeting.layout()];
    for turn in 0..40 {
        layouts.extend(meeting.talk(1 + turn % 2, seconds(1.0)));
    }
    assert_eq!(count_changes(&layouts), 0);
}

#[test]
fn an_active_speaker_stays_for_two_seconds() {
    let mut meeting = Meeting::new(5, DESKTOP, Mode::Speaker);
    meeting.of(2).speaks = true;
    meeting.pass(seconds(0.2));
    meeting.of(1).speaks = true;
    meeting.pass(seconds(1.4));
    assert_eq!(meeting.active(), Some(2));
    meeting.of(2).speaks = false;
    meeting.pass(seconds(1.8));
    assert_eq!(meeting.active(), Some(2));
    assert_eq!(meeting.slots.poll_timeout(), Some(seconds(3.6)));
    meeting.pass(seconds(0.4));
    assert_eq!(meeting.active(), Some(1));
}
