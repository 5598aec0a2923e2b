//! Random histories of a server with two rooms, checked against what every client has been told.

mod forwarding;
mod hosting;
mod networks;
mod powers;
mod restart;
mod server_with_sfu;
mod told;
mod topology;
mod work;
mod world;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use proptest::prelude::*;

use self::world::*;
use super::*;
use crate::protocol::{HeldPeer, ParticipantLeft, Prepare, RESUME_GRACE, RETURNS, Refusal, Signal};

const LIMITS: Limits = Limits {
    participants: 4,
    rooms: 2,
};

proptest! {
    #[test]
    fn every_two_are_introduced_once(steps in steps(false)) {
        let mut world = World::new();
        steps.into_iter().for_each(|step| world.step(step));
        world.settle();
        for &one in &world.here() {
            for &other in &world.here() {
                if one == other || world.clients[&one].room != world.clients[&other].room {
                    continue;
                }
                let times = |map: &BTreeMap<_, u32>, a, b| map.get(&(a, b)).copied().unwrap_or(0);
                let initiated = times(&world.initiated, one, other) + times(&world.initiated, other, one);
                prop_assert_eq!(initiated, 1, "{:?} and {:?}", one, other);
                let roles: Vec<_> = [(one, other), (other, one)].iter()
                    .filter_map(|(a, b)| world.clients[a].peers.iter().find(|peer| peer.id == *b))
                    .map(|peer| peer.initiator)
                    .collect();
                prop_assert!(roles == [true, false] || roles == [false, true], "{:?}", roles);
            }
        }
    }

    #[test]
    fn renewals_end_with_one_initiator_and_one_introduction(steps in steps(true)) {
        let mut world = World::new();
        steps.into_iter().for_each(|step| world.step(step));
        world.settle();
        for &one in &world.here() {
            for peer in &world.clients[&one].peers {
                let back = world.clients[&peer.id].peers.iter().find(|back| back.id == one);
                if let Some(back) = back.filter(|_| world.here().contains(&peer.id)) {
                    prop_assert_ne!(peer.initiator, back.initiator);
                    prop_assert_eq!(peer.generation, back.generation);
                }
            }
        }
    }

    #[test]
    fn an_empty_room_is_forgotten(steps in steps(true)) {
        let mut world = World::new();
        steps.into_iter().for_each(|step| world.step(step));
        for who in 0..world.clients.len() {
            world.step(Step::Leave { who });
        }
        world.step(Step::Wait { seconds: RESUME_GRACE.as_secs() + 1 });
        prop_assert_eq!(world.rooms.room_count(), 0);
        prop_assert_eq!(world.rooms.poll_timeout(), None);
    }
}

fn enter(world: &mut World) -> ParticipantId {
    world.step(Step::Enter {
        room: 0,
        kind: Kind::Resumable,
    });
    id(world.connections)
}

#[test]
fn a_full_room_and_a_full_server_refuse() {
    let mut world = World::new();
    for _ in 0..4 {
        enter(&mut world);
    }
    let connection = world.connect();
    let fresh = id(3_999);
    let mut ask = |number| {
        let entry = CreateSession::named(room(number));
        world.give(Input::Enter {
            connection,
            entry,
            fresh,
            claim: None,
        })
    };
    assert_eq!(ask(0), Err(Refusal::RoomFull(4)));
    ask(1).unwrap();
    let connection = world.connect();
    let entry = CreateSession::named(room(2));
    let fresh = id(3_998);
    let refused = world.give(Input::Enter {
        connection,
        entry,
        fresh,
        claim: None,
    });
    assert_eq!(refused, Err(Refusal::TooManyRooms(2)));
}

#[test]
fn a_token_is_spent_when_its_successor_has_been_used() {
    let mut world = World::new();
    let ada = enter(&mut world);
    let first = world.clients[&ada].claim.clone();
    world.come_back(0);
    // The reply may have been lost with the socket: the first still holds.
    let connection = world.connect();
    let client = world.clients.get_mut(&ada).unwrap();
    world.moving = client.connection.replace(connection);
    let (entry, fresh) = (world.returning(ada), id(3_997));
    world
        .give(Input::Enter {
            connection,
            entry: entry.clone(),
            fresh,
            claim: Some(first.clone()),
        })
        .unwrap();
    world
        .give(Input::Present(connection, Presence::unnamed()))
        .unwrap();
    for spent in [
        first.clone(),
        Claim {
            token_number: 2,
            ..first
        },
    ] {
        let connection = world.connect();
        let again = world.give(Input::Enter {
            connection,
            entry: entry.clone(),
            fresh,
            claim: Some(spent),
        });
        assert_eq!(again, Err(Refusal::ResumeRefused));
    }
}

#[test]
fn signals_wait_for_who_is_away() {
    let mut world = World::new();
    let (ada, ben) = (enter(&mut world), enter(&mut world));
    let ada_at = world
        .clients
        .keys()
        .position(|other| *other == ada)
        .unwrap();
    world.ready(ada_at);
    world.lose(ada_at);
    let connection = world.clients[&ben].connection.unwrap();
    let signal = SignalMessage {
        conn_user_socket_id: ada,
        signal: Signal::renegotiate(),
        generation: Some(1),
    };
    world
        .rooms
        .handle_input(world.now, Input::Signal(connection, signal))
        .unwrap();
    assert_eq!(world.rooms.poll_output(), None);
    assert_eq!(world.signalled, 0);
    world.come_back(ada_at);
    assert_eq!(world.signalled, 1);
}
