//! The chat of one machine: what it asks, what it is told by others, honest and not, and what it says again.

use super::{page::*, shown::Shown, *};
use crate::protocol::{
    Chat, LARGEST_NUMBER, MessageBody, MessageTo, ParticipantLeft, Reaction, Stamp,
};

#[test]
fn those_inside_are_asked_one_after_the_other_with_what_is_held_by_then() {
    let mut driver = Driver::new();
    driver.join();
    driver.give(Input::LinkOpened);
    let mut away = member(ParticipantId::from_random([4; 20]));
    away.away = true;
    let participants = vec![away, member(cat()), member(ben())];
    let outputs = driver.reply(Admission {
        participants,
        ..admission()
    });
    let mut page = Page {
        driver,
        shown: Shown {
            entered: 1,
            ..Shown::default()
        },
    };
    assert!(page.keep(outputs).contains(&asks(cat(), &[])));
    assert_eq!(page.wait(2 * SECOND), []);
    // Each part of an answer has its time.
    let part = told(vec![message(ben(), 1, 1, "one")], false);
    assert_eq!(page.hear(cat(), part), []);
    assert_eq!(page.wait(2 * SECOND), []);
    assert_eq!(page.wait(SECOND), [asks(ben(), &[(ben(), 1)])]);
    let late = told(vec![message(ben(), 2, 2, "late")], true);
    assert_eq!(page.hear(cat(), late), []);
    assert_eq!(page.shown.texts(), ["one"], "Cat was given up");
    let part = told(vec![message(ben(), 2, 2, "two")], true);
    assert_eq!(page.hear(ben(), part), []);
    assert_eq!(page.shown.texts(), ["one", "two"]);
    assert_eq!(page.wait(100 * SECOND), []);
}

#[test]
fn who_is_gone_is_not_waited_for() {
    let mut page = Page::inside();
    page.driver
        .event(ServerEvent::ParticipantState(member(cat())));
    page.hear(cat(), MessageBody::ChatSync { have: vec![] });
    let left = ServerEvent::ParticipantLeft(ParticipantLeft { id: ben() });
    page.driver.event(left);
    assert_eq!(page.wait(100 * SECOND), []);
}

#[test]
fn what_has_no_reply_is_said_again() {
    let mut page = Page::settled();
    assert_eq!(page.say("one"), [line(1, 1, "one")]);
    assert_eq!(page.say("two"), [line(2, 2, "two")]);
    page.answer();
    let emitted = page.come_back();
    assert_eq!(
        emitted[1..],
        [asks(ben(), &[(ada(), 2)]), line(2, 2, "two")]
    );
    page.answer();
    assert_eq!(page.come_back()[1..], [asks(ben(), &[(ada(), 2)])]);
}

#[test]
fn what_is_said_without_a_link_waits_for_it() {
    let mut page = Page::settled();
    page.driver.give(Input::LinkLost);
    assert_eq!(page.say("hello"), []);
    assert_eq!(page.shown.texts(), ["hello"]);
    page.speak(OutgoingMessage::React(Reaction::Heart));
    assert_eq!(page.shown.reactions, [], "reactions do not");
    page.driver.wait(Duration::from_millis(200));
    page.driver.give(Input::LinkOpened);
    let outputs = page.driver.reply(admission());
    assert!(page.keep(outputs).contains(&line(1, 1, "hello")));
}

#[test]
fn what_was_said_under_another_id_is_the_own_still() {
    let mut page = Page::settled();
    page.say("one");
    page.say("two");
    page.say("three");
    page.answer();
    // The reply to the second was lost with the link, the third never came to the server.
    let emitted = page.enter_anew(cat(), &Refusal::PlaceGone(2), None);
    assert_eq!(
        emitted[1..],
        [asks(ben(), &[(ada(), 1), (cat(), 1)]), line(1, 3, "three")]
    );
    let standings = |page: &Page| page.shown.chat.iter().map(|line| line.standing).collect();
    let standings: Vec<_> = standings(&page);
    assert_eq!(
        standings,
        [
            DeliveryState::Delivered,
            DeliveryState::Delivered,
            DeliveryState::OnItsWay
        ]
    );
    page.answer();
    // Who tells the second tells the stamp, too: it can be told from here from now on.
    let told_of = |page: &mut Page| page.hear(ben(), MessageBody::ChatSync { have: vec![] });
    let part = |messages: Vec<ChatMessage>| to(ben(), told(messages, true));
    let two = ChatMessage {
        chat: Chat {
            at: 5,
            ..chat(2, 2, "two")
        },
        author: ada(),
    };
    let other = message(ada(), 2, 2, "never said");
    page.hear(ben(), told(vec![other, two.clone()], true));
    assert_eq!(page.shown.texts(), ["one", "two", "three"]);
    let [of_one, of_three] = [(ada(), 1, "one"), (cat(), 1, "three")].map(|(author, n, text)| {
        let clock = if n == 1 && author == ada() { 1 } else { 3 };
        ChatMessage {
            chat: Chat {
                at: 5,
                ..chat(n, clock, text)
            },
            author,
        }
    });
    assert_eq!(told_of(&mut page), [part(vec![of_one, two, of_three])]);
}

#[test]
fn what_was_said_in_another_meeting_is_shown_and_not_told() {
    let mut page = Page::settled();
    page.say("before");
    page.answer();
    page.hear(ben(), MessageBody::Chat(chat(1, 40, "answer")));
    page.say("on its way");
    let meeting = Some(Stamp::from_bytes([9; 16]));
    let emitted = page.enter_anew(cat(), &Refusal::ResumeRefused, meeting);
    assert_eq!(
        emitted[1..],
        [asks(ben(), &[(cat(), 1)]), line(1, 1, "on its way")]
    );
    page.hear(ben(), told(vec![], true));
    page.hear(ben(), MessageBody::Chat(chat(2, 2, "after")));
    assert_eq!(
        page.shown.texts(),
        ["before", "answer", "on its way", "after"]
    );
    let all = page.hear(ben(), MessageBody::ChatSync { have: vec![] });
    let [
        ClientEvent::Message(MessageTo {
            body: MessageBody::History { messages, .. },
            ..
        }),
    ] = &*all
    else {
        panic!("{all:?}")
    };
    let texts: Vec<_> = messages.iter().map(|one| one.chat.text.as_str()).collect();
    assert_eq!(texts, ["after"]);
}

#[test]
fn a_full_log_takes_nothing_older_and_counts_on_from_any_clock() {
    let mut page = Page::inside();
    let far = 1 << 40;
    let log = (1..=500).map(|n| message(cat(), n, far + u64::from(n), "x"));
    let log: Vec<_> = log.collect();
    for part in log.chunks(50) {
        page.hear(ben(), told(part.to_vec(), false));
    }
    let ahead = vec![message(ben(), 2, LARGEST_NUMBER, "far ahead")];
    page.hear(ben(), told(ahead, false));
    page.hear(ben(), told(vec![message(ben(), 1, 7, "old")], true));
    assert_eq!(
        page.shown.chat.len(),
        499,
        "one made place for what is gone"
    );
    assert_eq!(page.say("new"), [line(1, far + 501, "new")]);
    assert_eq!(page.shown.chat.len(), 500);
    page.hear(ben(), MessageBody::Chat(chat(1, 7, "old")));
    assert_eq!(page.shown.chat[0].message.chat.clock, far + 2);
}

#[test]
fn who_is_too_fast_rests_and_says_it_again() {
    let mut page = Page::settled();
    page.say("one");
    let slow = Refused::new(&Refusal::RateLimited, None);
    assert_eq!(page.driver.give(Input::MessageReply(Err(slow))), []);
    assert_eq!(page.wait(Duration::from_millis(999)), []);
    assert_eq!(page.wait(Duration::from_millis(1)), [line(1, 1, "one")]);
    for n in 0..30 {
        page.say(&n.to_string());
    }
    assert_eq!(page.wait(100 * SECOND).len(), 30 - 9);
    let no = Refused::new(&Refusal::Malformed(String::new()), None);
    let before = page.shown.chat.len();
    let outputs = page.driver.give(Input::MessageReply(Err(no)));
    page.keep(outputs);
    assert_eq!(page.shown.chat.len(), before - 1);
    assert_eq!(page.shown.refused.len(), 1);
}

#[test]
fn what_has_no_stamp_is_not_shown_and_what_was_heard_first_stays() {
    let mut page = Page::inside();
    let lines = vec![
        message(ada(), 1, 1, "never said"),
        message(ben(), 2, 2, "true"),
    ];
    page.hear(cat(), told(lines.clone(), false));
    assert_eq!(page.shown.texts(), [""; 0], "Cat was not asked");
    let mut forged = message(ben(), 1, 1, "forged");
    forged.chat.stamp = None;
    page.hear(ben(), told([vec![forged.clone()], lines].concat(), true));
    page.hear(ben(), MessageBody::Chat(forged.chat));
    assert_eq!(page.shown.texts(), ["true"]);
    page.hear(ben(), MessageBody::Chat(chat(2, 3, "said otherwise")));
    assert_eq!(page.shown.texts(), ["true"]);
}

#[test]
fn a_clock_that_nothing_leads_to_is_not_followed() {
    let mut page = Page::settled();
    page.hear(ben(), MessageBody::Chat(chat(1, 1, "one")));
    // Perhaps others know more.
    page.hear(
        cat(),
        MessageBody::Chat(chat(1, LARGEST_NUMBER, "far ahead")),
    );
    assert_eq!(page.shown.texts(), ["one"]);
    assert_eq!(page.wait(SECOND), []);
    page.hear(
        cat(),
        told(vec![message(cat(), 1, LARGEST_NUMBER, "far ahead")], false),
    );
    assert_eq!(page.shown.texts(), ["one", "far ahead"]);
    assert_eq!(page.say("two"), [line(1, 2, "two")]);
    page.hear(cat(), told(Vec::new(), true));
    assert_eq!(page.shown.texts(), ["one", "two"]);

    // Before it knows anything, a newcomer is no better off.
    let mut page = Page::inside();
    page.hear(
        cat(),
        MessageBody::Chat(chat(1, LARGEST_NUMBER, "far ahead")),
    );
    assert_eq!(page.say("one"), [line(1, 1, "one")]);
    page.hear(ben(), told(Vec::new(), true));
    assert_eq!(page.shown.texts(), ["one"]);
}

#[test]
fn a_gap_is_asked_about() {
    let mut page = Page::settled();
    let asked = page.hear(ben(), MessageBody::Chat(chat(3, 3, "three")));
    assert_eq!(asked, [], "not before five seconds after the last time");
    assert_eq!(page.wait(5 * SECOND), [asks(ben(), &[])]);
    page.hear(ben(), told(vec![message(ben(), 2, 2, "two")], true));
    // It is never filled: asked about again with the next message, and not more often than that.
    assert_eq!(page.wait(100 * SECOND), []);
    for n in 4..100 {
        page.hear(ben(), MessageBody::Chat(chat(n, u64::from(n), "more")));
    }
    let asked = page.wait(10 * SECOND);
    assert!(asked.len() <= 3, "{asked:?}");
}

#[test]
fn an_answer_without_an_end_ends() {
    let mut page = Page::inside();
    for n in 1..10_000 {
        let clock = u64::from(n);
        page.hear(ben(), told(vec![message(cat(), n, clock, "x")], false));
    }
    assert_eq!(page.shown.chat.len(), 200);
}

#[test]
fn what_an_earlier_page_has_said_is_told_by_others_and_counts() {
    let mut driver = Driver::new();
    driver.give(Input::Intent(Intent::Return {
        room: admission().room,
        presence: Presence::unnamed(),
        from: ResumePoint {
            token: "token-0".into(),
            last_message: 2,
        },
    }));
    driver.give(Input::LinkOpened);
    let outputs = driver.reply(Admission {
        resumed: true,
        participants: vec![member(ben())],
        ..admission()
    });
    let mut page = Page {
        driver,
        shown: Shown::default(),
    };
    assert!(page.keep(outputs).contains(&asks(ben(), &[])));
    let said = vec![
        message(ada(), 1, 1, "one"),
        message(ada(), 2, 2, "two"),
        message(ada(), 3, 3, "never said"),
    ];
    page.hear(ben(), told(said, true));
    assert_eq!(page.shown.texts(), ["one", "two"]);
    assert_eq!(page.shown.chat[0].standing, DeliveryState::Delivered);
    assert_eq!(page.say("three"), [line(3, 3, "three")]);
    assert_eq!(
        page.driver
            .call
            .resume_point()
            .map(|point| point.last_message),
        Some(3)
    );
}
