//! One peer: offers, answers, candidates, repairs.

use super::*;
use crate::protocol::MediaKind;

fn offer(restart_ice: bool) -> Output {
    act(PeerAction::Offer { restart_ice })
}

/// An initiating peer whose first offer is answered.
fn answered() -> Driver {
    let mut driver = Driver::initiating();
    driver.peer(PeerEvent::Offered(sdp("offer")));
    driver.signal(Signal::Answer { sdp: sdp("answer") });
    driver.peer(PeerEvent::RemoteSet);
    driver
}

/// And connected.
fn connected() -> Driver {
    let mut driver = answered();
    driver.peer(PeerEvent::Connection(ConnectionState::Connected));
    driver
}

#[test]
fn who_is_told_that_another_is_ready_makes_the_offer() {
    let mut driver = Driver::inside();
    let ready = PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(1),
    };
    let create = act(PeerAction::Create {
        initiator: true,
        ice_servers: Vec::new(),
    });
    let outputs = driver.event(ServerEvent::ConnInit(ready));
    assert_eq!(
        outputs,
        [create, offer(false), linked(PeerLink::Connecting)]
    );
    assert_eq!(
        driver.peer(PeerEvent::Offered(sdp("o"))),
        [signalled(Signal::Offer { sdp: sdp("o") })]
    );
    assert_eq!(
        driver.signal(Signal::Answer { sdp: sdp("a") }),
        [act(PeerAction::Accept(sdp("a")))]
    );
    assert_eq!(driver.peer(PeerEvent::RemoteSet), []);
    let connected = driver.peer(PeerEvent::Connection(ConnectionState::Connected));
    assert_eq!(connected, [linked(PeerLink::Connected)]);
    // Until then what is lacking of the chat is waited for.
    assert_eq!(driver.wait(3 * SECOND), []);
    assert_eq!(driver.call.poll_timeout(), None);
}

#[test]
fn who_prepares_answers() {
    let mut driver = Driver::inside();
    let prepare = Prepare {
        just_joined_user_socket_id: ben(),
        generation: 3,
        sfu: false,
    };
    let create = act(PeerAction::Create {
        initiator: false,
        ice_servers: Vec::new(),
    });
    let ready = PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(3),
    };
    let ready = Output::Emit(ClientEvent::ConnInit(ready));
    let first = driver.event(ServerEvent::ConnPrepare(prepare.clone()));
    assert_eq!(first, [create, linked(PeerLink::Connecting), ready.clone()]);
    // The server says it again when the answer may be lost: the peer stays.
    assert_eq!(driver.event(ServerEvent::ConnPrepare(prepare)), [ready]);

    let mut driver = Driver::answering();
    assert_eq!(
        driver.signal(Signal::Offer { sdp: sdp("o") }),
        [act(PeerAction::Answer(sdp("o")))]
    );
    assert_eq!(driver.peer(PeerEvent::RemoteSet), []);
    assert_eq!(
        driver.peer(PeerEvent::Answered(sdp("a"))),
        [signalled(Signal::Answer { sdp: sdp("a") })]
    );
}

#[test]
fn media_that_an_offer_lacks_is_asked_for_once() {
    let mut driver = Driver::answering();
    let bare = Sdp::parse("v=0\r\nm=application 9\r\n").unwrap();
    driver.signal(Signal::Offer { sdp: bare.clone() });
    let answer = signalled(Signal::Answer { sdp: sdp("a") });
    let outputs = driver.peer(PeerEvent::Answered(sdp("a")));
    assert_eq!(
        outputs,
        [answer.clone(), ask(MediaKind::Audio), ask(MediaKind::Video)]
    );
    driver.signal(Signal::Offer { sdp: bare });
    assert_eq!(driver.peer(PeerEvent::Answered(sdp("a"))), [answer]);
}

/// An answering peer that is connected, and was offered these sections.
fn offered(sections: &[MediaKind]) -> Driver {
    let mut driver = Driver::answering();
    offer_there(&mut driver, sections);
    driver.peer(PeerEvent::Connection(ConnectionState::Connected));
    driver
}

/// Ben offers these sections, and is answered; what is said to him besides.
fn offer_there(driver: &mut Driver, sections: &[MediaKind]) -> Vec<Output> {
    let media: String = sections
        .iter()
        .map(|kind| format!("m={} 9\r\n", kind.as_str()))
        .collect();
    let sdp = Sdp::parse(format!("v=0\r\n{media}")).unwrap();
    driver.signal(Signal::Offer { sdp: sdp.clone() });
    driver.peer(PeerEvent::RemoteSet);
    driver.peer(PeerEvent::Answered(sdp)).split_off(1)
}

fn share(sound: bool) -> Input {
    Input::Intent(Intent::Share(Some(Share { sound })))
}

fn ask(kind: MediaKind) -> Output {
    signalled(Signal::transceiver_request(kind))
}

#[test]
fn who_shares_adds_places_once_and_offers() {
    let add = |kind| act(PeerAction::AddTransceiver(kind));
    let mut driver = connected();
    assert_eq!(
        driver.give(share(false)),
        [add(MediaKind::Video), offer(false)],
        "no sound, no place for it"
    );
    driver.peer(PeerEvent::Offered(sdp("o2")));
    assert_eq!(driver.give(Input::Intent(Intent::Share(None))), []);
    assert_eq!(driver.give(share(true)), [add(MediaKind::Audio)]);
    driver.signal(Signal::Answer { sdp: sdp("a2") });
    assert_eq!(driver.peer(PeerEvent::RemoteSet), [offer(false)]);
    driver.peer(PeerEvent::Offered(sdp("o3")));
    driver.signal(Signal::Answer { sdp: sdp("a3") });
    driver.peer(PeerEvent::RemoteSet);
    assert_eq!(driver.give(Input::Intent(Intent::Share(None))), []);
    assert_eq!(driver.give(share(true)), []);
    // A request that crosses an offer, or came from who has lost one.
    let again = driver.signal(Signal::transceiver_request(MediaKind::Video));
    assert_eq!(again, [offer(false)], "no third place");
}

#[test]
fn a_new_peer_has_places_for_what_is_shared_in_its_first_offer() {
    let mut driver = Driver::inside();
    assert_eq!(driver.give(share(true)), []);
    let outputs = driver.event(ServerEvent::ConnInit(PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(1),
    }));
    let add = |kind| act(PeerAction::AddTransceiver(kind));
    assert_eq!(
        outputs[1..4],
        [add(MediaKind::Audio), add(MediaKind::Video), offer(false)]
    );
}

#[test]
fn who_answers_asks_for_what_sharing_takes() {
    let (audio, video) = (MediaKind::Audio, MediaKind::Video);
    let mut driver = offered(&[audio, video]);
    assert_eq!(driver.give(share(false)), [ask(video)]);
    assert_eq!(driver.give(share(true)), [ask(audio)]);
    assert_eq!(offer_there(&mut driver, &[audio, video, video]), []);
    assert_eq!(offer_there(&mut driver, &[audio, video, video, audio]), []);
    assert_eq!(driver.give(Input::Intent(Intent::Share(None))), []);
    assert_eq!(driver.give(share(true)), []);
    assert_eq!(driver.wait(1_000 * SECOND), []);

    let mut others = offered(&[video, audio, video, audio, video]);
    assert_eq!(others.give(share(true)), [], "more than enough");

    let mut early = Driver::answering();
    assert_eq!(early.give(share(false)), [], "nothing is offered yet");
    assert_eq!(offer_there(&mut early, &[audio, video]), [ask(video)]);
}

#[test]
fn what_is_not_offered_is_asked_for_again() {
    let mut driver = offered(&MediaKind::ALL);
    assert_eq!(driver.give(share(false)), [ask(MediaKind::Video)]);
    for seconds in [5, 10, 20, 40, 60, 60] {
        assert_eq!(driver.wait(seconds * SECOND - Duration::from_millis(1)), []);
        assert_eq!(
            driver.wait(Duration::from_millis(1)),
            [ask(MediaKind::Video)]
        );
    }
    driver.give(Input::Intent(Intent::Share(None)));
    assert_eq!(driver.wait(1_000 * SECOND), [], "it is of no use any more");
}

#[test]
fn what_is_asked_for_is_offered_when_nothing_is_outstanding() {
    let mut driver = Driver::initiating();
    driver.peer(PeerEvent::Offered(sdp("o")));
    let add = act(PeerAction::AddTransceiver(MediaKind::Video));
    assert_eq!(
        driver.signal(Signal::transceiver_request(MediaKind::Video)),
        std::slice::from_ref(&add)
    );
    assert_eq!(driver.signal(Signal::renegotiate()), []);
    driver.signal(Signal::Answer { sdp: sdp("a") });
    assert_eq!(driver.peer(PeerEvent::RemoteSet), [offer(true)]);

    let mut driver = answered();
    assert_eq!(
        driver.signal(Signal::transceiver_request(MediaKind::Video)),
        [add, offer(false)]
    );
    let mut asked = Driver::initiating();
    let many = (0..1_000).flat_map(|_| asked.signal(Signal::transceiver_request(MediaKind::Audio)));
    assert_eq!(many.count(), 1, "as many as mean something");
}

#[test]
fn candidates_wait_for_the_description_and_keep_their_order() {
    let add = |text: &str| act(PeerAction::AddCandidate(candidate(text)));
    let say = |text: &str| Signal::Candidate {
        candidate: candidate(text),
    };
    for mut driver in [Driver::initiating(), Driver::answering()] {
        driver.peer(PeerEvent::Offered(sdp("o")));
        assert_eq!(driver.signal(say("1")), []);
        driver.signal(Signal::Answer { sdp: sdp("a") });
        driver.signal(Signal::Offer { sdp: sdp("o") });
        assert_eq!(driver.signal(say("2")), []);
        assert_eq!(driver.peer(PeerEvent::RemoteSet), [add("1"), add("2")]);
        assert_eq!(driver.signal(say("3")), [add("3")]);
    }
    let mut flooded = Driver::answering();
    (0..1_000).for_each(|n| drop(flooded.signal(say(&n.to_string()))));
    flooded.signal(Signal::Offer { sdp: sdp("o") });
    assert_eq!(flooded.peer(PeerEvent::RemoteSet).len(), 128);
}

#[test]
fn candidates_of_a_restart_wait_for_its_answer() {
    let mut driver = answered();
    driver.signal(Signal::renegotiate());
    driver.peer(PeerEvent::Offered(sdp("o2")));
    assert_eq!(
        driver.signal(Signal::Candidate {
            candidate: candidate("new")
        }),
        []
    );
    driver.signal(Signal::Answer { sdp: sdp("a2") });
    let added = driver.peer(PeerEvent::RemoteSet);
    assert_eq!(added, [act(PeerAction::AddCandidate(candidate("new")))]);
}

#[test]
fn an_offer_without_an_answer_is_made_again() {
    let mut driver = Driver::initiating();
    driver.peer(PeerEvent::Offered(sdp("o")));
    assert_eq!(driver.wait(4 * SECOND), []);
    assert_eq!(driver.wait(SECOND), [offer(true)]);
    // The answer to the first one is of no use while the second is made.
    assert_eq!(driver.signal(Signal::Answer { sdp: sdp("a1") }), []);
    driver.peer(PeerEvent::Offered(sdp("o2")));
    assert_eq!(
        driver.signal(Signal::Answer { sdp: sdp("a2") }),
        [act(PeerAction::Accept(sdp("a2")))]
    );
    driver.peer(PeerEvent::RemoteSet);
    // One answer too many: the one that was accepted was not to that offer.
    assert_eq!(
        driver.signal(Signal::Answer { sdp: sdp("a3") }),
        [offer(true)]
    );
}

#[test]
fn only_the_newest_offer_is_answered() {
    let mut driver = Driver::answering();
    driver.signal(Signal::Offer { sdp: sdp("o1") });
    assert_eq!(driver.signal(Signal::Offer { sdp: sdp("o2") }), []);
    assert_eq!(driver.signal(Signal::Offer { sdp: sdp("o3") }), []);
    driver.peer(PeerEvent::RemoteSet);
    assert_eq!(
        driver.peer(PeerEvent::Answered(sdp("a1"))),
        [act(PeerAction::Answer(sdp("o3")))]
    );
    driver.peer(PeerEvent::RemoteSet);
    assert_eq!(
        driver.peer(PeerEvent::Answered(sdp("a3"))),
        [signalled(Signal::Answer { sdp: sdp("a3") })]
    );
}

#[test]
fn what_fails_is_tried_once_more_and_then_left_to_the_renewal() {
    let failed = || PeerEvent::Failed("InvalidStateError".into());
    let mut offering = Driver::initiating();
    assert_eq!(offering.peer(failed()), [offer(true)]);
    assert_eq!(offering.peer(failed()), []);
    assert_eq!(offering.wait(15 * SECOND), [renewed()]);

    let mut answering = Driver::answering();
    answering.signal(Signal::Offer { sdp: sdp("o") });
    assert_eq!(answering.peer(failed()), [signalled(Signal::renegotiate())]);
    answering.signal(Signal::Offer { sdp: sdp("o") });
    assert_eq!(answering.peer(failed()), []);
    assert_eq!(answering.peer(failed()), [], "a candidate, perhaps");
}

#[test]
fn a_silent_connection_is_repaired_and_then_renewed() {
    let mut driver = connected();
    assert_eq!(
        driver.peer(PeerEvent::Connection(ConnectionState::Disconnected)),
        []
    );
    assert_eq!(driver.wait(2 * SECOND), []);
    assert_eq!(
        driver.wait(SECOND),
        [offer(true), linked(PeerLink::Restarting)]
    );
    driver.peer(PeerEvent::Offered(sdp("o2")));
    driver.signal(Signal::Answer { sdp: sdp("a2") });
    driver.peer(PeerEvent::RemoteSet);
    assert_eq!(driver.wait(10 * SECOND), [renewed()]);
    // The old peer is closed when the introduction comes, and what it still says means nothing any more.
    let again = driver.event(ServerEvent::ConnInit(PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(2),
    }));
    let create = PeerAction::Create {
        initiator: true,
        ice_servers: Vec::new(),
    };
    let act2 = |action| Output::Peer {
        id: ben(),
        serial: 2,
        action,
    };
    let offer = act2(PeerAction::Offer { restart_ice: false });
    assert_eq!(again, [act(PeerAction::Close), act2(create), offer]);
    assert_eq!(driver.peer(PeerEvent::Offered(sdp("late"))), []);
    let before = driver.signal(Signal::transceiver_request(MediaKind::Video));
    assert_eq!(before, [], "of the generation before");
}

#[test]
fn a_connection_that_comes_back_by_itself_is_left_alone() {
    let mut driver = connected();
    driver.peer(PeerEvent::Connection(ConnectionState::Disconnected));
    driver.wait(2 * SECOND);
    assert_eq!(
        driver.peer(PeerEvent::Connection(ConnectionState::Connected)),
        []
    );
    assert_eq!(driver.wait(1_000 * SECOND), []);
}

#[test]
fn who_answers_asks_for_the_repair() {
    let mut driver = Driver::answering();
    driver.peer(PeerEvent::Connection(ConnectionState::Connected));
    let outputs = driver.peer(PeerEvent::Connection(ConnectionState::Failed));
    assert_eq!(
        outputs,
        [
            linked(PeerLink::Restarting),
            signalled(Signal::renegotiate())
        ]
    );
    assert_eq!(
        driver.peer(PeerEvent::Connection(ConnectionState::Closed)),
        [renewed()],
        "beyond repair"
    );
}

#[test]
fn renewals_back_off() {
    let mut driver = Driver::answering();
    for seconds in [15, 30, 60, 60] {
        assert_eq!(driver.wait(seconds * SECOND - Duration::from_millis(1)), []);
        assert_eq!(driver.wait(Duration::from_millis(1)), [renewed()]);
    }
}

#[test]
fn nothing_is_due_while_the_other_socket_is_away() {
    let mut driver = connected();
    driver.event(ServerEvent::ParticipantState(Member {
        away: true,
        ..member(ben())
    }));
    driver.peer(PeerEvent::Connection(ConnectionState::Failed));
    assert_eq!(driver.wait(25 * SECOND), []);
    let back = driver.event(ServerEvent::ParticipantState(member(ben())));
    assert_eq!(
        back,
        [Output::Notice(Notice::Member(member(ben()))), offer(true)]
    );
}

/// Drawing may wait while two are being introduced, and not for long if nothing comes of it.
#[test]
fn the_pages_are_drawn_when_nobody_waits_for_a_description() {
    let delay = |driver: &Driver| driver.call.render_delay(driver.now);
    let mut driver = Driver::new();
    driver.join();
    driver.give(Input::LinkOpened);
    driver.reply(Admission {
        participants: Vec::new(),
        ..admission()
    });
    assert_eq!(delay(&driver), Duration::ZERO, "nobody is here");
    driver.event(ServerEvent::ParticipantState(member(ben())));
    assert_eq!(delay(&driver), Duration::from_millis(30), "Ben has come");
    driver.wait(Duration::from_millis(10));
    assert_eq!(delay(&driver), Duration::from_millis(20));
    driver.wait(Duration::from_millis(20));
    assert_eq!(delay(&driver), Duration::ZERO, "nobody introduces him");

    driver.event(ServerEvent::ConnPrepare(Prepare {
        just_joined_user_socket_id: ben(),
        generation: 1,
        sfu: false,
    }));
    let long = Duration::from_millis(100);
    assert_eq!(delay(&driver), long, "his offer is to come");
    driver.signal(Signal::Offer { sdp: sdp("o") });
    driver.peer(PeerEvent::RemoteSet);
    assert_eq!(delay(&driver), long, "he waits for the answer");
    driver.peer(PeerEvent::Answered(sdp("a")));
    assert_eq!(delay(&driver), Duration::ZERO);

    let mut driver = Driver::initiating();
    assert_eq!(delay(&driver), long, "an offer is made");
    driver.peer(PeerEvent::Offered(sdp("o")));
    assert_eq!(delay(&driver), Duration::ZERO, "it is the other one's turn");
}
