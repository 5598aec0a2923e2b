//! Hosts, doors and talk in random histories.

use super::{super::participant::Connection, *};
use crate::protocol::{
    DisplayName, KNOCKS_OF_CONNECTION, MessageBody, Reaction, STATE_INTERVAL, VideoSubscription,
};

impl World {
    /// Who rules a room, by what the server says to whoever enters it.
    pub fn host(&self, room: &RoomName) -> Option<ParticipantId> {
        self.rooms.rooms.get(room)?.state().host
    }

    pub fn is_locked(&self, room: &RoomName) -> bool {
        self.lobby(room).locked
    }

    fn lobby(&self, room: &RoomName) -> Lobby {
        let room = self.rooms.rooms.get(room);
        room.map(|room| room.lobby()).unwrap_or_default()
    }

    pub fn nth_outsider(&self, n: usize) -> Option<ConnectionId> {
        self.outsiders.keys().copied().nth(n)
    }

    /// Someone does what only a host may.
    pub fn rule(&mut self, who: ParticipantId, action: u8, whom: usize) {
        let Some(connection) = self.clients[&who].connection else {
            return;
        };
        let id = self.nth(whom).unwrap_or(who);
        let knocker = self
            .outsiders
            .values()
            .filter_map(|outsider| outsider.waits.as_ref());
        let knocker = knocker.map(|(_, id)| *id).nth(whom);
        let action = match action {
            0 | 9 => HostAction::Lock { locked: true },
            1 => HostAction::Lock { locked: false },
            2 | 10 | 11 => HostAction::Admit {
                id: knocker.unwrap_or(id),
                admit: action != 11,
            },
            3 => HostAction::Mute { id },
            4 => HostAction::MuteAll,
            5 => HostAction::LowerHand { id },
            6 => HostAction::LowerHands,
            7 => HostAction::Kick {
                id,
                address: [None, Some(true), Some(false)][whom % 3],
                lock: whom.is_multiple_of(2),
            },
            8 if whom == 0 => HostAction::End,
            _ => HostAction::HandOver { id },
        };
        let is_host = self.host(&self.clients[&who].room) == Some(who);
        self.answering = matches!(action, HostAction::Admit { .. });
        let room = self.clients[&who].room.clone();
        let (from, others) = self.around(&room, id);
        let done = self.give(Input::Host(connection, action.clone()));
        self.answering = false;
        assert_eq!(done == Err(Refusal::NotHost), !is_host, "{action:?}");
        let HostAction::Kick { id, address, lock } = action else {
            return;
        };
        let shared = Err(Refusal::AddressShared { id, others });
        let has_to_be_said = address.is_none() && others > 0;
        assert!(done != shared || has_to_be_said);
        if done == Ok(()) {
            assert!(!has_to_be_said && (!lock || self.is_locked(&room)));
            // One that was away hears of nothing.
            self.clients.get_mut(&id).unwrap().gone = true;
            if address != Some(false) {
                self.kicked.entry(room).or_default().insert(from.unwrap());
            }
        }
    }

    /// Where one in a room comes from, and how many others inside and at the door do.
    fn around(&self, name: &RoomName, who: ParticipantId) -> (Option<Network>, usize) {
        let Some(room) = self.rooms.rooms.get(name) else {
            return (None, 0);
        };
        let Some(from) = room
            .participants
            .get(&who)
            .map(|participant| participant.network)
        else {
            return (None, 0);
        };
        let inside = room.participants.iter();
        let inside = inside.filter(|(id, participant)| **id != who && participant.network == from);
        let waits = |one: &Outsider| one.waits.as_ref().is_some_and(|(room, _)| room == name);
        let outside = self.outsiders.iter();
        let outside = outside.filter(|(at, one)| network(**at) == from && waits(one));
        (Some(from), inside.count() + outside.count())
    }

    /// Whether who comes on this connection is kept out of a room.
    pub fn is_kicked(&self, room: &RoomName, connection: ConnectionId) -> bool {
        let from = network(connection);
        let kicked = self.kicked.get(room);
        kicked.is_some_and(|kicked| kicked.contains(&from))
    }

    pub fn say(&mut self, who: usize, to: Option<usize>, reaction: bool) {
        let (Some(who), to) = (self.nth(who), to.and_then(|to| self.nth(to))) else {
            return;
        };
        let Some(connection) = self.clients[&who].connection else {
            return;
        };
        let body = match (reaction, to) {
            (true, _) | (_, None) => MessageBody::React {
                reaction: Reaction::Wow,
            },
            (false, Some(_)) => MessageBody::Subscribe {
                video: VideoSubscription::Low,
            },
        };
        self.heard.clear();
        let said = self.give(Input::Message(connection, MessageTo { to, body }));
        let room = &self.clients[&who].room;
        let hears = |id: &ParticipantId, client: &Client| {
            client.room == *room
                && client.connection.is_some()
                && client.kind != Kind::Seed
                && *id != who
                && to.is_none_or(|to| to == *id)
        };
        let hear = self.clients.iter().filter(|(id, client)| hears(id, client));
        let mut hear: Vec<_> = hear.map(|(id, _)| *id).collect();
        if said.is_err() {
            hear.clear();
        }
        self.heard.sort_unstable();
        assert_eq!(self.heard, hear, "{said:?}");
        if to == Some(who) {
            assert_eq!(said, Err(Refusal::SelfTarget));
        }
    }

    fn outside(&mut self, n: usize) -> ConnectionId {
        self.nth_outsider(n).unwrap_or_else(|| {
            let connection = self.connect();
            self.outsiders.insert(connection, Outsider::default());
            connection
        })
    }

    pub fn knock(&mut self, room: RoomName, outsider: usize) {
        self.now += KNOCKS_OF_CONNECTION.each;
        let connection = self.outside(outsider);
        let ConnectionId(number) = self.connect();
        if self.is_kicked(&room, connection) {
            let name = DisplayName::parse("Ben").unwrap();
            let input = Input::Knock {
                connection,
                knock: Knock { room, name },
                fresh: id(2_000 + number),
            };
            assert_eq!(self.give(input), Err(Refusal::Kicked));
            return;
        }
        let outsider = self.outsiders.get_mut(&connection).unwrap();
        let again = outsider.waits.as_ref().filter(|(waits, _)| *waits == room);
        let fresh = again.map_or(id(2_000 + number), |(_, id)| *id);
        if outsider.pass.as_ref() != Some(&room) {
            outsider.pass = None;
        }
        let holds = outsider.pass.take();
        outsider.knocked = Some(room.clone());
        outsider.waits = Some((room.clone(), fresh));
        let knock = Knock {
            room,
            name: DisplayName::parse("Ben").unwrap(),
        };
        self.give(Input::Knock {
            connection,
            knock,
            fresh,
        })
        .unwrap();
        if self.outsiders[&connection].waits.is_none() {
            self.outsiders.get_mut(&connection).unwrap().pass = holds;
        }
    }

    pub fn look(&mut self, room: RoomName, outsider: usize) {
        let connection = self.outside(outsider);
        if self.is_kicked(&room, connection) {
            let looked = self.give(Input::LobbyWatch(connection, room));
            assert_eq!(looked, Err(Refusal::Kicked));
            return;
        }
        let outsider = self.outsiders.get_mut(&connection).unwrap();
        outsider.watches = Some((room.clone(), Lobby::default()));
        self.give(Input::LobbyWatch(connection, room)).unwrap();
    }

    /// One outside enters where a host has let it in, or else where it has knocked or looks.
    pub fn follow(&mut self, outsider: usize) {
        let Some(connection) = self.nth_outsider(outsider) else {
            return;
        };
        let outsider = &self.outsiders[&connection];
        let watched = outsider.watches.as_ref().map(|(room, _)| room);
        let knocked = outsider.knocked.as_ref();
        let Some(room) = outsider.pass.as_ref().or(knocked).or(watched).cloned() else {
            return;
        };
        let fresh = id(3_000 + connection.0);
        let entry = CreateSession {
            resumable: true,
            ..CreateSession::named(room.clone())
        };
        let (locked, pass) = (self.is_locked(&room), outsider.pass.clone());
        self.entering = Kind::Resumable;
        let entered = self.give(Input::Enter {
            connection,
            entry,
            fresh,
            claim: None,
        });
        if self.is_kicked(&room, connection) {
            assert_eq!(entered, Err(Refusal::Kicked));
        } else if locked && pass.is_none() {
            assert_eq!(entered, Err(Refusal::Locked));
        }
    }

    /// A connection that is over, or has never been, says all that takes something.
    pub fn haunt(&mut self, connection: ConnectionId, room: RoomName) {
        if self.rooms.connections.contains_key(&connection) {
            return;
        }
        let entry = CreateSession::named(room.clone());
        let claim = self.clients.values().next().map(|one| one.claim.clone());
        let entrance = |claim: Option<Claim>| Input::Enter {
            connection,
            entry: entry.clone(),
            fresh: id(3_990),
            claim,
        };
        let name = DisplayName::parse("Eve").unwrap();
        for input in [
            entrance(None),
            entrance(claim),
            Input::LobbyWatch(connection, room.clone()),
            Input::Knock {
                connection,
                knock: Knock {
                    room: room.clone(),
                    name,
                },
                fresh: id(3_991),
            },
            Input::Present(connection, Presence::unnamed()),
            Input::Host(connection, HostAction::End),
            Input::Leave(connection),
        ] {
            assert_eq!(self.give(input), Err(Refusal::NotInRoom));
        }
        self.give(Input::Lost(connection)).unwrap();
    }

    /// Whatever is held is held by a connection that is there, or by a grace that is running.
    fn check_holders(&self) {
        let is_there = |connection: &ConnectionId| self.rooms.connections.contains_key(connection);
        for (name, room) in &self.rooms.rooms {
            for (id, participant) in room.participants.iter() {
                match &participant.connection {
                    Connection::Live(connection) => {
                        assert!(is_there(connection));
                        assert_eq!(
                            self.rooms.connections_inside[connection],
                            (name.clone(), *id)
                        );
                    }
                    Connection::Away { until, .. } => {
                        assert!(*until > self.now);
                        assert_eq!(self.rooms.deadlines[&(*until, *id)], *name);
                    }
                }
            }
            assert!(
                room.waiting_room
                    .waiting_connections()
                    .all(|connection| is_there(&connection))
            );
            assert!(
                room.participants.iter().next().is_some(),
                "no room is empty"
            );
        }
        let watching = (0..3).map(room);
        let mut watching =
            watching.flat_map(|room| self.rooms.watches.of(&room).collect::<Vec<_>>());
        assert!(watching.all(|connection| is_there(&connection)));
        assert!(self.rooms.knocks.keys().all(is_there));
        assert!(self.rooms.connections_inside.keys().all(is_there));
    }

    /// What has to hold whatever happens.
    pub fn check(&mut self) {
        // What changes often is told in a moment.
        self.now += STATE_INTERVAL;
        self.give(Input::Timeout).unwrap();
        // Of several who have left by then, the last are told of after another moment.
        while let Some(at) = self.rooms.poll_updates() {
            self.now = self.now.max(at);
            self.give(Input::Timeout).unwrap();
        }
        self.check_holders();
        let locked: Vec<_> = (0..3)
            .map(room)
            .filter(|room| self.is_locked(room))
            .collect();
        self.kicked
            .retain(|room, _| self.rooms.rooms.contains_key(room));
        let kicked = |room: &RoomName, at: &ConnectionId| {
            let from = network(*at);
            self.kicked
                .get(room)
                .is_some_and(|kicked| kicked.contains(&from))
        };
        for (at, outsider) in &mut self.outsiders {
            // What a host allows holds until the room is unlocked.
            outsider
                .pass
                .take_if(|room| !locked.contains(room) || kicked(room, at));
            outsider.watches.take_if(|(room, _)| kicked(room, at));
            assert!(
                outsider
                    .waits
                    .as_ref()
                    .is_none_or(|(room, _)| !kicked(room, at))
            );
        }
        let inside = self
            .clients
            .values()
            .filter(|client| client.connection.is_some());
        assert_eq!(self.rooms.connections_inside.len(), inside.count());
        for (name, room) in &self.rooms.rooms {
            let able = |id: ParticipantId| {
                room.participants
                    .get(&id)
                    .is_some_and(|participant| participant.resumable)
            };
            let anybody = room.order().any(able);
            let state = room.state();
            assert_eq!(state.host.is_some_and(able), anybody, "one host");
            assert!(!state.locked || anybody, "somebody can open");
            let waiting: Vec<_> = room
                .waiting_room
                .knocking()
                .waiting
                .iter()
                .map(|k| k.id)
                .collect();
            assert!(
                state.locked || waiting.is_empty(),
                "nobody waits at an open door"
            );
            let mut hands = BTreeSet::new();
            for id in room.order() {
                let participant = room.participants.get(&id).unwrap();
                assert_eq!(participant.presence.hand, participant.hand.is_some());
                assert!(
                    participant.hand.is_none_or(|hand| hands.insert(hand)),
                    "hands in order"
                );
                let client = &self.clients[&id];
                for other in room.others_in_order(id) {
                    let shown = room.participants.get(&other).unwrap().member(other);
                    let seen = client.seen.get(&other);
                    let is_there = client.connection.is_some();
                    assert!(!is_there || seen == Some(&shown), "{seen:?} {shown:?}");
                }
                if client.connection.is_none() || client.kind == Kind::Seed {
                    continue;
                }
                assert_eq!(client.state, state, "everyone knows who the host is");
                if state.host == Some(id) {
                    assert_eq!(client.knocking, waiting, "the host knows who waits");
                }
            }
            for (_, id) in self.outsiders.values().filter_map(|o| o.waits.as_ref()) {
                let rooms = self.rooms.rooms.values();
                let there = rooms.filter(|room| {
                    room.waiting_room
                        .knocking()
                        .waiting
                        .iter()
                        .any(|k| k.id == *id)
                });
                assert_eq!(there.count(), 1, "who waits is known in {name}");
            }
        }
        for outsider in self.outsiders.values() {
            if let Some((room, seen)) = &outsider.watches {
                assert_eq!(*seen, self.lobby(room), "who looks in sees what is");
            }
        }
        let watching = self
            .outsiders
            .values()
            .filter(|o| o.watches.is_some())
            .count();
        assert_eq!(self.rooms.watches.len(), (watching, watching));
    }
}

proptest! {
    #[test]
    fn powers_doors_and_talk_are_as_they_should_be(steps in all_steps()) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
            world.check();
        }
        for who in 0..world.clients.len() {
            world.step(Step::Leave { who });
        }
        world.step(Step::Wait { seconds: RESUME_GRACE.as_secs() + 1 });
        prop_assert_eq!(world.rooms.room_count(), 0);
        prop_assert!(world.outsiders.values().all(|outsider| outsider.waits.is_none()), "all are answered");
        while let Some(connection) = world.nth_outsider(0) {
            world.outsiders.remove(&connection);
            world.give(Input::Lost(connection)).unwrap();
        }
        prop_assert_eq!(world.rooms.watches.len(), (0, 0));
        prop_assert!(world.rooms.knocks.is_empty());
    }
}
