//! Everyone around a server, and what each of them has been told.

use super::*;

pub fn room(number: u8) -> RoomName {
    RoomName::parse(&format!("room-{number}")).unwrap()
}

pub fn id(number: u64) -> ParticipantId {
    let mut bytes = [0; 20];
    bytes[18..].copy_from_slice(&[(number / 64) as u8, (number % 64) as u8]);
    ParticipantId::from_random(bytes)
}

/// What one participant has been told, and how it can come back.
#[derive(Debug, Clone)]
pub struct Client {
    pub room: RoomName,
    pub connection: Option<ConnectionId>,
    pub claim: Claim,
    pub kind: Kind,
    pub gone: bool,
    /// Prepared for, and not answered yet.
    pub waiting: Vec<Prepare>,
    pub peers: Vec<HeldPeer>,
    /// What it was told that the others show.
    pub seen: BTreeMap<ParticipantId, Member>,
    /// Who it was told the host is, and whether the room is locked.
    pub state: RoomState,
    /// Who it was told waits at the door.
    pub knocking: Vec<ParticipantId>,
}

/// A connection in front of a room, and what it has been told.
#[derive(Debug, Default)]
pub struct Outsider {
    pub watches: Option<(RoomName, Lobby)>,
    pub waits: Option<(RoomName, ParticipantId)>,
    /// Where a host has let it in.
    pub pass: Option<RoomName>,
    /// Where it has knocked last.
    pub knocked: Option<RoomName>,
}

/// How a client enters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// With a room's name alone: it can't come back.
    Seed,
    /// With an object.
    Resumable,
    /// And newcomers need not wait for its `conn-init`.
    Ready,
}

#[derive(Debug, Clone)]
pub enum Step {
    Enter {
        room: u8,
        kind: Kind,
    },
    Ready {
        who: usize,
    },
    Signal {
        from: usize,
        to: usize,
    },
    Renew {
        from: usize,
        to: usize,
    },
    Lose {
        who: usize,
    },
    Return {
        who: usize,
    },
    Leave {
        who: usize,
    },
    /// The host of a room does something, or somebody who is not.
    Rule {
        who: usize,
        action: u8,
        whom: usize,
    },
    Reign {
        room: u8,
        action: u8,
        whom: usize,
    },
    Present {
        who: usize,
        hand: bool,
        microphone: bool,
    },
    Say {
        who: usize,
        to: Option<usize>,
        reaction: bool,
    },
    Knock {
        room: u8,
        outsider: usize,
    },
    Look {
        room: u8,
        outsider: usize,
    },
    Follow {
        outsider: usize,
    },
    Vanish {
        outsider: usize,
    },
    /// A connection that is over says something.
    Haunt {
        connection: u64,
        room: u8,
    },
    Wait {
        seconds: u64,
    },
}

pub fn steps(renewals: bool) -> impl Strategy<Value = Vec<Step>> {
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

/// Steps with hosts, knocking, talk and looking in among them.
pub fn all_steps() -> impl Strategy<Value = Vec<Step>> {
    let (who, outsider) = (0..8usize, 0..5usize);
    let any_room = || 0..2u8;
    let hosting = prop_oneof![
        2 => (who.clone(), 0..9u8, who.clone()).prop_map(|(who, action, whom)| Step::Rule { who, action, whom }),
        6 => (any_room(), 0..12u8, who.clone()).prop_map(|(room, action, whom)| Step::Reign { room, action, whom }),
        3 => (who.clone(), any::<bool>(), any::<bool>()).prop_map(|(who, hand, microphone)| Step::Present { who, hand, microphone }),
        3 => (who.clone(), prop::option::of(who), any::<bool>()).prop_map(|(who, to, reaction)| Step::Say { who, to, reaction }),
        4 => (any_room(), outsider.clone()).prop_map(|(room, outsider)| Step::Knock { room, outsider }),
        2 => (0..3u8, outsider.clone()).prop_map(|(room, outsider)| Step::Look { room, outsider }),
        3 => outsider.clone().prop_map(|outsider| Step::Follow { outsider }),
        1 => outsider.prop_map(|outsider| Step::Vanish { outsider }),
        2 => (0..40u64, any_room()).prop_map(|(connection, room)| Step::Haunt { connection, room }),
    ];
    let step = (steps(true), prop::collection::vec(hosting, 0..80));
    step.prop_flat_map(|(one, other)| Just([one, other].concat()).prop_shuffle())
}

/// Where a connection comes from: one of a few networks.
pub fn network(connection: ConnectionId) -> Network {
    Network::V4([192, 0, 2, (connection.0 % 4) as u8])
}

/// Has a connection come from somewhere.
pub fn connect(rooms: &mut Rooms, connection: ConnectionId) {
    let network = network(connection);
    let input = Input::Connect {
        connection,
        network,
    };
    rooms.handle_input(Duration::ZERO, input).unwrap();
}

/// The rooms, with connections of the numbers that tests use by name.
pub fn connected(mut rooms: Rooms) -> Rooms {
    (1..=9).for_each(|number| connect(&mut rooms, ConnectionId(number)));
    rooms
}

pub struct World {
    pub rooms: Rooms,
    pub now: Duration,
    pub connections: u64,
    pub clients: BTreeMap<ParticipantId, Client>,
    pub initiated: BTreeMap<(ParticipantId, ParticipantId), u32>,
    pub signalled: u32,
    /// How the next newcomer enters.
    pub entering: Kind,
    /// The connection whose participant is about to come back on another.
    pub moving: Option<ConnectionId>,
    pub outsiders: BTreeMap<ConnectionId, Outsider>,
    /// Who has heard something said since somebody last spoke.
    pub heard: Vec<ParticipantId>,
    /// Whether a host has given the answer that a knocker hears.
    pub answering: bool,
    /// From where nobody gets into a room, while it is there.
    pub kicked: BTreeMap<RoomName, BTreeSet<Network>>,
}

impl World {
    pub fn new() -> Self {
        Self {
            rooms: Rooms::new(LIMITS, Authenticator::new([7; 32]), Duration::ZERO),
            now: Duration::from_secs(1_000),
            connections: 0,
            clients: BTreeMap::new(),
            initiated: BTreeMap::new(),
            signalled: 0,
            entering: Kind::Seed,
            moving: None,
            outsiders: BTreeMap::new(),
            heard: Vec::new(),
            answering: false,
            kicked: BTreeMap::new(),
        }
    }

    pub fn nth(&self, n: usize) -> Option<ParticipantId> {
        self.clients.keys().copied().nth(n)
    }

    pub fn connect(&mut self) -> ConnectionId {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        connect(&mut self.rooms, connection);
        connection
    }

    pub fn give(&mut self, input: Input) -> Result<(), Refusal> {
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

    pub fn step(&mut self, step: Step) {
        match step {
            Step::Enter { room: number, kind } => {
                let connection = self.connect();
                let fresh = id(self.connections);
                let entry = CreateSession {
                    auto_prepare: kind == Kind::Ready,
                    resumable: kind != Kind::Seed,
                    ..CreateSession::named(room(number))
                };
                self.entering = kind;
                let kicked = self.is_kicked(&room(number), connection);
                let locked = !kicked && self.is_locked(&room(number));
                let entered = self.give(Input::Enter {
                    connection,
                    entry,
                    fresh,
                    claim: None,
                });
                assert_eq!(entered == Err(Refusal::Locked), locked);
                assert_eq!(entered == Err(Refusal::Kicked), kicked);
            }
            Step::Ready { who } => self.ready(who),
            Step::Signal { from, to } => self.signal(from, to),
            Step::Renew { from, to } => {
                let (Some(from), Some(to)) = (self.nth(from), self.nth(to)) else {
                    return;
                };
                if let Some(connection) = self.clients[&from].connection {
                    let about = PeerRef {
                        conn_user_socket_id: to,
                        generation: None,
                    };
                    let _ = self.give(Input::PeerRestart(connection, about));
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
            Step::Rule { who, action, whom } => {
                if let Some(who) = self.nth(who) {
                    self.rule(who, action, whom);
                }
            }
            Step::Reign {
                room: number,
                action,
                whom,
            } => {
                if let Some(host) = self.host(&room(number)) {
                    self.rule(host, action, whom);
                }
            }
            Step::Present {
                who,
                hand,
                microphone,
            } => {
                let Some(who) = self.nth(who) else { return };
                if let Some(connection) = self.clients[&who].connection {
                    let presence = Presence {
                        hand,
                        microphone,
                        ..Presence::unnamed()
                    };
                    self.give(Input::Present(connection, presence)).unwrap();
                }
            }
            Step::Say { who, to, reaction } => self.say(who, to, reaction),
            Step::Knock {
                room: number,
                outsider,
            } => self.knock(room(number), outsider),
            Step::Look {
                room: number,
                outsider,
            } => self.look(room(number), outsider),
            Step::Follow { outsider } => self.follow(outsider),
            Step::Vanish { outsider } => {
                if let Some(connection) = self.nth_outsider(outsider) {
                    self.outsiders.remove(&connection);
                    self.give(Input::Lost(connection)).unwrap();
                }
            }
            Step::Haunt {
                connection,
                room: number,
            } => self.haunt(ConnectionId(connection), room(number)),
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

    pub fn ready(&mut self, who: usize) {
        let Some(who) = self.nth(who) else { return };
        let client = self.clients.get_mut(&who).unwrap();
        let Some(connection) = client.connection else {
            return;
        };
        let Some(prepare) = client.waiting.pop() else {
            return;
        };
        let other = prepare.just_joined_user_socket_id;
        let about = PeerRef {
            conn_user_socket_id: other,
            generation: Some(prepare.generation),
        };
        let always = client.kind == Kind::Ready;
        let told = self.initiated.clone();
        self.give(Input::Prepared(connection, about.clone()))
            .unwrap();
        assert_eq!(self.initiated != told, !always && self.is_here(other));
        let told = self.initiated.clone();
        let again = self.give(Input::Prepared(connection, about));
        let refused = Err(Refusal::NotPrepared(other));
        assert_eq!(again, if always { Ok(()) } else { refused });
        assert_eq!(self.initiated, told, "once");
    }

    pub fn signal(&mut self, from: usize, to: usize) {
        let (Some(from), Some(to)) = (self.nth(from), self.nth(to)) else {
            return;
        };
        let Some(connection) = self.clients[&from].connection else {
            return;
        };
        let held = self.clients[&from].peers.iter().find(|peer| peer.id == to);
        let generation = held.map(|peer| peer.generation);
        let signal = SignalMessage {
            conn_user_socket_id: to,
            signal: Signal::renegotiate(),
            generation,
        };
        let result = self.give(Input::Signal(connection, signal));
        if from == to {
            assert_eq!(result, Err(Refusal::SelfTarget));
        } else if self.clients[&from].room != self.clients[&to].room || self.clients[&to].gone {
            assert_eq!(result, Err(Refusal::NotHere(to)));
        }
    }

    pub fn lose(&mut self, who: usize) {
        let Some(who) = self.nth(who) else { return };
        let client = self.clients.get_mut(&who).unwrap();
        if let Some(connection) = client.connection.take() {
            client.gone = client.kind == Kind::Seed;
            self.give(Input::Lost(connection)).unwrap();
        }
    }

    /// Comes back, be the old connection gone or not; what it held it still holds.
    pub fn come_back(&mut self, who: usize) {
        let Some(who) = self.nth(who) else { return };
        self.now += RETURNS.each;
        let connection = self.connect();
        let client = self.clients.get_mut(&who).unwrap();
        let (claim, entry) = (client.claim.clone(), self.returning(who));
        let (gone, kind) = (self.clients[&who].gone, self.clients[&who].kind);
        let fresh = id(4_000);
        let old = self.clients.get_mut(&who).unwrap().connection.take();
        self.clients.get_mut(&who).unwrap().connection = Some(connection);
        self.moving = old;
        let result = self.give(Input::Enter {
            connection,
            entry,
            fresh,
            claim: Some(claim),
        });
        self.moving = None;
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

    pub fn returning(&self, who: ParticipantId) -> CreateSession {
        let client = &self.clients[&who];
        CreateSession {
            peers: client.peers.clone(),
            auto_prepare: client.kind == Kind::Ready,
            resumable: true,
            resume: Some("verified".into()),
            ..CreateSession::named(client.room.clone())
        }
    }

    /// Everyone who may come back does, and answers; then all is as it should be.
    pub fn settle(&mut self) {
        for who in 0..self.clients.len() {
            if self
                .nth(who)
                .is_some_and(|id| !self.clients[&id].gone && self.clients[&id].connection.is_none())
            {
                self.come_back(who);
            }
        }
        // Introductions that did not fit come later.
        for _ in 0..60 {
            self.now += Duration::from_secs(1);
            self.give(Input::Timeout).unwrap();
        }
        assert!(
            self.rooms
                .rooms
                .values()
                .all(|room| room.put_off.is_empty())
        );
        for who in 0..self.clients.len() {
            while self.nth(who).is_some_and(|id| {
                let client = &self.clients[&id];
                client.connection.is_some() && !client.waiting.is_empty()
            }) {
                self.ready(who);
            }
        }
    }

    pub fn is_here(&self, who: ParticipantId) -> bool {
        self.clients[&who].connection.is_some()
    }

    pub fn here(&self) -> BTreeSet<ParticipantId> {
        self.clients
            .iter()
            .filter(|(_, c)| c.connection.is_some())
            .map(|(id, _)| *id)
            .collect()
    }
}
