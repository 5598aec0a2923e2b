//! What one machine hears of others beside the chat, and of the host.

use super::{page::*, *};
use crate::protocol::{
    DisplayName, FileStep, HostRequested, KnockResult, Knocker, Knocking, MessageBody, Reaction,
    VideoSubscription,
};

#[test]
fn reactions_of_one_are_shown_in_part() {
    let mut page = Page::settled();
    let reaction = Reaction::Party;
    for _ in 0..1_000 {
        page.hear(ben(), MessageBody::React { reaction });
    }
    page.hear(cat(), MessageBody::React { reaction });
    assert_eq!(page.shown.reactions.len(), 21);
    page.driver.now += SECOND;
    for _ in 0..1_000 {
        page.hear(ben(), MessageBody::React { reaction });
    }
    assert_eq!(page.shown.reactions.len(), 41);
}

#[test]
fn a_subscription_is_told_again_after_every_admission_and_return() {
    let mut page = Page::settled();
    let video = VideoSubscription::Low;
    let subscription = to(ben(), MessageBody::Subscribe { video });
    let said = page.speak(OutgoingMessage::Want { of: ben(), video });
    assert!(said.contains(&subscription));
    assert!(page.come_back().contains(&subscription));
    let mut away = member(ben());
    away.away = true;
    page.driver.event(ServerEvent::ParticipantState(away));
    let outputs = page
        .driver
        .event(ServerEvent::ParticipantState(member(ben())));
    assert!(page.keep(outputs).contains(&subscription));
}

#[test]
fn subscriptions_and_files_are_passed_on() {
    let mut page = Page::settled();
    page.hear(
        ben(),
        MessageBody::Subscribe {
            video: VideoSubscription::None,
        },
    );
    let (author, n, step) = (ada(), 7, FileStep::Ask);
    page.hear(ben(), MessageBody::File { author, n, step });
    assert_eq!(page.shown.wanted, [(ben(), VideoSubscription::None)]);
    assert_eq!(page.shown.files, [(ben(), 7, FileStep::Ask)]);
    let file = OutgoingMessage::File {
        to: ben(),
        author,
        n,
        step,
    };
    assert_eq!(
        page.speak(file),
        [to(ben(), MessageBody::File { author, n, step })]
    );
}

#[test]
fn a_flood_of_questions_for_files_is_heard_in_part() {
    let mut page = Page::settled();
    let author = ada();
    let body = |n, step| MessageBody::File { author, n, step };
    for n in 1..=500 {
        page.hear(ben(), body(n, FileStep::Ask));
    }
    assert_eq!(page.shown.files.len(), 20);
    page.hear(cat(), body(1, FileStep::Ask));
    page.hear(ben(), body(1, FileStep::Stop));
    assert_eq!(page.shown.files.len(), 22, "neither others nor an end");
    page.wait(Duration::from_secs(1));
    page.hear(ben(), body(1, FileStep::Ask));
    assert_eq!(page.shown.files.len(), 23);
}

#[test]
fn one_who_is_just_leaving_is_spoken_to_in_vain() {
    let mut page = Page::settled();
    let race = Refused::new(&Refusal::NotHere(ben()), Some("message"));
    assert_eq!(page.driver.event(ServerEvent::Refused(race)), []);
}

#[test]
fn who_waited_before_a_return_may_wait_no_more() {
    let mut page = Page::settled();
    let name = DisplayName::parse("Cat").unwrap();
    let waiting = vec![Knocker { id: cat(), name }];
    let knocking = ServerEvent::Knocking(Knocking { waiting });
    let outputs = page.driver.event(knocking);
    page.keep(outputs);
    assert_eq!(page.shown.waiting.len(), 1);
    // Still the host, who would have been told of those who wait.
    page.come_back_to(RoomState {
        host: Some(ada()),
        locked: true,
        ..RoomState::default()
    });
    assert_eq!(page.shown.waiting, []);
}

#[test]
fn who_is_let_in_and_finds_the_room_locked_knocks_again() {
    let mut driver = Driver::new();
    let presence = Presence {
        name: DisplayName::parse("Ada").ok(),
        ..Presence::unnamed()
    };
    let room = admission().room;
    driver.give(Input::Intent(Intent::Join { room, presence }));
    driver.give(Input::LinkOpened);
    driver.refuse(&Refusal::Locked);
    driver.give(Input::Intent(Intent::Knock));
    let yes = KnockResult { admitted: true };
    driver.event(ServerEvent::KnockResult(yes));
    let outputs = driver.refuse(&Refusal::Locked);
    let knocks = |output: &Output| matches!(output, Output::Emit(ClientEvent::Knock(_)));
    assert!(
        outputs.len() == 1 && outputs.iter().all(knocks),
        "{outputs:?}"
    );
    // Too many wait already: it is the person's turn again.
    let refused = Refused::new(&Refusal::TooManyWaiting, Some("knock"));
    let outputs = driver.event(ServerEvent::Refused(refused));
    let locked = Output::Notice(Notice::Phase(Phase::Locked));
    assert_eq!(outputs.last(), Some(&locked));
}

#[test]
fn what_the_host_asks_is_done() {
    let mut page = Page::settled();
    let what = crate::protocol::HostRequest::Mute;
    let outputs = page
        .driver
        .event(ServerEvent::HostRequest(HostRequested { request: what }));
    let muted = Presence {
        microphone: false,
        ..Presence::unnamed()
    };
    assert_eq!(
        page.keep(outputs),
        [ClientEvent::ParticipantState(muted.clone())]
    );
    assert_eq!(page.shown.asked, [what]);
    assert!(
        page.come_back()
            .contains(&ClientEvent::ParticipantState(muted))
    );
}
