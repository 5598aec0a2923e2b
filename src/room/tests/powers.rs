//! What hosts, doors and hands do, one by one.

use super::*;
use crate::protocol::{
    DisplayName, Empty, HostRequest, HostRequested, KnockResult, ServerEvent, WAITING, WATCHERS,
};

fn enter(world: &mut World) -> (ParticipantId, ConnectionId) {
    let kind = Kind::Resumable;
    world.step(Step::Enter { room: 0, kind });
    (id(world.connections), ConnectionId(world.connections))
}

fn seed(world: &mut World) -> ParticipantId {
    let kind = Kind::Seed;
    world.step(Step::Enter { room: 0, kind });
    id(world.connections)
}

/// What the server does about something, without anybody taking it.
fn outputs(world: &mut World, input: Input) -> Vec<Output> {
    world.rooms.handle_input(world.now, input).unwrap();
    std::iter::from_fn(|| world.rooms.poll_output()).collect()
}

#[test]
fn the_role_passes_to_who_has_been_here_longest_and_is_there() {
    let mut world = World::new();
    let first = seed(&mut world);
    assert_eq!(world.host(&room(0)), None, "a client of the seed can't be");
    let (ada, at_ada) = enter(&mut world);
    let (ben, at_ben) = enter(&mut world);
    let (cleo, at_cleo) = enter(&mut world);
    assert_eq!(world.host(&room(0)), Some(ada));
    // Over a cut it stays, also while others are there.
    world.give(Input::Lost(at_ada)).unwrap();
    world.clients.get_mut(&ada).unwrap().connection = None;
    assert_eq!(world.host(&room(0)), Some(ada));
    world.give(Input::Lost(at_ben)).unwrap();
    world.clients.get_mut(&ben).unwrap().connection = None;
    world.now += RESUME_GRACE;
    world.give(Input::Timeout).unwrap();
    assert_eq!(world.host(&room(0)), Some(cleo));
    world
        .give(Input::Host(at_cleo, HostAction::Lock { locked: true }))
        .unwrap();
    world.clients.get_mut(&cleo).unwrap().gone = true;
    world.give(Input::Leave(at_cleo)).unwrap();
    assert_eq!(
        (world.host(&room(0)), world.is_locked(&room(0))),
        (None, false)
    );
    assert!(world.clients[&first].connection.is_some());
    let (dan, at_dan) = enter(&mut world);
    assert_eq!(world.host(&room(0)), Some(dan));
    let refused = world.give(Input::Host(at_dan, HostAction::HandOver { id: first }));
    assert_eq!(refused, Err(Refusal::Unsupported(first)));
}

#[test]
fn who_was_away_is_asked_when_it_is_back() {
    let mut world = World::new();
    let (_, at_ada) = enter(&mut world);
    let (ben, _) = enter(&mut world);
    world.lose(world.clients.keys().position(|id| *id == ben).unwrap());
    let mute = Input::Host(at_ada, HostAction::Mute { id: ben });
    let shown = outputs(&mut world, mute);
    let [Output::Send(to, ServerEvent::ParticipantState(member))] = &*shown else {
        panic!("{shown:?}")
    };
    assert_eq!((*to, member.presence.microphone), (at_ada, false));
    let at_ben = world.connect();
    let back = Input::Enter {
        connection: at_ben,
        entry: world.returning(ben),
        fresh: id(3_995),
        claim: Some(world.clients[&ben].claim.clone()),
    };
    let what = HostRequest::Mute;
    let asked = Output::Send(
        at_ben,
        ServerEvent::HostRequest(HostRequested { request: what }),
    );
    let told = outputs(&mut world, back);
    assert!(told.contains(&asked), "{told:?}");
    let is_on = |output: &Output| matches!(output, Output::Send(_, ServerEvent::ParticipantState(member)) if member.presence.microphone);
    assert!(!told.iter().any(is_on), "still shown as asked");
    // Done, and turned on again later: nothing is asked any more.
    for microphone in [false, true] {
        let presence = Presence {
            microphone,
            ..Presence::unnamed()
        };
        outputs(&mut world, Input::Present(at_ben, presence));
    }
    let back = Input::Enter {
        connection: world.connect(),
        entry: world.returning(ben),
        fresh: id(3_995),
        claim: Some(Claim {
            token_number: 2,
            ..world.clients[&ben].claim.clone()
        }),
    };
    let told = outputs(&mut world, back);
    let moved = Output::Send(at_ben, ServerEvent::SessionReplaced(Empty {}));
    assert_eq!(told.iter().position(|output| *output == moved), Some(0));
    assert!(
        !told
            .iter()
            .any(|output| matches!(output, Output::Send(_, ServerEvent::HostRequest(_))))
    );
}

#[test]
fn who_comes_back_in_another_page_is_introduced_anew() {
    let mut world = World::new();
    let (_, at_ada) = enter(&mut world);
    let (ben, _) = enter(&mut world);
    world.settle();
    let before = world.clients[&ben].peers[0].generation;
    // The peer that Ada holds is of no use to a page that has none.
    let entry = CreateSession {
        peers: Vec::new(),
        ..world.returning(ben)
    };
    let back = Input::Enter {
        connection: world.connect(),
        entry,
        fresh: id(3_990),
        claim: Some(world.clients[&ben].claim.clone()),
    };
    let told = outputs(&mut world, back);
    let is_prepared_anew = |output: &Output| match output {
        Output::Send(at, ServerEvent::ConnPrepare(prepare)) => {
            (*at, prepare.just_joined_user_socket_id, prepare.generation)
                == (at_ada, ben, before + 1)
        }
        _ => false,
    };
    assert!(told.iter().any(is_prepared_anew), "{told:?}");
}

#[test]
fn hands_are_counted_in_the_order_of_their_raising() {
    let mut world = World::new();
    let people = [(); 3].map(|()| enter(&mut world));
    let hands = |world: &World| {
        let room = &world.rooms.rooms[&room(0)];
        people.map(|(id, _)| room.participants.get(&id).unwrap().hand)
    };
    let raise = |world: &mut World, who: usize, hand| {
        let presence = Presence {
            hand,
            ..Presence::unnamed()
        };
        world.give(Input::Present(people[who].1, presence)).unwrap();
        hands(world)
    };
    assert_eq!(raise(&mut world, 1, true), [None, Some(1), None]);
    assert_eq!(raise(&mut world, 0, true), [Some(2), Some(1), None]);
    assert_eq!(raise(&mut world, 1, true), [Some(2), Some(1), None]);
    assert_eq!(raise(&mut world, 1, false), [Some(2), None, None]);
    assert_eq!(raise(&mut world, 1, true), [Some(2), Some(3), None]);
    world
        .give(Input::Host(people[0].1, HostAction::LowerHands))
        .unwrap();
    assert_eq!(raise(&mut world, 2, true), [None, None, Some(4)]);
    // One may come with the hand up.
    let mut entry = CreateSession::named(room(0));
    entry.presence.hand = true;
    let (connection, fresh) = (world.connect(), id(3_993));
    let enter = Input::Enter {
        connection,
        entry,
        fresh,
        claim: None,
    };
    world.give(enter).unwrap();
    let room = &world.rooms.rooms[&room(0)];
    assert_eq!(room.participants.get(&fresh).unwrap().hand, Some(5));
}

#[test]
fn so_many_wait_and_so_many_watch() {
    let mut world = World::new();
    let (_, host) = enter(&mut world);
    world
        .give(Input::Host(host, HostAction::Lock { locked: true }))
        .unwrap();
    for n in 0..WAITING {
        world.knock(room(0), n);
    }
    let late = world.connect();
    let knock = Knock {
        room: room(0),
        name: DisplayName::parse("Late").unwrap(),
    };
    let knock = |fresh| Input::Knock {
        connection: late,
        knock: knock.clone(),
        fresh,
    };
    assert_eq!(world.give(knock(id(3_994))), Err(Refusal::TooManyWaiting));
    // One that goes makes room for one that comes.
    let first = world.nth_outsider(0).unwrap();
    world.outsiders.remove(&first);
    world.give(Input::Leave(first)).unwrap();
    world.outsiders.insert(late, Outsider::default());
    world.outsiders.get_mut(&late).unwrap().waits = Some((room(0), id(3_994)));
    world.give(knock(id(3_994))).unwrap();
    world.check();

    for n in 0..WATCHERS {
        world.look(room(1), n);
    }
    let other = world.connect();
    let look = |world: &mut World| world.give(Input::LobbyWatch(other, room(1)));
    assert_eq!(look(&mut world), Err(Refusal::TooManyWaiting));
    let first = world.nth_outsider(0).unwrap();
    world.outsiders.insert(other, Outsider::default());
    world.look(room(0), 0);
    assert!(
        world.outsiders[&first].watches.is_some(),
        "another room in its place"
    );
    world.outsiders.get_mut(&other).unwrap().watches = Some((room(1), Lobby::default()));
    assert_eq!(look(&mut world), Ok(()));
    world.check();
}

#[test]
fn who_is_kept_out_of_one_room_goes_on_to_watch_another() {
    let mut world = World::new();
    let (_, host) = enter(&mut world);
    let (cleo, at_cleo) = enter(&mut world);
    world.connections += 3;
    let near_cleo = world.connect();
    assert_eq!(network(near_cleo), network(at_cleo));
    world.outsiders.insert(near_cleo, Outsider::default());
    world.look(room(1), 0);
    let lock = HostAction::Lock { locked: true };
    world.give(Input::Host(host, lock)).unwrap();
    world.knock(room(0), 0);
    let kick = HostAction::Kick {
        id: cleo,
        address: Some(true),
        lock: false,
    };
    world.give(Input::Host(host, kick)).unwrap();
    assert_eq!(world.rooms.knocks.len(), 0);
    assert_eq!(world.rooms.watches.len(), (1, 1));
}

#[test]
fn who_is_removed_stays_out_and_nobody_else_does() {
    let mut world = World::new();
    let (_, host) = enter(&mut world);
    let (ben, at_ben) = enter(&mut world);
    let (cleo, at_cleo) = enter(&mut world);
    let remove = |id, address| HostAction::Kick {
        id,
        address,
        lock: false,
    };
    // Somebody waits at the door who comes from where Cleo does.
    world.connections += 3;
    let near_cleo = world.connect();
    assert_eq!(network(near_cleo), network(at_cleo));
    let knock = |world: &mut World, connection: ConnectionId| {
        world.rooms.handle_input(
            world.now,
            Input::Knock {
                connection,
                knock: Knock {
                    room: room(0),
                    name: DisplayName::parse("Dan").unwrap(),
                },
                fresh: id(2_000 + connection.0),
            },
        )
    };
    let lock = Input::Host(host, HostAction::Lock { locked: true });
    outputs(&mut world, lock);
    knock(&mut world, near_cleo).unwrap();
    while world.rooms.poll_output().is_some() {}
    let shared = Refusal::AddressShared {
        id: cleo,
        others: 1,
    };
    let asked = world.give(Input::Host(host, remove(cleo, None)));
    assert_eq!(asked, Err(shared));
    let told = outputs(&mut world, Input::Host(host, remove(cleo, Some(true))));
    let turned_away = KnockResult { admitted: false };
    for (to, event) in [
        (at_cleo, ServerEvent::Kicked(Empty {})),
        (near_cleo, ServerEvent::KnockResult(turned_away)),
    ] {
        assert!(told.contains(&Output::Send(to, event)));
    }
    let unlock = Input::Host(host, HostAction::Lock { locked: false });
    outputs(&mut world, unlock);
    for connection in [at_cleo, near_cleo] {
        assert_eq!(knock(&mut world, connection), Err(Refusal::Kicked));
        let look = Input::LobbyWatch(connection, room(0));
        assert_eq!(world.give(look), Err(Refusal::Kicked));
        let entry = CreateSession::named(room(0));
        let fresh = id(3_900 + connection.0);
        let enter = Input::Enter {
            connection,
            entry,
            fresh,
            claim: None,
        };
        assert_eq!(world.give(enter), Err(Refusal::Kicked));
        outputs(&mut world, Input::LobbyWatch(connection, room(1)));
    }
    // Without the address: only the token is spent.
    let told = outputs(&mut world, Input::Host(host, remove(ben, Some(false))));
    assert!(told.contains(&Output::Send(at_ben, ServerEvent::Kicked(Empty {}))));
    knock(&mut world, at_ben).unwrap();
}

#[test]
fn removing_locks_in_the_same_step_and_ends_with_the_meeting() {
    let mut world = World::new();
    let (_, host) = enter(&mut world);
    let (ben, at_ben) = enter(&mut world);
    let remove = HostAction::Kick {
        id: ben,
        address: None,
        lock: true,
    };
    outputs(&mut world, Input::Host(host, remove));
    assert!(world.is_locked(&room(0)));
    outputs(&mut world, Input::Leave(host));
    let entry = CreateSession::named(room(0));
    let enter = Input::Enter {
        connection: at_ben,
        entry,
        fresh: id(3_950),
        claim: None,
    };
    world.rooms.handle_input(world.now, enter).unwrap();
}
