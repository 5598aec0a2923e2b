//! The SFU, as the rooms see it.

use super::{
    server_with_sfu::{ServerWithSfu, sfu},
    *,
};
use crate::{
    protocol::{
        HostAction, MessageBody, MessageTo, PeerRef, TrackMapping, TrackSource, Tracks,
        VideoSubscription,
    },
    sfu::{SfuCommand, SfuEvent},
};

#[test]
fn who_knows_of_the_sfu_is_introduced_to_it_once_they_are_enough() {
    let mut desk = ServerWithSfu::new(3);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    assert_eq!(desk.begun(), (vec![], vec![]));
    desk.enter(3, false);
    assert_eq!(desk.begun(), (vec![], vec![]), "only those count who know");
    let dora = desk.enter(4, true);
    let [one, two, four] = [1, 2, 4].map(ConnectionId);
    assert_eq!(
        desk.begun(),
        (vec![ada, ben, dora], vec![one, two, four]),
        "not the one who does not know"
    );
}

#[test]
fn two_who_find_no_way_are_brought_together_by_the_sfu() {
    let mut desk = ServerWithSfu::new(9);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    let seed = desk.enter(3, false);
    assert_eq!(desk.ask(1, ada), Err(Refusal::SelfTarget));
    assert_eq!(desk.ask(1, id(77)), Err(Refusal::NotHere(id(77))));
    assert_eq!(desk.ask(9, ada), Err(Refusal::NotInRoom));
    desk.ask(1, seed).unwrap();
    assert_eq!(desk.begun(), (vec![], vec![]), "not with who knows no SFU");
    desk.ask(2, ada).unwrap();
    assert_eq!(
        desk.begun(),
        (vec![ben, ada], vec![ConnectionId(2), ConnectionId(1)])
    );
    desk.ask(1, ben).unwrap();
    assert_eq!(desk.begun(), (vec![], vec![]), "once");
}

#[test]
fn signals_go_both_ways_and_to_this_introduction_only() {
    let mut desk = ServerWithSfu::new(1);
    let ada = desk.enter(1, true);
    let says = |generation| Input::Sfu {
        room: room(1),
        participant: ada,
        says: SfuEvent::Signal {
            generation,
            signal: Signal::renegotiate(),
        },
    };
    let signal = |from, generation| SignalMessage {
        conn_user_socket_id: from,
        signal: Signal::renegotiate(),
        generation: Some(generation),
    };
    desk.give(says(2)).unwrap();
    assert!(desk.sent.is_empty());
    desk.give(says(1)).unwrap();
    let event = ServerEvent::ConnSignal(signal(sfu(), 1));
    assert_eq!(desk.sent, [Output::Send(ConnectionId(1), event)]);
    desk.give(Input::Signal(ConnectionId(1), signal(sfu(), 1)))
        .unwrap();
    let task = SfuCommand::Signal {
        participant: ada,
        generation: 1,
        signal: Signal::renegotiate(),
    };
    assert_eq!(desk.tasks(), [&task]);
    let about = PeerRef {
        conn_user_socket_id: sfu(),
        generation: Some(1),
    };
    desk.give(Input::PeerRestart(ConnectionId(1), about))
        .unwrap();
    let begin = SfuCommand::Begin {
        room: room(1),
        participant: ada,
        generation: 2,
    };
    assert_eq!(desk.tasks(), [&begin]);
}

#[test]
fn the_sfu_is_nobody_to_the_others() {
    let mut desk = ServerWithSfu::new(1);
    let ada = desk.enter(1, true);
    let say = MessageTo {
        to: Some(sfu()),
        body: MessageBody::Subscribe {
            video: VideoSubscription::None,
        },
    };
    let said = desk.give(Input::Message(ConnectionId(1), say));
    assert_eq!(said, Err(Refusal::NotHere(sfu())));
    desk.enter(2, false);
    let members = &desk.admitted().participants;
    assert_eq!(members.len(), 1);
    assert_eq!(members[0].id, ada);
}

#[test]
fn the_sfu_hears_what_is_wanted_of_a_camera_and_who_leaves() {
    let mut desk = ServerWithSfu::new(2);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    for (video, camera) in [
        (VideoSubscription::Low, false),
        (VideoSubscription::Full, true),
    ] {
        let say = MessageTo {
            to: Some(ben),
            body: MessageBody::Subscribe { video },
        };
        desk.give(Input::Message(ConnectionId(1), say)).unwrap();
        let subscription = SfuCommand::SetSubscription {
            participant: ada,
            of: ben,
            camera,
        };
        assert_eq!(desk.tasks(), [&subscription]);
    }
    desk.give(Input::Leave(ConnectionId(2))).unwrap();
    assert_eq!(desk.tasks(), [&SfuCommand::End(ben)]);
}

#[test]
fn one_who_comes_back_is_told_again_what_is_carried() {
    let mut desk = ServerWithSfu::new(2);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    let claim = desk.claim();
    let carried = Input::Sfu {
        room: room(1),
        participant: ben,
        says: SfuEvent::Tracks(Tracks {
            tracks: vec![TrackMapping {
                mid: "4".into(),
                participant: ada,
                source: TrackSource::Camera,
            }],
            missing: Vec::new(),
        }),
    };
    desk.give(Input::Lost(ConnectionId(2))).unwrap();
    desk.give(carried).unwrap();
    assert!(desk.sent.is_empty(), "nobody is there to be told");
    let known = HeldPeer {
        id: sfu(),
        initiator: false,
        generation: 1,
    };
    desk.come_back(3, vec![known], claim);
    assert_eq!(
        desk.tasks(),
        [&SfuCommand::TellAgain(ben)],
        "its peer stays"
    );
}

#[test]
fn another_sfu_is_introduced_to_all_who_had_the_one_before() {
    let mut desk = ServerWithSfu::new(2);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    let cleo = desk.enter(3, false);
    let away = desk.enter(4, true);
    desk.give(Input::Lost(ConnectionId(4))).unwrap();
    desk.give(Input::SfuRestarted).unwrap();
    let [one, two] = [1, 2].map(ConnectionId);
    assert_eq!(
        desk.begun(),
        (vec![ada, ben], vec![one, two]),
        "not {cleo}, and {away} later"
    );
    let introductions = desk.tasks().into_iter().map(|task| match task {
        SfuCommand::Begin { generation, .. } => *generation,
        other => panic!("{other:?}"),
    });
    assert_eq!(introductions.collect::<Vec<_>>(), [2, 2]);
    // What the SFU before has said is for nobody.
    desk.give(Input::Sfu {
        room: room(1),
        participant: ada,
        says: SfuEvent::Signal {
            generation: 1,
            signal: Signal::renegotiate(),
        },
    })
    .unwrap();
    assert!(desk.sent.is_empty());
}

#[test]
fn a_sfu_that_is_gone_is_nobody_until_there_is_another() {
    let mut desk = ServerWithSfu::new(2);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    let claim = desk.claim();
    desk.enter(3, false);
    desk.give(Input::Lost(ConnectionId(2))).unwrap();
    desk.give(Input::SfuGone).unwrap();
    assert_eq!(desk.sfu_left(), [1], "who has not met it is told nothing");
    desk.give(Input::SfuGone).unwrap();
    assert_eq!(desk.sent, [], "once");

    // Who comes now waits for it, and who comes back with its peer hears that it is gone.
    let dora = desk.enter(4, true);
    assert_eq!(desk.begun(), (vec![], vec![]));
    desk.ask(4, ada).unwrap();
    assert_eq!(desk.begun(), (vec![], vec![]));
    let known = HeldPeer {
        id: sfu(),
        initiator: false,
        generation: 1,
    };
    desk.come_back(5, vec![known], claim);
    assert_eq!(desk.begun(), (vec![], vec![]));
    assert_eq!(desk.sfu_left(), [5]);
    let renew = PeerRef {
        conn_user_socket_id: sfu(),
        generation: None,
    };
    desk.give(Input::PeerRestart(ConnectionId(1), renew))
        .unwrap();
    assert_eq!(desk.sent, [], "a race");

    desk.give(Input::SfuRestarted).unwrap();
    let told = [1, 5, 4].map(ConnectionId);
    assert_eq!(desk.begun(), (vec![ada, ben, dora], told.to_vec()));
    desk.give(Input::SfuGone).unwrap();
    assert_eq!(desk.sfu_left(), [1, 5, 4]);
}

#[test]
fn only_so_many_are_introduced_to_the_sfu() {
    let mut desk = ServerWithSfu::new(1);
    let ids: Vec<_> = (1..=3).map(|number| desk.enter(number, true)).collect();
    desk.enter(4, true);
    assert_eq!(desk.begun(), (vec![], vec![]), "three are the most");
    desk.ask(4, ids[0]).unwrap();
    assert_eq!(desk.begun(), (vec![], vec![]));
    desk.give(Input::Leave(ConnectionId(2))).unwrap();
    let begins = SfuCommand::Begin {
        room: room(1),
        participant: id(4),
        generation: 1,
    };
    let tasks = [&SfuCommand::End(ids[1]), &begins];
    assert_eq!(desk.tasks(), tasks, "the place is the next one's");
    desk.enter(5, true);
    assert_eq!(desk.begun(), (vec![], vec![]));
}

#[test]
fn a_room_that_panics_is_given_up_and_the_others_go_on() {
    let mut desk = ServerWithSfu::new(1);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    desk.give(Input::Lost(ConnectionId(2))).unwrap();
    let other = CreateSession {
        resumable: true,
        ..CreateSession::named(room(2))
    };
    let enter = |number, entry: &CreateSession| Input::Enter {
        connection: ConnectionId(number),
        entry: entry.clone(),
        fresh: id(number),
        claim: None,
    };
    desk.give(enter(5, &other)).unwrap();
    desk.give(enter(6, &other)).unwrap();

    let done = desk
        .rooms
        .survive(|_| Some(room(1)), |_| panic!("a mistake"));
    assert_eq!(done, Err(Refusal::NotInRoom));
    desk.sent = std::iter::from_fn(|| desk.rooms.poll_output()).collect();
    assert_eq!(desk.tasks(), [&SfuCommand::End(ada), &SfuCommand::End(ben)]);
    assert!(desk.sent.contains(&Output::Close(ConnectionId(1))));
    assert!(desk.rooms.deadlines.is_empty(), "nobody is waited for");
    assert_eq!(desk.rooms.room_count(), 1);

    desk.give(Input::Leave(ConnectionId(6))).unwrap();
    let left = |output: &Output| {
        matches!(
            output,
            Output::Send(ConnectionId(5), ServerEvent::ParticipantLeft(_))
        )
    };
    assert!(desk.sent.iter().any(left));
    // The room can be had again.
    desk.enter(3, true);
    assert_eq!(desk.begun().0, [id(3)]);
}

#[test]
fn a_meeting_that_is_ended_leaves_its_places_at_the_sfu_to_others() {
    let mut desk = ServerWithSfu::new(1);
    let ids: Vec<_> = (1..=3).map(|number| desk.enter(number, true)).collect();
    desk.give(Input::Lost(ConnectionId(3))).unwrap();
    desk.give(Input::Host(ConnectionId(1), HostAction::End))
        .unwrap();
    let ends: Vec<_> = ids.into_iter().map(SfuCommand::End).collect();
    assert_eq!(desk.tasks(), ends.iter().collect::<Vec<_>>());
    for number in 4..=6 {
        let who = desk.enter(number, true);
        assert_eq!(desk.begun().0, [who], "the three places are free again");
    }
}

proptest! {
    /// Whatever happens, the places that are counted are those that are taken, and the SFU is told of each end.
    #[test]
    fn the_sfu_knows_who_is_introduced_to_it(
        steps in prop::collection::vec((0..9u8, 1..9u64, 1..9u64), 0..60),
    ) {
        let mut desk = ServerWithSfu::new(2);
        let mut known = BTreeSet::new();
        let mut fresh = 100;
        for (step, number, other) in steps {
            let connection = ConnectionId(number);
            fresh += 1;
            let entry = CreateSession {
                auto_prepare: true,
                supports_sfu: number % 4 > 0,
                resumable: number % 3 > 0,
                ..CreateSession::named(room((number % 2) as u8))
            };
            let other = desk.rooms.connections_inside.get(&ConnectionId(other)).map(|(_, id)| *id);
            if matches!(step, 7 | 8) {
                known.clear();
            }
            let _ = match (step, other) {
                (0..=2, _) => desk.give(Input::Enter { connection, entry, fresh: id(fresh), claim: None }),
                (3, Some(other)) => desk.ask(number, other),
                (4, _) => desk.give(Input::Leave(connection)),
                (7, _) => desk.give(Input::SfuGone),
                (8, _) => desk.give(Input::SfuRestarted),
                (5, _) => {
                    let done = desk.give(Input::Lost(connection));
                    connect(&mut desk.rooms, connection);
                    done
                }
                _ => desk.give(Input::Host(connection, HostAction::End)),
            };
            for task in desk.tasks() {
                match task {
                    SfuCommand::Begin { participant, .. } => prop_assert!(known.insert(*participant)),
                    SfuCommand::End(participant) => drop(known.remove(participant)),
                    _ => {}
                }
            }
            let mut taken = BTreeSet::new();
            for room in desk.rooms.rooms.values_mut() {
                let here: Vec<_> = room.order().collect();
                taken.extend(here.into_iter().filter(|who| room.sfu_of(*who).is_some()));
            }
            // Who is away is introduced when it is back.
            prop_assert!(known.is_subset(&taken), "{known:?} of {taken:?}");
            prop_assert_eq!(desk.rooms.forwarded, taken.len());
        }
    }
}
