//! The link and the stay in a room.

use super::*;
use crate::protocol::{
    CreateSession, HeldPeer, LobbyWatch, MessageBody, MessageTo, ParticipantLeft,
};

fn phase(phase: Phase) -> Output {
    Output::Notice(Notice::Phase(phase))
}

/// The look into the room before the join.
fn looks() -> Output {
    let room = admission().room;
    Output::Emit(ClientEvent::LobbyWatch(LobbyWatch { room }))
}

/// Ben is asked for what is lacking of the chat, which is all of it.
fn asks() -> Output {
    Output::Emit(ClientEvent::Message(MessageTo {
        to: Some(ben()),
        body: MessageBody::ChatSync { have: Vec::new() },
    }))
}

fn gone() -> Output {
    Output::Notice(Notice::Gone(ben()))
}

/// The `create-session` among the outputs.
fn entry(outputs: &[Output]) -> CreateSession {
    let mut entries = outputs.iter().filter_map(|output| match output {
        Output::Emit(ClientEvent::CreateSession(entry)) => Some(entry.clone()),
        _ => None,
    });
    entries
        .next()
        .unwrap_or_else(|| panic!("no create-session in {outputs:?}"))
}

/// Inside with a connected peer, and the link lost and open again: `create-session` is sent.
fn returning() -> (Driver, CreateSession) {
    let mut driver = Driver::initiating();
    driver.peer(PeerEvent::Offered(sdp("o")));
    driver.signal(Signal::Answer { sdp: sdp("a") });
    driver.peer(PeerEvent::RemoteSet);
    driver.peer(PeerEvent::Connection(ConnectionState::Connected));
    assert_eq!(driver.give(Input::LinkLost), [phase(Phase::Reconnecting)]);
    assert_eq!(
        driver.wait(Duration::from_millis(200)),
        [Output::OpenLink(Transport::WebSocket)]
    );
    let outputs = driver.give(Input::LinkOpened);
    (driver, entry(&outputs))
}

fn resumed(participants: Vec<Member>, reforming: bool) -> Admission {
    Admission {
        resumed: true,
        recovering: reforming,
        participants,
        resume: "token-2".into(),
        ..admission()
    }
}

#[test]
fn who_hurries_waits_for_no_attempt() {
    let mut driver = Driver::initiating();
    driver.give(Input::LinkLost);
    assert_eq!(
        driver.give(Input::Intent(Intent::Hurry)),
        [Output::OpenLink(Transport::WebSocket)]
    );
    assert_eq!(driver.give(Input::Intent(Intent::Hurry)), [], "once");
    driver.give(Input::LinkLost);
    assert_eq!(
        driver.give(Input::Intent(Intent::Hurry)),
        [Output::OpenLink(Transport::WebSocket)]
    );
    let outputs = driver.give(Input::LinkOpened);
    assert_eq!(entry(&outputs).resume.as_deref(), Some("token-1"));
}

#[test]
fn who_hurries_inside_learns_in_three_seconds_that_the_link_is_dead() {
    let echo = Output::Emit(ClientEvent::Echo(Empty {}));
    let mut driver = Driver::initiating();
    assert_eq!(
        driver.give(Input::Intent(Intent::Hurry)),
        std::slice::from_ref(&echo),
        "asks"
    );
    assert_eq!(driver.give(Input::Intent(Intent::Hurry)), [], "once");
    assert_eq!(driver.give(Input::Echoed), []);
    assert_eq!(driver.wait(5 * SECOND), [], "it is alive");

    assert_eq!(driver.give(Input::Intent(Intent::Hurry)), [echo], "again");
    assert_eq!(
        driver.wait(3 * SECOND),
        [Output::AbandonLink, phase(Phase::Reconnecting)]
    );
    assert_eq!(
        driver.wait(Duration::from_millis(200)),
        [Output::OpenLink(Transport::WebSocket)]
    );
}

#[test]
fn what_comes_meanwhile_stands_for_an_echo_that_is_late() {
    let nothing = Refused::new(&Refusal::Locked, None);
    let event = Input::Event(ServerEvent::Refused(nothing));
    for (comes, wait) in [(Input::Heard, SECOND), (event, 2 * SECOND)] {
        let mut driver = Driver::initiating();
        driver.give(Input::Intent(Intent::Hurry));
        assert_eq!(driver.wait(wait), []);
        driver.give(comes);
        assert_eq!(driver.wait(5 * SECOND), [], "it is alive");
    }
}

#[test]
fn a_page_that_the_server_will_not_have_is_told_so_and_tries_no_more() {
    let refused = Refused {
        code: "origin-refused".into(),
        ..Refused::new(&Refusal::Locked, None)
    };
    let end = phase(Phase::Ended(EndReason::Refused(refused.clone())));
    for joins in [false, true] {
        let mut driver = Driver::new();
        driver.approach();
        if joins {
            driver.join();
        }
        assert_eq!(
            driver.give(Input::LinkLost),
            [Output::OpenLink(Transport::Polling)]
        );
        assert_eq!(
            driver.give(Input::LinkRefused(refused.clone())),
            [Output::CloseLink, end.clone()]
        );
        assert_eq!(driver.call.poll_timeout(), None);
        assert_eq!(driver.give(Input::LinkRefused(refused.clone())), [], "once");
    }
}

#[test]
fn another_page_comes_back_as_the_same_participant() {
    let mut driver = Driver::new();
    assert_eq!(driver.call.resume_point(), None, "outside");
    driver.give(Input::Intent(Intent::Return {
        room: admission().room,
        presence: Presence::unnamed(),
        from: ResumePoint {
            token: "token-0".into(),
            last_message: 7,
        },
    }));
    let entry = entry(&driver.give(Input::LinkOpened));
    assert_eq!(
        (entry.resume.as_deref(), entry.peers),
        (Some("token-0"), Vec::new())
    );
    driver.reply(resumed(vec![member(ben())], false));
    let point = driver.call.resume_point().unwrap();
    assert_eq!((&*point.token, point.last_message), ("token-2", 7));
}

#[test]
fn where_the_place_is_gone_another_page_enters_as_anybody() {
    let mut driver = Driver::new();
    driver.give(Input::Intent(Intent::Return {
        room: admission().room,
        presence: Presence::unnamed(),
        from: ResumePoint {
            token: "token-0".into(),
            last_message: 7,
        },
    }));
    driver.give(Input::LinkOpened);
    let refused = Refused::new(&Refusal::ResumeRefused, None);
    let again = driver.give(Input::Reply(SessionReply::Refused(refused)));
    assert_eq!(entry(&again).resume, None);
    driver.reply(admission());
    assert_eq!(
        driver.call.resume_point().map(|point| point.last_message),
        Some(0)
    );
}

#[test]
fn a_stay_from_join_to_leave() {
    let mut driver = Driver::new();
    assert_eq!(
        driver.join(),
        [
            phase(Phase::Joining),
            Output::OpenLink(Transport::WebSocket)
        ]
    );
    assert_eq!(driver.join(), [], "once");
    let entry = entry(&driver.give(Input::LinkOpened));
    assert_eq!(
        (entry.resume, entry.peers, entry.resumable),
        (None, Vec::new(), true)
    );
    let admitted = Notice::Admitted {
        you: ada(),
        room: admission().room,
        resumed: false,
    };
    let shown = Output::Emit(ClientEvent::ParticipantState(Presence::unnamed()));
    let members = Output::Notice(Notice::Member(member(ben())));
    let outputs = driver.reply(admission());
    assert_eq!(
        outputs,
        [
            Output::Notice(admitted),
            Output::Notice(Notice::Room(RoomState::default())),
            members,
            shown,
            asks(),
            phase(Phase::InRoom)
        ]
    );

    let muted = Presence {
        microphone: false,
        ..Presence::unnamed()
    };
    let outputs = driver.give(Input::Intent(Intent::Present(muted.clone())));
    assert_eq!(
        outputs,
        [Output::Emit(ClientEvent::ParticipantState(muted))]
    );

    driver.event(ServerEvent::ConnInit(PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(1),
    }));
    let left = driver.give(Input::Intent(Intent::Leave));
    let leave = Output::Emit(ClientEvent::LeaveSession(Empty {}));
    let end = phase(Phase::Ended(EndReason::Left));
    assert_eq!(
        left,
        [leave, Output::CloseLink, act(PeerAction::Close), end]
    );
    assert_eq!(driver.peer(PeerEvent::Offered(sdp("late"))), []);
    assert_eq!(driver.give(Input::LinkLost), []);
    assert_eq!(driver.call.poll_timeout(), None);
    assert_eq!(
        driver.join(),
        [
            phase(Phase::Joining),
            Output::OpenLink(Transport::WebSocket)
        ],
        "and again"
    );
}

#[test]
fn who_has_approached_enters_without_waiting_for_the_link() {
    let mut driver = Driver::new();
    assert_eq!(driver.approach(), [Output::OpenLink(Transport::WebSocket)]);
    assert_eq!(driver.approach(), [], "once");
    assert_eq!(driver.give(Input::LinkOpened), [looks()]);
    assert_eq!(driver.call.poll_timeout(), None);
    let outputs = driver.join();
    assert_eq!(outputs[0], phase(Phase::Joining));
    assert_eq!(entry(&outputs).resume, None);
    assert_eq!(outputs.len(), 2);
}

#[test]
fn a_link_that_is_lost_before_the_room_is_opened_again_in_silence() {
    let mut driver = Driver::new();
    driver.approach();
    driver.give(Input::LinkOpened);
    assert_eq!(driver.give(Input::LinkLost), []);
    assert_eq!(
        driver.wait(Duration::from_millis(200)),
        [Output::OpenLink(Transport::WebSocket)]
    );
    assert_eq!(driver.give(Input::LinkLost), []);
    // Who wants to enter does not wait for the next attempt.
    assert_eq!(
        driver.join(),
        [
            phase(Phase::Joining),
            Output::OpenLink(Transport::WebSocket)
        ]
    );
    entry(&driver.give(Input::LinkOpened));
}

#[test]
fn who_goes_away_before_the_room_closes_the_link() {
    let mut driver = Driver::new();
    driver.approach();
    driver.give(Input::LinkOpened);
    let left = driver.give(Input::Intent(Intent::Leave));
    assert_eq!(left, [Output::CloseLink]);
    assert_eq!(driver.give(Input::LinkLost), []);
    assert_eq!(driver.call.poll_timeout(), None);
}

#[test]
fn who_leaves_on_the_way_in_says_so() {
    let leave = Output::Emit(ClientEvent::LeaveSession(Empty {}));
    for (opened, said) in [(false, false), (true, true)] {
        let mut driver = Driver::new();
        driver.join();
        if opened {
            driver.give(Input::LinkOpened);
        }
        assert_eq!(
            driver.give(Input::Intent(Intent::Leave)).contains(&leave),
            said
        );
        assert_eq!(driver.reply(admission()), []);
        assert_eq!(driver.give(Input::LinkOpened), []);
    }
}

#[test]
fn an_attempt_that_comes_to_nothing_is_given_up() {
    let mut driver = Driver::new();
    driver.join();
    assert_eq!(
        driver.wait(3 * SECOND),
        [Output::AbandonLink, Output::OpenLink(Transport::Polling)]
    );
    // On the way in, nothing is said of the first attempts.
    assert_eq!(driver.wait(10 * SECOND), [Output::AbandonLink]);
    assert_eq!(
        driver.wait(SECOND),
        [Output::OpenLink(Transport::WebSocket)]
    );
    driver.give(Input::LinkOpened);
    let outputs = driver.wait(10 * SECOND);
    assert_eq!(
        outputs.first(),
        Some(&Output::AbandonLink),
        "no reply to create-session"
    );
}

#[test]
fn a_refusal_ends_the_call() {
    for refusal in [
        Refusal::RoomFull(8),
        Refusal::TooManyRooms(1),
        Refusal::ResumeRefused,
    ] {
        let mut driver = Driver::new();
        driver.join();
        driver.give(Input::LinkOpened);
        let refused = Refused::new(&refusal, None);
        let outputs = driver.refuse(&refusal);
        assert_eq!(
            outputs,
            [
                Output::CloseLink,
                phase(Phase::Ended(EndReason::Refused(refused)))
            ]
        );
    }
}

#[test]
fn who_comes_back_brings_the_peers_and_keeps_them() {
    let (mut driver, entry) = returning();
    assert_eq!(entry.resume.as_deref(), Some("token-1"));
    assert_eq!(
        entry.peers,
        [HeldPeer {
            id: ben(),
            initiator: true,
            generation: 1
        }]
    );
    let outputs = driver.reply(resumed(vec![member(ben())], false));
    let admitted = Notice::Admitted {
        you: ada(),
        room: admission().room,
        resumed: true,
    };
    let shown = Output::Emit(ClientEvent::ParticipantState(Presence::unnamed()));
    assert_eq!(
        outputs,
        [
            Output::Notice(admitted),
            shown,
            asks(),
            phase(Phase::InRoom)
        ]
    );
    driver.give(Input::LinkLost);
    driver.wait(SECOND);
    let outputs = driver.give(Input::LinkOpened);
    assert_eq!(self::entry(&outputs).resume.as_deref(), Some("token-2"));
}

#[test]
fn who_left_meanwhile_is_gone() {
    let (mut driver, _) = returning();
    let outputs = driver.reply(resumed(Vec::new(), false));
    let at = outputs
        .iter()
        .position(|output| *output == act(PeerAction::Close))
        .unwrap();
    assert_eq!(outputs[at + 1], gone());
    assert_eq!(
        driver.event(ServerEvent::ParticipantLeft(ParticipantLeft { id: ben() })),
        []
    );
}

#[test]
fn who_is_not_taken_back_enters_anew() {
    let (mut driver, _) = returning();
    let outputs = driver.refuse(&Refusal::ResumeRefused);
    assert_eq!(outputs[..2], [act(PeerAction::Close), gone()]);
    let entry = entry(&outputs);
    assert_eq!((entry.resume, entry.peers.len()), (None, 0));
    let outputs = driver.refuse(&Refusal::RoomFull(8));
    assert_eq!(outputs[0], Output::CloseLink);
}

#[test]
fn who_has_made_way_does_not_come_back_beside_who_took_the_place() {
    let (mut driver, _) = returning();
    driver.give(Input::Intent(Intent::MakeWay));
    let outputs = driver.refuse(&Refusal::ResumeRefused);
    assert_eq!(
        outputs.last(),
        Some(&phase(Phase::Ended(EndReason::SessionReplaced)))
    );
    assert!(outputs.contains(&Output::CloseLink));
}

#[test]
fn who_has_made_way_for_nobody_enters_anew_a_while_later() {
    let mut driver = Driver::initiating();
    driver.give(Input::Intent(Intent::MakeWay));
    driver.wait(30 * SECOND);
    driver.give(Input::LinkLost);
    driver.wait(SECOND);
    driver.give(Input::LinkOpened);
    let outputs = driver.refuse(&Refusal::ResumeRefused);
    assert_eq!(entry(&outputs).resume, None);
}

#[test]
fn after_a_restart_a_connected_peer_outlives_its_participants_absence() {
    let (mut driver, _) = returning();
    let outputs = driver.reply(resumed(Vec::new(), true));
    assert!(!outputs.contains(&gone()));
    assert_eq!(driver.wait(100 * SECOND), []);
    // What the peer says waits, for the server would refuse it.
    let found = PeerEvent::Candidate(candidate("1"));
    assert_eq!(driver.peer(found), []);
    assert_eq!(
        driver.event(ServerEvent::ParticipantState(member(ben()))),
        [signalled(Signal::Candidate {
            candidate: candidate("1")
        })]
    );

    let (mut driver, _) = returning();
    driver.reply(resumed(Vec::new(), true));
    driver.peer(PeerEvent::Connection(ConnectionState::Failed));
    assert_eq!(driver.wait(29 * SECOND), []);
    // A second cut while the room still forms changes nothing.
    driver.give(Input::LinkLost);
    driver.wait(Duration::from_millis(200));
    driver.give(Input::LinkOpened);
    assert!(!driver.reply(resumed(Vec::new(), false)).contains(&gone()));
    assert_eq!(driver.wait(SECOND), [act(PeerAction::Close), gone()]);
}

#[test]
fn nothing_is_said_while_the_link_is_down_and_all_of_it_afterwards() {
    let mut driver = Driver::initiating();
    driver.give(Input::LinkLost);
    assert_eq!(driver.peer(PeerEvent::Offered(sdp("o"))), []);
    assert_eq!(driver.peer(PeerEvent::Candidate(candidate("1"))), []);
    let outputs = driver.wait(200 * SECOND);
    assert!(outputs.iter().all(|output| matches!(
        output,
        Output::OpenLink(_) | Output::AbandonLink | Output::Notice(Notice::Phase(_))
    )));
    while driver.give(Input::LinkOpened).is_empty() {
        driver.wait(SECOND);
    }
    let outputs = driver.reply(resumed(vec![member(ben())], false));
    let at = outputs
        .iter()
        .position(|output| *output == signalled(Signal::Offer { sdp: sdp("o") }))
        .unwrap();
    assert_eq!(
        outputs[at + 1],
        signalled(Signal::Candidate {
            candidate: candidate("1")
        })
    );
    // Its time begins anew.
    assert_eq!(driver.wait(4 * SECOND), []);
    assert_eq!(
        driver.wait(SECOND),
        [act(PeerAction::Offer { restart_ice: true })]
    );
}

#[test]
fn a_server_that_is_not_reached_on_the_way_in_is_said_to_be_away_after_three_attempts() {
    let mut driver = Driver::new();
    driver.join();
    let mut lost = 0;
    let outputs = loop {
        let outputs = driver.give(Input::LinkLost);
        if outputs != [Output::OpenLink(Transport::Polling)] {
            lost += 1;
            if !outputs.is_empty() {
                break outputs;
            }
            driver.wait(5 * SECOND);
        }
    };
    assert_eq!((lost, outputs), (4, vec![phase(Phase::ServerAway)]));
}

#[test]
fn a_server_that_closes_is_waited_for() {
    let mut driver = Driver::initiating();
    assert_eq!(driver.event(ServerEvent::ServerClosing(Empty {})), []);
    assert_eq!(driver.give(Input::LinkLost), [phase(Phase::Reconnecting)]);
}

#[test]
fn a_refusal_is_shown_unless_it_is_a_race() {
    let mut driver = Driver::inside();
    let race = Refused::new(&Refusal::NotHere(ben()), Some("conn-signal"));
    assert_eq!(driver.event(ServerEvent::Refused(race)), []);
    let refused = Refused::new(&Refusal::EventFlood, None);
    let notice = Output::Notice(Notice::Refused(refused.clone()));
    assert_eq!(driver.event(ServerEvent::Refused(refused)), [notice]);
}
