//! The link by itself.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn waits_double_and_are_cut_by_half_at_most(seed: u64) {
        let mut link = ServerLink::new(seed);
        let mut now = Duration::from_secs(7);
        link.open(now);
        for (attempt, whole) in (1..).zip([200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
            prop_assert_eq!(link.lost(now), Some(Lost::Open), "by polling");
            prop_assert_eq!(link.lost(now), Some(Lost::Wait(attempt)));
            let wait = link.poll_timeout().unwrap() - now;
            let whole = Duration::from_millis(whole);
            prop_assert!(wait >= whole / 2 && wait <= whole, "{:?} of {:?}", wait, whole);
            prop_assert_eq!(link.handle_timeout(now), None);
            now += wait;
            prop_assert_eq!(link.handle_timeout(now), Some(Due::Open));
        }
    }
}

#[test]
fn clients_do_not_come_back_in_step() {
    let waits: std::collections::BTreeSet<_> = (0..100)
        .map(|seed| {
            let mut link = ServerLink::new(seed);
            link.open(Duration::ZERO);
            link.lost(Duration::ZERO);
            link.lost(Duration::ZERO);
            link.poll_timeout()
        })
        .collect();
    assert!(waits.len() > 90);
}

/// A link by which a room was entered.
fn open() -> ServerLink {
    let mut link = ServerLink::new(7);
    link.open(Duration::ZERO);
    link.opened();
    link.entering(Duration::ZERO);
    link.admitted();
    assert_eq!(link.poll_timeout(), None);
    link
}

const NOW: Duration = Duration::from_secs(100);
const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn an_upgrade_that_hangs_is_not_waited_for_longer_than_three_seconds() {
    let mut link = ServerLink::new(7);
    link.open(NOW);
    assert_eq!(link.transport(), Transport::WebSocket);
    let until = link.poll_timeout().unwrap();
    assert_eq!(until, NOW + Duration::from_secs(3));
    assert_eq!(link.handle_timeout(until), Some(Due::GiveUp));
    assert_eq!(link.lost(until), Some(Lost::Open));
    assert_eq!(link.transport(), Transport::Polling);
    assert_eq!(link.poll_timeout(), Some(until + PATIENCE));
}

#[test]
fn a_link_that_gives_no_echo_is_dead_after_three_seconds() {
    let mut link = open();
    assert_eq!(link.retry_now(NOW), Some(RetryAction::Probe));
    assert_eq!(link.retry_now(NOW + MILLISECOND), None, "one at a time");
    let until = NOW + ECHO_PATIENCE;
    assert_eq!(link.poll_timeout(), Some(until));
    assert_eq!(link.handle_timeout(until - MILLISECOND), None);
    assert_eq!(link.handle_timeout(until), Some(Due::GiveUp));
    assert_eq!(link.lost(until), Some(Lost::Wait(1)));
    assert!(link.poll_timeout() <= Some(until + FIRST_WAIT));
}

#[test]
fn a_link_that_gives_an_echo_goes_on_and_can_be_asked_again() {
    let mut link = open();
    link.retry_now(NOW);
    link.echoed();
    assert_eq!(link.poll_timeout(), None);
    assert_eq!(link.handle_timeout(NOW + 2 * ECHO_PATIENCE), None);
    assert_eq!(link.retry_now(NOW), Some(RetryAction::Probe));
}

#[test]
fn a_page_that_was_held_up_itself_waits_a_little_longer() {
    let mut link = open();
    link.retry_now(NOW);
    let late = NOW + ECHO_PATIENCE + HELD_UP + MILLISECOND;
    assert_eq!(link.handle_timeout(late), None);
    assert_eq!(link.poll_timeout(), Some(late + SECOND_PATIENCE));
    let later = late + SECOND_PATIENCE + 2 * HELD_UP;
    assert_eq!(link.handle_timeout(later), Some(Due::GiveUp), "once");
}

#[test]
fn who_hurries_cuts_an_attempt_short_that_was_begun_before() {
    let mut link = open();
    link.lost(NOW);
    let now = link.poll_timeout().unwrap();
    assert_eq!(link.handle_timeout(now), Some(Due::Open));
    assert_eq!(link.poll_timeout(), Some(now + PATIENCE));
    assert_eq!(link.retry_now(now + YOUNG), None);
    assert_eq!(link.poll_timeout(), Some(now + YOUNG + ECHO_PATIENCE));
}

#[test]
fn who_hurries_leaves_an_attempt_alone_that_has_just_begun() {
    let mut link = open();
    link.lost(NOW);
    let now = link.poll_timeout().unwrap();
    link.handle_timeout(now);
    link.retry_now(now + YOUNG - MILLISECOND);
    assert_eq!(link.poll_timeout(), Some(now + PATIENCE));
    link.opened();
    link.entering(now);
    link.retry_now(now + YOUNG - MILLISECOND);
    assert_eq!(link.poll_timeout(), Some(now + PATIENCE));
}

#[test]
fn who_hurries_takes_no_time_from_a_way_so_slow_that_none_has_opened() {
    let mut link = ServerLink::new(7);
    link.open(NOW);
    assert_eq!(link.lost(NOW), Some(Lost::Open));
    assert_eq!(link.lost(NOW), Some(Lost::Wait(1)));
    let now = link.poll_timeout().unwrap();
    link.handle_timeout(now);
    link.retry_now(now + 2 * YOUNG);
    assert_eq!(link.poll_timeout(), Some(now + PATIENCE));
}

#[test]
fn whatever_comes_shows_that_a_link_is_alive_whose_echo_is_late() {
    let mut link = open();
    link.retry_now(NOW);
    link.handle_traffic(NOW + HELD_UP);
    assert_eq!(link.handle_timeout(NOW + ECHO_PATIENCE), None);
    assert_eq!(link.poll_timeout(), None);
}

#[test]
fn what_may_have_lain_in_a_buffer_gives_the_echo_more_time_only() {
    let mut link = open();
    link.retry_now(NOW);
    link.handle_traffic(NOW + MILLISECOND);
    assert_eq!(link.handle_timeout(NOW + ECHO_PATIENCE), None);
    assert_eq!(link.poll_timeout(), Some(NOW + PATIENCE));
    assert_eq!(link.handle_timeout(NOW + PATIENCE), Some(Due::GiveUp));
}

#[test]
fn a_link_that_is_silent_for_longer_than_the_server_said_is_dead() {
    let longest = Duration::from_secs(45);
    let mut link = open();
    assert_eq!(link.poll_timeout(), None, "nothing is promised");
    link.handle_handshake(NOW, longest);
    assert_eq!(link.poll_timeout(), Some(NOW + longest));
    link.handle_traffic(NOW + longest / 2);
    assert_eq!(link.handle_timeout(NOW + longest), None);
    // A page that wakes reads first what has come meanwhile.
    let late = NOW + 10 * longest;
    assert_eq!(link.handle_timeout(late), None);
    assert_eq!(
        link.handle_timeout(late + SECOND_PATIENCE),
        Some(Due::GiveUp)
    );
    link.lost(late + SECOND_PATIENCE);
    assert!(link.silence.is_none() && link.longest_silence.is_none());
}

#[test]
fn an_attempt_of_a_page_that_was_held_up_gets_a_little_longer_once() {
    let late = PATIENCE + HELD_UP + MILLISECOND;
    for enters in [false, true] {
        let mut link = open();
        link.lost(NOW);
        let now = link.poll_timeout().unwrap();
        assert_eq!(link.handle_timeout(now), Some(Due::Open));
        if enters {
            link.opened();
            link.entering(now);
        }
        assert_eq!(link.handle_timeout(now + late), None);
        let until = now + late + SECOND_PATIENCE;
        assert_eq!(link.poll_timeout(), Some(until));
        assert_eq!(link.handle_timeout(until + 2 * HELD_UP), Some(Due::GiveUp));
    }
}
