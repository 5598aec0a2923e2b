//! The rooms of a server that has just been started again, with what the one before has kept.

use super::*;
use crate::protocol::{DisplayName, RESTART_GRACE, TOKEN_LIFE, TOKEN_RENEWAL};

/// When the server of before was started, since 1970.
const BEFORE: Duration = Duration::from_secs(1_700_000_000);

/// A server, what it has kept, and what it was told to tell.
struct ServerRun {
    rooms: Rooms,
    records: BTreeMap<RoomName, MeetingRecord>,
    now: Duration,
    outputs: Vec<Output>,
}

impl ServerRun {
    fn start(started: Duration, limits: Limits, records: Vec<MeetingRecord>) -> Self {
        let mut rooms = Rooms::new(limits, Authenticator::new([7; 32]), started);
        rooms.recall(records.clone());
        let records = records.into_iter().map(|one| (one.room.clone(), one));
        Self {
            rooms: connected(rooms),
            records: records.collect(),
            now: Duration::from_secs(1),
            outputs: Vec::new(),
        }
    }

    /// The same server, killed and started again so much after it was started first.
    fn again(self, after: Duration) -> Self {
        self.again_with(after, LIMITS)
    }

    fn again_with(self, after: Duration, limits: Limits) -> Self {
        Self::start(BEFORE + after, limits, self.records.into_values().collect())
    }

    fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let given = self.rooms.handle_input(self.now, input);
        self.outputs = std::iter::from_fn(|| self.rooms.poll_output()).collect();
        for change in self.rooms.take_changes() {
            match change {
                RecordChange::Kept(record) => {
                    drop(self.records.insert(record.room.clone(), record))
                }
                RecordChange::Over(room) => drop(self.records.remove(&room)),
            }
        }
        given
    }

    fn enter(&mut self, connection: u64, who: ParticipantId) -> Result<Claim, Refusal> {
        self.come(connection, who, None, vec![])
    }

    fn come_back(&mut self, connection: u64, claim: &Claim) -> Result<Claim, Refusal> {
        self.come(connection, id(3_996), Some(claim.clone()), vec![])
    }

    fn come(
        &mut self,
        connection: u64,
        fresh: ParticipantId,
        claim: Option<Claim>,
        peers: Vec<HeldPeer>,
    ) -> Result<Claim, Refusal> {
        let entry = CreateSession {
            resumable: true,
            peers,
            ..CreateSession::named(room(0))
        };
        self.give(Input::Enter {
            connection: ConnectionId(connection),
            entry,
            fresh,
            claim,
        })?;
        let admitted = self.outputs.iter().find_map(|output| match output {
            Output::Admit(_, admitted) => Some(admitted.claim.clone()),
            _ => None,
        });
        Ok(admitted.unwrap())
    }

    fn host(&mut self, connection: u64, action: HostAction) {
        self.give(Input::Host(ConnectionId(connection), action))
            .unwrap();
    }

    fn state(&self) -> RoomState {
        self.rooms.rooms[&room(0)].state()
    }

    fn wait_until(&mut self, now: Duration) {
        self.now = now;
        self.give(Input::Timeout).unwrap();
    }
}

fn first() -> ServerRun {
    ServerRun::start(BEFORE, LIMITS, Vec::new())
}

fn remove(id: ParticipantId, address: bool) -> HostAction {
    HostAction::Kick {
        id,
        address: Some(address),
        lock: false,
    }
}

const SOON: Duration = Duration::from_secs(10);

#[test]
fn those_who_know_each_other_are_not_introduced_again_and_a_stranger_is() {
    let [ada, ben, cleo] = [1, 2, 3].map(id);
    let mut run = first();
    let [adas, bens] = [(1, ada), (2, ben)].map(|(at, who)| run.enter(at, who).unwrap());
    let mut run = run.again(SOON);
    let known = |id, initiator| {
        vec![HeldPeer {
            id,
            initiator,
            generation: 1,
        }]
    };
    run.come(1, id(9), Some(adas), known(ben, false)).unwrap();
    let entry = CreateSession::named(room(0));
    run.give(Input::Enter {
        connection: ConnectionId(2),
        entry,
        fresh: cleo,
        claim: None,
    })
    .unwrap();
    run.come(3, id(9), Some(bens), known(ada, true)).unwrap();
    let prepares = run.outputs.iter().filter_map(|output| match output {
        Output::Send(to, ServerEvent::ConnPrepare(prepare)) => Some((*to, prepare.clone())),
        _ => None,
    });
    let expected = Prepare {
        just_joined_user_socket_id: ben,
        generation: 1,
        sfu: false,
    };
    assert_eq!(prepares.collect::<Vec<_>>(), [(ConnectionId(2), expected)]);
    let signal = SignalMessage {
        conn_user_socket_id: ada,
        signal: Signal::renegotiate(),
        generation: Some(1),
    };
    run.give(Input::Signal(ConnectionId(3), signal)).unwrap();
    assert_eq!(run.outputs.len(), 1);
}

#[test]
fn who_had_left_or_was_removed_stays_out_and_so_does_who_comes_late() {
    let [ada, ben, cleo, dan] = [1, 2, 3, 4].map(id);
    let mut run = first();
    let [adas, bens, cleos, dans] =
        [(1, ada), (2, ben), (3, cleo), (4, dan)].map(|(at, who)| run.enter(at, who).unwrap());
    run.give(Input::Leave(ConnectionId(2))).unwrap();
    run.host(1, remove(cleo, true));
    let mut run = run.again(SOON);
    for gone in [&bens, &cleos] {
        assert_eq!(run.come_back(5, gone), Err(Refusal::ResumeRefused));
    }
    // From where Cleo came nobody gets in.
    assert_eq!(network(ConnectionId(3)), network(ConnectionId(7)));
    assert_eq!(run.enter(7, id(7)), Err(Refusal::Kicked));
    run.come_back(1, &adas).unwrap();
    run.wait_until(RESTART_GRACE);
    assert_eq!(run.come_back(4, &dans), Err(Refusal::ResumeRefused));
    let spent = run.come_back(1, &adas);
    assert_eq!(spent, Err(Refusal::AlreadyInRoom), "is inside");
}

#[test]
fn a_room_that_nobody_comes_back_to_is_forgotten() {
    let mut run = first();
    let adas = run.enter(1, id(1)).unwrap();
    let mut run = run.again(SOON);
    assert_eq!(run.rooms.room_count(), 1);
    assert_eq!(run.rooms.poll_timeout(), Some(Duration::ZERO));
    run.give(Input::Timeout).unwrap();
    run.wait_until(RESTART_GRACE);
    assert_eq!((run.rooms.room_count(), run.records.len()), (0, 0));
    assert_eq!(run.rooms.poll_timeout(), None);
    // Another meeting in the same room has nothing to do with it.
    run.enter(2, id(2)).unwrap();
    assert_eq!(run.come_back(3, &adas), Err(Refusal::ResumeRefused));
    // Nor has one of the same server.
    let mut run = first();
    let adas = run.enter(1, id(1)).unwrap();
    run.host(1, HostAction::End);
    run.enter(2, id(2)).unwrap();
    assert_eq!(run.come_back(3, &adas), Err(Refusal::ResumeRefused));
}

#[test]
fn the_host_and_the_lock_hold_before_anybody_is_back() {
    let [ada, ben, cleo] = [1, 2, 3].map(id);
    let mut run = first();
    let [adas, bens, cleos] =
        [(1, ada), (2, ben), (3, cleo)].map(|(at, who)| run.enter(at, who).unwrap());
    run.host(1, HostAction::HandOver { id: ben });
    run.host(2, HostAction::Lock { locked: true });
    let mut run = run.again(SOON);
    let expected = RoomState {
        host: Some(ben),
        locked: true,
        ..RoomState::default()
    };
    assert_eq!(run.state(), expected);
    assert_eq!(run.enter(5, id(5)), Err(Refusal::Locked));
    run.give(Input::Knock {
        connection: ConnectionId(5),
        knock: Knock {
            room: room(0),
            name: DisplayName::parse("Eve").unwrap(),
        },
        fresh: id(50),
    })
    .unwrap();
    assert_eq!(run.outputs, [], "she waits");
    for (at, claim) in [(3, &cleos), (1, &adas), (2, &bens)] {
        run.come_back(at, claim).unwrap();
        assert_eq!(run.state(), expected);
    }
    let knocking = |output: &Output| matches!(output, Output::Send(to, ServerEvent::Knocking(_)) if *to == ConnectionId(2));
    assert!(run.outputs.iter().any(knocking), "the host hears who waits");
}

#[test]
fn another_host_is_found_when_the_one_of_before_does_not_come_back() {
    let [ada, ben] = [1, 2].map(id);
    let mut run = first();
    let [_, bens] = [(1, ada), (2, ben)].map(|(at, who)| run.enter(at, who).unwrap());
    run.host(1, HostAction::Lock { locked: true });
    let mut run = run.again(SOON);
    run.come_back(2, &bens).unwrap();
    assert_eq!(run.state().host, Some(ada));
    run.wait_until(RESTART_GRACE);
    assert_eq!(
        run.state(),
        RoomState {
            host: Some(ben),
            locked: true,
            ..RoomState::default()
        }
    );
}

#[test]
fn places_are_kept_for_who_was_inside_and_limits_hold_for_them() {
    let mut run = first();
    let claims: Vec<_> = (1..=4).map(|at| run.enter(at, id(at)).unwrap()).collect();
    let fewer = Limits {
        participants: 3,
        rooms: 1,
    };
    let mut run = run.again_with(SOON, fewer);
    assert_eq!(run.enter(9, id(9)), Err(Refusal::RoomFull(3)));
    for (at, claim) in claims.iter().take(3).enumerate() {
        run.come_back(1 + at as u64, claim).unwrap();
    }
    assert_eq!(run.come_back(4, &claims[3]), Err(Refusal::RoomFull(3)));
    // Of two rooms one is left.
    let other = MeetingRecord {
        room: room(1),
        ..run.records[&room(0)].clone()
    };
    run.records.insert(room(1), other);
    let run = run.again_with(SOON, fewer);
    assert_eq!(run.rooms.room_count(), 1);
}

#[test]
fn a_token_ends_minutes_after_it_was_given_and_is_renewed_for_who_is_there() {
    let mut run = first();
    let adas = run.enter(1, id(1)).unwrap();
    let mut again = ServerRun::start(
        BEFORE + TOKEN_LIFE + Duration::from_secs(2),
        LIMITS,
        run.records.values().cloned().collect(),
    );
    assert_eq!(again.come_back(1, &adas), Err(Refusal::ResumeRefused));
    // While she is there, the newest is never older than a few minutes.
    let mut newest = adas.clone();
    let mut given = 0;
    let end = Duration::from_secs(3_600);
    while run.now < end {
        let next = run.rooms.poll_timeout().unwrap();
        assert!(next > run.now || run.now == Duration::from_secs(1));
        run.wait_until(next.max(run.now));
        for output in &run.outputs {
            let Output::Token(_, claim) = output else {
                panic!("{output:?}")
            };
            newest = claim.clone();
            given += 1;
        }
        let age = (BEFORE + run.now).as_secs() - newest.issued;
        assert!(age <= TOKEN_LIFE.as_secs() / 2, "{age}");
    }
    assert!(given <= end.as_secs() / TOKEN_RENEWAL.as_secs());
    let mut run = run.again(end);
    assert_eq!(run.come_back(1, &adas), Err(Refusal::ResumeRefused));
    run.come_back(1, &newest).unwrap();
}

#[test]
fn a_spent_token_stays_spent() {
    let mut run = first();
    let adas = run.enter(1, id(1)).unwrap();
    run.give(Input::Lost(ConnectionId(1))).unwrap();
    let next = run.come_back(2, &adas).unwrap();
    run.give(Input::Present(ConnectionId(2), Presence::unnamed()))
        .unwrap();
    let mut run = run.again(SOON);
    assert_eq!(run.come_back(1, &adas), Err(Refusal::ResumeRefused));
    run.come_back(1, &next).unwrap();
}

proptest! {
    /// Whatever happens, what is kept step by step is what a server would keep now; and it begins again with that.
    #[test]
    fn what_is_kept_is_what_is(steps in all_steps()) {
        let mut world = World::new();
        let mut records = BTreeMap::new();
        for step in steps {
            world.step(step);
            world.check();
            for change in world.rooms.take_changes() {
                match change {
                    RecordChange::Kept(record) => drop(records.insert(record.room.clone(), record)),
                    RecordChange::Over(room) => drop(records.remove(&room)),
                }
            }
            let now: BTreeMap<_, _> = world.rooms.rooms.iter().filter_map(|(name, room)| Some((name.clone(), room.record()?))).collect();
            prop_assert_eq!(&records, &now);
        }
        let mut again = Rooms::new(LIMITS, Authenticator::new([7; 32]), Duration::ZERO);
        again.recall(records.values().cloned().collect());
        let kept: BTreeMap<_, _> = again.take_changes().into_iter().map(|change| match change {
            RecordChange::Kept(record) => (record.room.clone(), record),
            RecordChange::Over(room) => panic!("{room:?}"),
        }).collect();
        prop_assert_eq!(kept, records);
    }
}

#[test]
fn a_clock_that_is_set_while_the_server_runs_dates_tokens_and_keeps_out_nobody() {
    // The machine did not know the time when it started.
    let mut run = ServerRun::start(Duration::ZERO, LIMITS, Vec::new());
    let early = run.enter(1, id(1)).unwrap();
    assert!(early.issued < 100);
    run.now = SOON;
    run.rooms.set_wall_time(SOON, BEFORE);
    run.give(Input::Lost(ConnectionId(1))).unwrap();
    let dated = run.come_back(2, &early).expect("it is ten seconds old");
    assert_eq!(dated.issued, BEFORE.as_secs());
    // The server after it knows the time.
    let mut run = run.again(SOON);
    run.come_back(1, &dated).expect("it is as old");
}
