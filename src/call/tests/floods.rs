//! What others can have one machine do, and what it does when the server asks it to slow down.

use super::{page::*, *};
use crate::protocol::{ChatPosition, MediaKind, MessageBody, TrackSources, VideoSubscription};

const SLOW: Refusal = Refusal::RateLimited;

fn slowed(event: &str) -> ServerEvent {
    ServerEvent::Refused(Refused::new(&SLOW, Some(event)))
}

fn prepare(generation: u32) -> ServerEvent {
    ServerEvent::ConnPrepare(Prepare {
        just_joined_user_socket_id: ben(),
        generation,
        sfu: false,
    })
}

fn count(outputs: &[Output], is: impl Fn(&PeerAction) -> bool) -> usize {
    let is = |output: &&Output| matches!(output, Output::Peer { action, .. } if is(action));
    outputs.iter().filter(is).count()
}

fn is_create(action: &PeerAction) -> bool {
    matches!(action, PeerAction::Create { .. })
}

#[test]
fn an_entry_that_is_put_off_is_tried_again_without_a_new_link() {
    let mut driver = Driver::new();
    driver.join();
    driver.give(Input::LinkOpened);
    let mut waits = Vec::new();
    for _ in 0..4 {
        assert_eq!(driver.refuse(&SLOW), [], "the call goes on");
        let start = driver.now;
        let at = driver.call.poll_timeout().unwrap();
        let again = driver.wait(at - start);
        let [Output::Emit(ClientEvent::CreateSession(_))] = &*again else {
            panic!("{again:?}")
        };
        waits.push(at - start);
    }
    assert!(waits[0] >= SECOND && waits[0] <= 2 * SECOND, "{waits:?}");
    assert!(
        waits[3] >= 4 * SECOND && waits[3] <= 8 * SECOND,
        "{waits:?}"
    );
    let inside = driver.reply(admission());
    assert!(inside.contains(&Output::Notice(Notice::Phase(Phase::InRoom))));
    // So is a return, and the peers are kept meanwhile.
    driver.event(prepare(1));
    driver.give(Input::LinkLost);
    driver.wait(SECOND);
    driver.give(Input::LinkOpened);
    assert_eq!(driver.refuse(&SLOW), []);
    let again = driver.wait(4 * SECOND);
    let [Output::Emit(ClientEvent::CreateSession(entry))] = &*again else {
        panic!("{again:?}")
    };
    assert_eq!(
        (entry.resume.as_deref(), entry.peers.len()),
        (Some("token-1"), 1)
    );
    // Who has enough of waiting leaves.
    driver.refuse(&SLOW);
    driver.give(Input::Intent(Intent::Leave));
    assert_eq!(driver.call.poll_timeout(), None);
}

#[test]
fn what_tries_again_by_itself_says_nothing_of_it() {
    let mut page = Page::settled();
    for event in ["peer-restart", "sfu-request", "message"] {
        assert_eq!(page.driver.event(slowed(event)), []);
    }
    assert_eq!(
        page.driver.event(slowed("host")).len(),
        1,
        "the person did that"
    );
}

#[test]
fn a_question_that_is_put_off_is_put_again() {
    let mut driver = Driver::inside();
    driver.event(slowed("message"));
    let asks = Output::Emit(ClientEvent::Message(crate::protocol::MessageTo {
        to: Some(ben()),
        body: MessageBody::ChatSync { have: Vec::new() },
    }));
    assert_eq!(driver.wait(4 * SECOND), []);
    assert_eq!(driver.wait(SECOND), [asks]);
}

#[test]
fn one_who_is_introduced_without_end_brings_few_connections() {
    let mut driver = Driver::inside();
    let mut outputs = Vec::new();
    for generation in 1..1_000 {
        outputs.extend(driver.event(prepare(generation)));
        driver.now += Duration::from_millis(1);
    }
    assert_eq!(count(&outputs, is_create), 8);
    driver.now += 5 * SECOND;
    let outputs = driver.event(prepare(1_000));
    assert_eq!(count(&outputs, is_create), 1);
}

#[test]
fn a_flood_of_offers_is_answered_in_part() {
    let mut driver = Driver::answering();
    let mut outputs = Vec::new();
    for n in 0..1_000 {
        let text = n.to_string();
        outputs.extend(driver.signal(Signal::Offer { sdp: sdp(&text) }));
        // The browser is as quick as can be.
        outputs.extend(driver.peer(PeerEvent::RemoteSet));
        outputs.extend(driver.peer(PeerEvent::Answered(sdp("answer"))));
        driver.now += Duration::from_millis(1);
    }
    let answers = count(&outputs, |action| matches!(action, PeerAction::Answer(_)));
    assert!((12..=13).contains(&answers), "{answers}");
}

#[test]
fn a_flood_of_requests_brings_few_offers() {
    let mut driver = Driver::initiating();
    let mut outputs = Vec::new();
    for n in 0..1_000 {
        let kind = MediaKind::Video;
        outputs.extend(driver.signal(match n % 3 {
            0 => Signal::renegotiate(),
            1 => Signal::transceiver_request(kind),
            _ => Signal::Answer { sdp: sdp("answer") },
        }));
        outputs.extend(driver.peer(PeerEvent::Offered(sdp("offer"))));
        outputs.extend(driver.peer(PeerEvent::RemoteSet));
        driver.now += Duration::from_millis(1);
    }
    let offers = count(&outputs, |action| {
        matches!(action, PeerAction::Offer { .. })
    });
    assert!(offers <= 30, "{offers}");
}

#[test]
fn a_flood_of_candidates_is_taken_in_part() {
    let mut driver = Driver::answering();
    driver.signal(Signal::Offer { sdp: sdp("offer") });
    driver.peer(PeerEvent::RemoteSet);
    driver.peer(PeerEvent::Answered(sdp("answer")));
    let mut outputs = Vec::new();
    for n in 0..10_000 {
        let candidate = candidate(&n.to_string());
        outputs.extend(driver.signal(Signal::Candidate { candidate }));
    }
    let added = count(&outputs, |action| {
        matches!(action, PeerAction::AddCandidate(_))
    });
    assert_eq!(added, 200);
}

#[test]
fn of_many_subscriptions_the_last_is_done() {
    let mut page = Page::settled();
    for n in 0..1_000 {
        let video = match n % 2 {
            0 => VideoSubscription::None,
            _ => VideoSubscription::Full,
        };
        page.hear(ben(), MessageBody::Subscribe { video });
        page.wait(Duration::from_millis(1));
    }
    page.wait(SECOND);
    let wanted = &page.shown.wanted;
    assert!(wanted.len() <= 14, "{}", wanted.len());
    assert_eq!(wanted.last(), Some(&(ben(), VideoSubscription::Full)));
}

#[test]
fn of_many_ways_the_last_is_gone() {
    let mut driver = Driver::inside();
    let said = |sources| {
        ServerEvent::Message(crate::protocol::MessageFrom {
            from: ben(),
            body: MessageBody::DirectPause { sources },
        })
    };
    for n in 0..1_000 {
        let sources = match n % 2 {
            0 => TrackSources::NONE,
            _ => TrackSources::NONE.with(crate::protocol::TrackSource::Camera),
        };
        driver.event(said(sources));
        driver.wait(Duration::from_millis(1));
    }
    driver.wait(SECOND);
    // Without the SFU nothing is held back, and nothing waits any more.
    driver.wait(30 * SECOND);
    assert_eq!(driver.call.poll_timeout(), None);
}

#[test]
fn a_flood_of_questions_is_answered_at_a_rate() {
    let mut page = Page::settled();
    let text = "x".repeat(1_900);
    for n in 1..=500 {
        page.hear(ben(), MessageBody::Chat(chat(n, u64::from(n), &text)));
    }
    page.driver.now += 60 * SECOND;
    let mut bytes = 0;
    for _ in 0..600 {
        let have: Vec<ChatPosition> = Vec::new();
        let mut outputs = page.hear(ben(), MessageBody::ChatSync { have });
        outputs.extend(page.wait(Duration::from_millis(100)));
        for event in outputs
            .iter()
            .filter(|event| matches!(event, ClientEvent::Message(_)))
        {
            bytes += serde_json::to_string(event).unwrap().len();
        }
    }
    // Not the 640 KB a second that a connection can send.
    let bound = (2_048 + 60 * 24 + 64) * 1024;
    assert!(bytes > 500_000 && bytes <= bound, "{bytes} of {bound}");
}
