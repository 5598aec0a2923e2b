//! Random histories of a server with two rooms, checked against what every client has been told.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use proptest::prelude::*;

use super::*;
use crate::protocol::{KnownPeer, Prepare, RESUME_GRACE, Refusal, Signal};

const LIMITS: Limits = Limits {
    participants: 4,
    rooms: 2,
};

fn room(number: u8) -> RoomName {
    RoomName::parse(&format!("room-{number}")).unwrap()
}

fn id(number: u64) -> ParticipantId {
    let mut bytes = [0; 20];
    bytes[18..].copy_from_slice(&[(number / 64) as u8, (number % 64) as u8]);
    ParticipantId::from_random(bytes)
}

/// What one participant has been told, and how it can come back.
#[derive(Debug, Clone)]
struct Client {
    room: RoomName,
    connection: Option<ConnectionId>,
    claim: Claim,
    kind: Kind,
    gone: bool,
    /// Prepared for, and not answered yet.
    waiting: Vec<Prepare>,
    peers: Vec<KnownPeer>,
}

/// How a client enters.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// With a room's name alone: it can't come back.
    Seed,
    /// With an object.
    Resumable,
    /// And newcomers need not wait for its `conn-init`.
    Ready,
}

#[derive(Debug, Clone)]
enum Step {
    Enter { room: u8, kind: Kind },
    Ready { who: usize },
    Signal { from: usize, to: usize },
    Renew { from: usize, to: usize },
    Lose { who: usize },
    Return { who: usize },
    Leave { who: usize },
    Wait { seconds: u64 },
}

fn steps(renewals: bool) -> impl Strategy<Value = Vec<Step>> {
    let who = 0..12usize;
    let kind = prop_oneof![Just(Kind::Seed), Just(Kind::Resumable), Just(Kind::Ready)];
    let step = prop_oneof![
        3 => (0..3u8, kind).prop_map(|(room, kind)| Step::Enter { room, kind }),
        6 => who.clone().prop_map(|who| Step::Ready { who }),
        4 => (who.clone(), who.clone()).prop_map(|(from, to)| Step::Signal { from, to }),
        u32::from(renewals) => (who.clone(), who.clone()).prop_map(|(from, to)| Step::Renew { from, to }),
        2 => who.clone().prop_map(|who| Step::Lose { who }),
        3 => who.clone().prop_map(|who| Step::Return { who }),
        1 => who.prop_map(|who| Step::Leave { who }),
        1 => (1..40u64).prop_map(|seconds| Step::Wait { seconds }),
    ];
    prop::collection::vec(step, 0..80)
}

struct World {
    rooms: Rooms,
    now: Duration,
    connections: u64,
    clients: BTreeMap<ParticipantId, Client>,
    initiated: BTreeMap<(ParticipantId, ParticipantId), u32>,
    signalled: u32,
}

impl World {
    fn new() -> Self {
        Self {
            rooms: Rooms::new(LIMITS, 1),
            now: Duration::from_secs(1_000),
            connections: 0,
            clients: BTreeMap::new(),
            initiated: BTreeMap::new(),
            signalled: 0,
        }
    }

    fn nth(&self, n: usize) -> Option<ParticipantId> {
        self.clients.keys().copied().nth(n)
    }

    fn connect(&mut self) -> ConnectionId {
        self.connections += 1;
        ConnectionId(self.connections)
    }

    fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let result = self.rooms.handle_input(self.now, input);
        let mut outputs = Vec::new();
        while let Some(output) = self.rooms.poll_output() {
            outputs.push(output);
        }
        assert!(
            result.is_ok() || outputs.is_empty(),
            "a refusal changes nothing"
        );
        for output in outputs {
            self.take(output);
        }
        result
    }

    /// A client takes what it is sent; whoever has no connection can't be sent anything.
    fn take(&mut self, output: Output) {
        match output {
            Output::Admit(connection, admitted) => {
                let claim = |room| Claim {
                    room,
                    participant: admitted.you,
                    generation: admitted.generation,
                    boot: 1,
                };
                let client = self.clients.entry(admitted.you).or_insert_with(|| Client {
                    room: admitted.room.clone(),
                    connection: None,
                    claim: claim(admitted.room.clone()),
                    kind: Kind::Seed,
                    gone: false,
                    waiting: Vec::new(),
                    peers: Vec::new(),
                });
                client.connection = Some(connection);
                client.claim = claim(client.room.clone());
                let here: Vec<_> = admitted
                    .participants
                    .iter()
                    .map(|member| member.id)
                    .collect();
                client.peers.retain(|peer| here.contains(&peer.id));
                client
                    .waiting
                    .retain(|waiting| here.contains(&waiting.just_joined_user_socket_id));
                for member in admitted.participants {
                    assert_eq!(
                        self.clients[&member.id].room, admitted.room,
                        "nobody of another room"
                    );
                    assert!(!self.clients[&member.id].gone, "nobody who has left");
                }
                for ready in admitted.ready {
                    assert!(here.contains(&ready.conn_user_socket_id));
                    self.deliver(connection, ServerEvent::ConnInit(ready));
                }
            }
            Output::Send(connection, event) => self.deliver(connection, event),
            Output::Close(connection) => {
                assert!(
                    self.clients
                        .values()
                        .all(|client| client.connection != Some(connection))
                );
            }
        }
    }

    fn deliver(&mut self, connection: ConnectionId, event: ServerEvent) {
        let (&you, client) = self
            .clients
            .iter_mut()
            .find(|(_, client)| client.connection == Some(connection))
            .unwrap_or_else(|| panic!("nobody is on {connection:?} for {event:?}"));
        assert!(!client.gone, "nothing is sent to who has left");
        let room = client.room.clone();
        let about = match event {
            ServerEvent::ConnPrepare(prepare) => {
                let other = prepare.just_joined_user_socket_id;
                client.peers.retain(|peer| peer.id != other);
                client.peers.push(KnownPeer {
                    id: other,
                    initiator: false,
                    introduction: prepare.introduction,
                });
                client
                    .waiting
                    .retain(|waiting| waiting.just_joined_user_socket_id != other);
                client.waiting.push(prepare);
                other
            }
            ServerEvent::ConnInit(ready) => {
                let other = ready.conn_user_socket_id;
                *self.initiated.entry((you, other)).or_default() += 1;
                let introduction = ready.introduction.unwrap();
                client.peers.retain(|peer| peer.id != other);
                client.peers.push(KnownPeer {
                    id: other,
                    initiator: true,
                    introduction,
                });
                other
            }
            ServerEvent::ConnSignal(signal) => {
                self.signalled += 1;
                let other = signal.conn_user_socket_id;
                let held = client.peers.iter().find(|peer| peer.id == other);
                let held = held.unwrap_or_else(|| panic!("a signal from a stranger"));
                assert_eq!(
                    Some(held.introduction),
                    signal.introduction,
                    "a signal for a peer that is gone"
                );
                other
            }
            ServerEvent::ParticipantState(member) => member.id,
            ServerEvent::ParticipantLeft(left) => {
                client.peers.retain(|peer| peer.id != left.id);
                client
                    .waiting
                    .retain(|waiting| waiting.just_joined_user_socket_id != left.id);
                self.clients.get_mut(&left.id).unwrap().gone = true;
                left.id
            }
            _ => panic!("not from a room"),
        };
        assert_eq!(self.clients[&about].room, room, "nothing crosses rooms");
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Enter { room: number, kind } => {
                let connection = self.connect();
                let fresh = id(self.connections);
                let entry = CreateSession {
                    ready: kind == Kind::Ready,
                    resumable: kind != Kind::Seed,
                    ..CreateSession::named(room(number))
                };
                if self
                    .give(Input::Enter {
                        connection,
                        entry,
                        fresh,
                        claim: None,
                    })
                    .is_ok()
                {
                    self.clients.get_mut(&fresh).unwrap().kind = kind;
                }
            }
            Step::Ready { who } => self.ready(who),
            Step::Signal { from, to } => self.signal(from, to),
            Step::Renew { from, to } => {
                let (Some(from), Some(to)) = (self.nth(from), self.nth(to)) else {
                    return;
                };
                if let Some(connection) = self.clients[&from].connection {
                    let about = Introduced {
                        conn_user_socket_id: to,
                        introduction: None,
                    };
                    let _ = self.give(Input::Renew(connection, about));
                }
            }
            Step::Lose { who } => self.lose(who),
            Step::Return { who } => self.come_back(who),
            Step::Leave { who } => {
                let Some(who) = self.nth(who) else { return };
                let client = self.clients.get_mut(&who).unwrap();
                if let Some(connection) = client.connection.take() {
                    client.gone = true;
                    self.give(Input::Leave(connection)).unwrap();
                }
            }
            Step::Wait { seconds } => {
                self.now += Duration::from_secs(seconds);
                let before: Vec<_> = self
                    .clients
                    .iter()
                    .filter(|(_, c)| c.connection.is_none())
                    .map(|(id, _)| *id)
                    .collect();
                self.give(Input::Timeout).unwrap();
                if seconds >= RESUME_GRACE.as_secs() {
                    before
                        .into_iter()
                        .for_each(|id| self.clients.get_mut(&id).unwrap().gone = true);
                }
                assert!(self.rooms.poll_timeout().is_none_or(|at| at > self.now));
            }
        }
    }

    fn ready(&mut self, who: usize) {
        let Some(who) = self.nth(who) else { return };
        let client = self.clients.get_mut(&who).unwrap();
        let Some(connection) = client.connection else {
            return;
        };
        let Some(prepare) = client.waiting.pop() else {
            return;
        };
        let other = prepare.just_joined_user_socket_id;
        let about = Introduced {
            conn_user_socket_id: other,
            introduction: Some(prepare.introduction),
        };
        let always = client.kind == Kind::Ready;
        let told = self.initiated.clone();
        self.give(Input::Ready(connection, about.clone())).unwrap();
        assert_eq!(self.initiated != told, !always && self.is_here(other));
        let told = self.initiated.clone();
        let again = self.give(Input::Ready(connection, about));
        let refused = Err(Refusal::NotPrepared(other));
        assert_eq!(again, if always { Ok(()) } else { refused });
        assert_eq!(self.initiated, told, "once");
    }

    fn signal(&mut self, from: usize, to: usize) {
        let (Some(from), Some(to)) = (self.nth(from), self.nth(to)) else {
            return;
        };
        let Some(connection) = self.clients[&from].connection else {
            return;
        };
        let held = self.clients[&from].peers.iter().find(|peer| peer.id == to);
        let introduction = held.map(|peer| peer.introduction);
        let signal = Signalled {
            conn_user_socket_id: to,
            signal: Signal::renegotiate(),
            introduction,
        };
        let result = self.give(Input::Signal(connection, signal));
        if from == to {
            assert_eq!(result, Err(Refusal::Yourself));
        } else if self.clients[&from].room != self.clients[&to].room || self.clients[&to].gone {
            assert_eq!(result, Err(Refusal::NotHere(to)));
        }
    }

    fn lose(&mut self, who: usize) {
        let Some(who) = self.nth(who) else { return };
        let client = self.clients.get_mut(&who).unwrap();
        if let Some(connection) = client.connection.take() {
            client.gone = client.kind == Kind::Seed;
            self.give(Input::Lost(connection)).unwrap();
        }
    }

    /// Comes back, be the old connection gone or not; what it held it still holds.
    fn come_back(&mut self, who: usize) {
        let Some(who) = self.nth(who) else { return };
        let connection = self.connect();
        let client = self.clients.get_mut(&who).unwrap();
        let (claim, entry) = (client.claim.clone(), self.returning(who));
        let (gone, kind) = (self.clients[&who].gone, self.clients[&who].kind);
        let fresh = id(4_000);
        let old = self.clients.get_mut(&who).unwrap().connection.take();
        self.clients.get_mut(&who).unwrap().connection = Some(connection);
        let result = self.give(Input::Enter {
            connection,
            entry,
            fresh,
            claim: Some(claim),
        });
        if gone || kind == Kind::Seed {
            assert_eq!(result, Err(Refusal::ResumeRefused));
            self.clients.get_mut(&who).unwrap().connection = old;
        } else if result.is_err() {
            // The grace ran out while nobody was there to be told.
            assert!(old.is_none());
            self.clients.get_mut(&who).unwrap().connection = None;
            self.clients.get_mut(&who).unwrap().gone = true;
        }
    }

    fn returning(&self, who: ParticipantId) -> CreateSession {
        let client = &self.clients[&who];
        CreateSession {
            peers: client.peers.clone(),
            ready: client.kind == Kind::Ready,
            resumable: true,
            resume: Some("verified".into()),
            ..CreateSession::named(client.room.clone())
        }
    }

    /// Everyone who may come back does, and answers; then all is as it should be.
    fn settle(&mut self) {
        for who in 0..self.clients.len() {
            if self
                .nth(who)
                .is_some_and(|id| !self.clients[&id].gone && self.clients[&id].connection.is_none())
            {
                self.come_back(who);
            }
        }
        for who in 0..self.clients.len() {
            while self.nth(who).is_some_and(|id| {
                let client = &self.clients[&id];
                client.connection.is_some() && !client.waiting.is_empty()
            }) {
                self.ready(who);
            }
        }
    }

    fn is_here(&self, who: ParticipantId) -> bool {
        self.clients[&who].connection.is_some()
    }

    fn here(&self) -> BTreeSet<ParticipantId> {
        self.clients
            .iter()
            .filter(|(_, c)| c.connection.is_some())
            .map(|(id, _)| *id)
            .collect()
    }
}

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
                    prop_assert_eq!(peer.introduction, back.introduction);
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
    world.clients.get_mut(&ada).unwrap().connection = Some(connection);
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
            generation: 2,
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
    let signal = Signalled {
        conn_user_socket_id: ada,
        signal: Signal::renegotiate(),
        introduction: Some(1),
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

mod restart {
    use super::*;

    fn claim(id: ParticipantId, generation: u32) -> Claim {
        Claim {
            room: room(0),
            participant: id,
            generation,
            boot: 1,
        }
    }

    fn back(who: ParticipantId, connection: u64, peers: Vec<KnownPeer>) -> Input {
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
            claim: Some(claim(who, 1)),
        }
    }

    fn drain(rooms: &mut Rooms) -> Vec<Output> {
        std::iter::from_fn(|| rooms.poll_output()).collect()
    }

    #[test]
    fn those_who_know_each_other_are_not_introduced_again_and_a_stranger_is() {
        let [ada, ben, cleo] = [1, 2, 3].map(id);
        let mut rooms = Rooms::new(LIMITS, 2);
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
        let mut rooms = Rooms::new(LIMITS, 2);
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
}
