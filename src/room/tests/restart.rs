//! The rooms of a server that has just been started again.

use super::*;

fn claim(id: ParticipantId, generation: u32) -> Claim {
    Claim {
        room: room(0),
        participant: id,
        generation,
        boot: 1,
        term: 0,
        locked: false,
    }
}

fn back(who: ParticipantId, connection: u64, peers: Vec<KnownPeer>) -> Input {
    back_with(claim(who, 1), connection, peers)
}

fn back_with(claim: Claim, connection: u64, peers: Vec<KnownPeer>) -> Input {
    let entry = CreateSession {
        resumable: true,
        peers,
        ..CreateSession::named(room(0))
    };
    let fresh = id(3_996);
    Input::Enter {
        connection: ConnectionId(connection),
        entry,
        fresh,
        claim: Some(claim),
    }
}

fn drain(rooms: &mut Rooms) -> Vec<Output> {
    std::iter::from_fn(|| rooms.poll_output()).collect()
}

#[test]
fn those_who_know_each_other_are_not_introduced_again_and_a_stranger_is() {
    let [ada, ben, cleo] = [1, 2, 3].map(id);
    let mut rooms = connected(Rooms::new(LIMITS, Seal::new([7; 32]), 2));
    let now = Duration::from_secs(1);
    let known = |id, initiator| KnownPeer {
        id,
        initiator,
        introduction: 1,
    };
    rooms
        .handle_input(now, back(ada, 1, vec![known(ben, false)]))
        .unwrap();
    let entry = CreateSession::named(room(0));
    let new = Input::Enter {
        connection: ConnectionId(2),
        entry,
        fresh: cleo,
        claim: None,
    };
    rooms.handle_input(now, new).unwrap();
    drain(&mut rooms);
    rooms
        .handle_input(now, back(ben, 3, vec![known(ada, true)]))
        .unwrap();
    let prepares: Vec<_> = drain(&mut rooms)
        .into_iter()
        .filter_map(|output| match output {
            Output::Send(to, ServerEvent::ConnPrepare(prepare)) => Some((to, prepare)),
            _ => None,
        })
        .collect();
    let expected = Prepare {
        just_joined_user_socket_id: ben,
        introduction: 1,
        unit: false,
    };
    assert_eq!(prepares, [(ConnectionId(2), expected)]);
    let signal = Signalled {
        conn_user_socket_id: ada,
        signal: Signal::renegotiate(),
        introduction: Some(1),
    };
    rooms
        .handle_input(now, Input::Signal(ConnectionId(3), signal))
        .unwrap();
    assert_eq!(drain(&mut rooms).len(), 1);
}

#[test]
fn a_token_from_before_holds_for_a_while_and_not_after_leaving() {
    let ada = id(1);
    let mut rooms = connected(Rooms::new(LIMITS, Seal::new([7; 32]), 2));
    let late = Duration::from_secs(121);
    assert_eq!(
        rooms.handle_input(late, back(ada, 1, vec![])),
        Err(Refusal::ResumeRefused)
    );
    rooms
        .handle_input(Duration::from_secs(1), back(ada, 1, vec![]))
        .unwrap();
    rooms
        .handle_input(Duration::from_secs(2), Input::Leave(ConnectionId(1)))
        .unwrap();
    let again = rooms.handle_input(Duration::from_secs(3), back(ada, 2, vec![]));
    assert_eq!(again, Err(Refusal::ResumeRefused));
}

#[test]
fn the_last_host_of_before_is_the_host_again_and_locks_the_room_again() {
    let [ada, ben, cleo] = [1, 2, 3].map(id);
    let mut rooms = connected(Rooms::new(LIMITS, Seal::new([7; 32]), 2));
    let now = Duration::from_secs(1);
    let of_term = |who, term| Claim {
        term,
        locked: term == 2,
        ..claim(who, 1)
    };
    let mut hosts = Vec::new();
    for (connection, (who, term)) in [(1, (cleo, 0)), (2, (ben, 2)), (3, (ada, 1))] {
        rooms
            .handle_input(now, back_with(of_term(who, term), connection, vec![]))
            .unwrap();
        let told = drain(&mut rooms)
            .into_iter()
            .filter_map(|output| match output {
                Output::Admit(_, admitted) => Some((admitted.state, admitted.claim.term)),
                _ => None,
            });
        hosts.extend(told);
    }
    let state = |host, locked| RoomState {
        host: Some(host),
        locked,
    };
    // Each token says more than all before it, but Ada, who was host before Ben, is not any more.
    assert_eq!(
        hosts,
        [
            (state(cleo, false), 1),
            (state(ben, true), 3),
            (state(ben, true), 0)
        ]
    );
}
