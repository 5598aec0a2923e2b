//! What one network may hold, and how often it may guess.

use super::*;
use crate::protocol::{DisplayName, HostAction, WAITING, WATCHERS};

const PEOPLE: usize = 20;

/// A server that knows nobody.
struct Server {
    rooms: Rooms,
    now: Duration,
    connections: u64,
}

impl Server {
    fn new() -> Self {
        let limits = Limits {
            participants: 200,
            rooms: 100,
        };
        let unlimited = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let networks = NetworkLimits::new(PEOPLE, limits.rooms, unlimited);
        Self {
            rooms: Rooms::new(limits, Authenticator::new([7; 32]), Duration::ZERO)
                .with_network_limits(networks),
            now: Duration::from_secs(1_000),
            connections: 0,
        }
    }

    fn connect(&mut self, network: Network) -> ConnectionId {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let input = Input::Connect {
            connection,
            network,
        };
        self.give(input).unwrap();
        connection
    }

    fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let result = self.rooms.handle_input(self.now, input);
        while self.rooms.poll_output().is_some() {}
        result
    }

    fn enter(&mut self, network: Network, number: u8) -> Result<ConnectionId, Refusal> {
        let connection = self.connect(network);
        let entry = CreateSession {
            resumable: true,
            ..CreateSession::named(room(number))
        };
        self.give(Input::Enter {
            connection,
            entry,
            fresh: id(self.connections),
            claim: None,
        })
        .map(|()| connection)
    }

    fn knock(&mut self, network: Network, number: u8) -> Result<(), Refusal> {
        let connection = self.connect(network);
        let knock = Knock {
            room: room(number),
            name: DisplayName::parse("Ada").unwrap(),
        };
        self.give(Input::Knock {
            connection,
            knock,
            fresh: id(self.connections),
        })
    }

    fn look(&mut self, network: Network, number: u8) -> Result<(), Refusal> {
        let connection = self.connect(network);
        self.give(Input::LobbyWatch(connection, room(number)))
    }

    /// A room that is locked, of somebody without limits.
    fn locked(&mut self, number: u8) -> ConnectionId {
        let host = self.enter(home(), number).unwrap();
        let lock = HostAction::Lock { locked: true };
        self.give(Input::Host(host, lock)).unwrap();
        host
    }
}

fn network(number: u8) -> Network {
    Network::V4([192, 0, 2, number])
}

fn home() -> Network {
    Network::V4([127, 0, 0, 1])
}

#[test]
fn one_network_has_so_many_places_and_others_have_theirs() {
    let mut server = Server::new();
    let participants: Vec<_> = (0..PEOPLE)
        .map(|_| server.enter(network(1), 0).unwrap())
        .collect();
    assert_eq!(
        server.enter(network(1), 0),
        Err(Refusal::AddressLimit(PEOPLE))
    );
    server.enter(network(2), 0).unwrap();
    for _ in 0..2 * PEOPLE {
        server.enter(home(), 0).unwrap();
    }
    server.give(Input::Leave(participants[0])).unwrap();
    server.enter(network(1), 0).unwrap();
    assert_eq!(
        server.enter(network(1), 0),
        Err(Refusal::AddressLimit(PEOPLE))
    );
}

#[test]
fn one_network_makes_so_many_rooms() {
    let mut server = Server::new();
    let most = PEOPLE / 2;
    let first = server.enter(network(1), 0).unwrap();
    for number in 1..most as u8 {
        server.enter(network(1), number).unwrap();
    }
    assert_eq!(
        server.enter(network(1), 90),
        Err(Refusal::AddressLimit(most))
    );
    server.enter(network(1), 0).unwrap();
    server.enter(network(2), 90).unwrap();
    // It is theirs for as long as anybody is in it.
    server.give(Input::Leave(first)).unwrap();
    assert_eq!(
        server.enter(network(1), 91),
        Err(Refusal::AddressLimit(most))
    );
}

#[test]
fn one_network_does_not_fill_the_place_in_front_of_a_room() {
    let mut server = Server::new();
    server.locked(0);
    let most = WAITING - WAITING / 4;
    for _ in 0..most {
        server.knock(network(1), 0).unwrap();
    }
    assert_eq!(server.knock(network(1), 0), Err(Refusal::TooManyWaiting));
    server.knock(network(2), 0).unwrap();

    let limits = NetworkLimits::new(1_000, 100, Vec::new());
    let networks = super::super::networks::Networks::new(Some(limits));
    let most = WATCHERS - WATCHERS / 4;
    assert_eq!(
        networks.leaves_place_for_others(network(1), most - 1, WATCHERS),
        Ok(())
    );
    assert_eq!(
        networks.leaves_place_for_others(network(1), most, WATCHERS),
        Err(Refusal::TooManyWaiting)
    );
}

#[test]
fn one_network_watches_and_knocks_so_often() {
    let mut server = Server::new();
    for number in 0..30 {
        server.locked(number);
    }
    for number in 0..PEOPLE as u8 {
        server.look(network(1), number).unwrap();
        server.knock(network(2), number).unwrap();
    }
    let full = Err(Refusal::AddressLimit(PEOPLE));
    assert_eq!(server.look(network(1), 25), full);
    assert_eq!(server.knock(network(2), 25), full);
    server.knock(network(1), 25).unwrap();
    server.look(network(2), 25).unwrap();
}

#[test]
fn who_guesses_is_slowed_down_and_nobody_else_is() {
    let mut server = Server::new();
    server.locked(0);
    let inside = server.enter(network(1), 1).unwrap();
    let tries = |server: &mut Server, network, rooms: u8| {
        (0..1_000u32)
            .take_while(|_| server.enter(network, rooms) == Err(Refusal::Locked))
            .count()
    };
    assert_eq!(tries(&mut server, network(1), 0), PEOPLE);
    assert_eq!(server.enter(network(1), 0), Err(Refusal::RateLimited));
    assert_eq!(
        server.enter(network(1), 1),
        Err(Refusal::RateLimited),
        "a right guess"
    );
    assert_eq!(server.look(network(1), 1), Err(Refusal::RateLimited));
    assert_eq!(server.knock(network(1), 1), Err(Refusal::RateLimited));
    server
        .give(Input::Present(inside, Presence::unnamed()))
        .unwrap();
    server.enter(network(2), 1).unwrap();
    server.now += Duration::from_secs(30);
    assert_eq!(tries(&mut server, network(1), 0), PEOPLE / 2);
}

#[test]
fn looking_for_rooms_that_are_not_there_and_tokens_that_do_not_hold_are_guesses() {
    let mut server = Server::new();
    server.enter(home(), 0).unwrap();
    let connection = server.connect(network(1));
    for number in 0..PEOPLE as u8 / 2 {
        server
            .give(Input::LobbyWatch(connection, room(50 + number)))
            .unwrap();
        server.give(Input::InvalidToken(connection)).unwrap();
    }
    assert_eq!(server.look(network(1), 0), Err(Refusal::RateLimited));
    server.look(network(2), 0).unwrap();
    // Of a room that is there everybody of a school may see who is in it.
    let connection = server.connect(network(3));
    for _ in 0..10 * PEOPLE {
        server.give(Input::LobbyWatch(connection, room(0))).unwrap();
    }
}

proptest! {
    #[test]
    fn what_is_held_is_counted_and_in_the_end_nothing_is(steps in all_steps()) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
            world.check();
            let participants = world.rooms.rooms.values().map(|room| room.participants.len()).sum();
            let (watches, knocks) = (world.rooms.watches.len().0, world.rooms.knocks.len());
            let held = [participants, world.rooms.room_count(), watches, knocks];
            prop_assert_eq!(world.rooms.networks.held(), held);
        }
        for who in 0..world.clients.len() {
            world.step(Step::Leave { who });
        }
        while world.nth_outsider(0).is_some() {
            world.step(Step::Vanish { outsider: 0 });
        }
        world.step(Step::Wait { seconds: RESUME_GRACE.as_secs() + 1 });
        let connections: Vec<_> = world.rooms.connections.keys().copied().collect();
        for connection in connections {
            world.give(Input::Lost(connection)).unwrap();
        }
        prop_assert_eq!(world.rooms.networks.held(), [0; 4]);
    }
}
