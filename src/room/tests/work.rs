//! What one participant can have the others and the server do.

use super::*;
use crate::protocol::{
    ChatPosition, ENTRIES_OF_ROOM, HostAction, KNOCKS_AT_ROOM, MessageBody, QUESTIONS_OF_PAIR,
    QUESTIONS_TO_ONE, RENEWALS_OF_PAIR, RENEWALS_OF_TARGET, RETURNS, Rate, Reaction, SENT_IN_ROOM,
    SHOWN_OF_ONE, STATE_INTERVAL,
};

/// A server with one room, and all that it has sent, with the times.
struct ServerWithRoom {
    rooms: Rooms,
    now: Duration,
    connections: u64,
    sent: Vec<(Duration, ConnectionId, ServerEvent)>,
}

/// Someone inside.
type Person = (ParticipantId, ConnectionId);

impl ServerWithRoom {
    fn new() -> Self {
        let limits = Limits {
            participants: 400,
            rooms: 10,
        };
        Self {
            rooms: Rooms::new(limits, Authenticator::new([7; 32]), Duration::ZERO),
            now: Duration::from_secs(1_000),
            connections: 0,
            sent: Vec::new(),
        }
    }

    fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let result = self.rooms.handle_input(self.now, input);
        while let Some(output) = self.rooms.poll_output() {
            if let Output::Send(to, event) = output {
                self.sent.push((self.now, to, event));
            }
        }
        result
    }

    /// Lets time pass, and does what is due when it is.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.rooms.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.give(Input::Timeout).unwrap();
        }
        self.now = end;
    }

    fn connect(&mut self) -> ConnectionId {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        connect(&mut self.rooms, connection);
        connection
    }

    fn try_enter(&mut self) -> Result<Person, Refusal> {
        let connection = self.connect();
        self.try_enter_on(connection)
    }

    fn try_enter_from(&mut self, network: Network) -> Result<Person, Refusal> {
        let connection = self.connect();
        self.give(Input::Connect {
            connection,
            network,
        })?;
        self.try_enter_on(connection)
    }

    fn try_enter_on(&mut self, connection: ConnectionId) -> Result<Person, Refusal> {
        let mut bytes = [0; 20];
        let number = connection.0;
        bytes[17..].copy_from_slice(&[12, 6, 0].map(|bits| ((number >> bits) & 63) as u8));
        let fresh = ParticipantId::from_random(bytes);
        let entry = CreateSession {
            auto_prepare: true,
            resumable: true,
            ..CreateSession::named(room(0))
        };
        self.give(Input::Enter {
            connection,
            entry,
            fresh,
            claim: None,
        })?;
        Ok((fresh, connection))
    }

    fn enter<const N: usize>(&mut self) -> [Person; N] {
        let people = [(); N].map(|()| self.try_enter().unwrap());
        self.pass(Duration::from_secs(1));
        people
    }

    /// Comes back on another connection, as another page: without peers.
    fn come_back(&mut self, who: &mut Person) -> Result<(), Refusal> {
        let connection = self.connect();
        let (now, wall) = (self.now, self.rooms.wall(self.now));
        let here = self.rooms.rooms.get_mut(&room(0)).unwrap();
        let claim = here.claim(who.0, now, wall);
        who.1 = connection;
        let entry = CreateSession {
            auto_prepare: true,
            resumable: true,
            ..CreateSession::named(room(0))
        };
        self.give(Input::Enter {
            connection,
            entry,
            fresh: id(4_000),
            claim: Some(claim),
        })
    }

    fn renew(&mut self, from: Person, with: Person) -> Result<(), Refusal> {
        let about = PeerRef {
            conn_user_socket_id: with.0,
            generation: None,
        };
        self.give(Input::PeerRestart(from.1, about))
    }

    fn ask(&mut self, from: Person, of: Person) -> Result<(), Refusal> {
        let have = vec![ChatPosition { author: of.0, n: 1 }];
        let body = MessageBody::ChatSync { have };
        let to = Some(of.0);
        self.give(Input::Message(from.1, MessageTo { to, body }))
    }

    fn show(&mut self, who: Person, microphone: bool) {
        let presence = Presence {
            microphone,
            ..Presence::unnamed()
        };
        self.give(Input::Present(who.1, presence)).unwrap();
    }

    fn react(&mut self, who: Person) -> Result<(), Refusal> {
        let body = MessageBody::React {
            reaction: Reaction::Wow,
        };
        self.give(Input::Message(who.1, MessageTo { to: None, body }))
    }

    /// How often something of a kind was sent to a connection, from a moment on.
    fn count(&self, to: Person, since: Duration, is: impl Fn(&ServerEvent) -> bool) -> usize {
        let sent = self.sent.iter();
        sent.filter(|(at, connection, event)| *at >= since && *connection == to.1 && is(event))
            .count()
    }
}

fn is_prepare(event: &ServerEvent) -> bool {
    matches!(event, ServerEvent::ConnPrepare(_))
}

/// As many as a rate allows in a time.
fn most(rate: Rate, time: Duration) -> usize {
    (time.as_nanos() / rate.each.as_nanos()) as usize + rate.burst as usize
}

#[test]
fn one_who_renews_without_end_brings_few_connections_on_another() {
    let mut desk = ServerWithRoom::new();
    let [victim, attacker, friend] = desk.enter();
    let (start, minute) = (desk.now, Duration::from_secs(60));
    let mut refused = 0;
    for _ in 0..60_000 {
        refused += usize::from(desk.renew(attacker, victim) == Err(Refusal::RateLimited));
        desk.pass(Duration::from_millis(1));
    }
    let made = desk.count(victim, start, is_prepare);
    assert!(made <= most(RENEWALS_OF_PAIR, minute), "{made}");
    assert_eq!(made + refused, 60_000);
    // Whoever has a broken connection gets a new one meanwhile.
    assert_eq!(desk.renew(friend, victim), Ok(()));
    assert_eq!(desk.renew(victim, friend), Ok(()));
}

#[test]
fn many_who_renew_together_leave_room_for_the_others() {
    let mut desk = ServerWithRoom::new();
    let [victim, friend] = desk.enter();
    let attackers: [Person; 40] = desk.enter();
    let (start, minute) = (desk.now, Duration::from_secs(60));
    for _ in 0..600 {
        for attacker in attackers {
            let _ = desk.renew(attacker, victim);
        }
        desk.pass(Duration::from_millis(100));
    }
    let made = desk.count(victim, start, is_prepare);
    let first_of_pairs = most(RENEWALS_OF_PAIR, minute) * attackers.len();
    let bound = most(RENEWALS_OF_TARGET, minute) + first_of_pairs.min(5 * attackers.len());
    assert!(made <= bound, "{made} of {bound}");
    assert_eq!(desk.renew(friend, victim), Ok(()));
}

#[test]
fn a_network_that_comes_back_renews_with_everybody_at_once() {
    let mut desk = ServerWithRoom::new();
    let people: [Person; 50] = desk.enter();
    for other in &people[1..] {
        assert_eq!(desk.renew(*other, people[0]), Ok(()), "each has had none");
    }
    // As an honest connection that never comes to be, from both sides.
    desk.pass(Duration::from_secs(60));
    for wait in [15, 30, 60, 60, 60] {
        desk.pass(Duration::from_secs(wait));
        for other in &people[1..] {
            assert_eq!(desk.renew(*other, people[0]), Ok(()));
        }
    }
}

#[test]
fn one_who_comes_and_goes_brings_few_connections_on_another() {
    let mut desk = ServerWithRoom::new();
    let [victim] = desk.enter();
    let [first] = desk.enter();
    desk.give(Input::Leave(first.1)).unwrap();
    let (start, minute) = (desk.now, Duration::from_secs(60));
    let mut refused = 0;
    for _ in 0..350 * 60 {
        match desk.try_enter() {
            Ok((_, connection)) => desk.give(Input::Leave(connection)).unwrap(),
            Err(refusal) => {
                assert_eq!(refusal, Refusal::RateLimited);
                refused += 1;
            }
        }
        desk.pass(Duration::from_millis(3));
    }
    let made = desk.count(victim, start, is_prepare);
    let bound = 2 * most(ENTRIES_OF_ROOM, minute + minute / 10);
    assert!(made <= bound, "{made} of {bound}");
    assert_eq!(made + refused, 350 * 60);
    // Whoever waits a while comes in, and who makes the room larger than it was comes in at once.
    desk.pass(Duration::from_secs(1));
    desk.enter::<10>();
}

#[test]
fn who_comes_and_goes_without_end_keeps_out_no_other_network() {
    let mut desk = ServerWithRoom::new();
    let [_victim, first] = desk.enter();
    desk.give(Input::Leave(first.1)).unwrap();
    let next_from = |desk: &mut ServerWithRoom, number: u64| {
        desk.connections = desk.connections / 4 * 4 + 3 + number;
    };
    for _ in 0..5_000 {
        next_from(&mut desk, 0);
        if let Ok((_, connection)) = desk.try_enter() {
            desk.give(Input::Leave(connection)).unwrap();
        }
        desk.pass(Duration::from_millis(2));
    }
    next_from(&mut desk, 0);
    assert_eq!(desk.try_enter(), Err(Refusal::RateLimited));
    next_from(&mut desk, 1);
    assert!(desk.try_enter().is_ok());
}

#[test]
fn a_few_networks_that_come_and_go_together_keep_out_no_other() {
    let mut desk = ServerWithRoom::new();
    let [_victim, first] = desk.enter();
    desk.give(Input::Leave(first.1)).unwrap();
    let network = |number| Network::V4([198, 51, 100, number]);
    for turn in 0..10_000_u32 {
        // One enters as often as it can, and four seldom enough to be taken for new ones if that were forgotten in a second.
        let number = match turn % 51 {
            seldom @ 0..4 => u8::try_from(seldom).unwrap(),
            _ => 4,
        };
        if let Ok((_, connection)) = desk.try_enter_from(network(number)) {
            desk.give(Input::Leave(connection)).unwrap();
        }
        desk.pass(Duration::from_millis(20));
    }
    let again = desk.try_enter_from(network(4));
    assert_eq!(
        again.err(),
        Some(Refusal::RateLimited),
        "it has had its share"
    );
    for other in 10..20 {
        // It goes again, so that the next one does not make the room larger than it was.
        let (_, connection) = desk.try_enter_from(network(other)).unwrap();
        desk.give(Input::Leave(connection)).unwrap();
    }
}

#[test]
fn three_hundred_enter_one_room_at_once_and_again_after_a_break() {
    let mut desk = ServerWithRoom::new();
    let people: [Person; 300] = desk.enter();
    for (_, connection) in &people[..30] {
        desk.give(Input::Leave(*connection)).unwrap();
    }
    desk.enter::<30>();
}

#[test]
fn one_who_returns_without_end_is_put_off() {
    let mut desk = ServerWithRoom::new();
    let [attacker, victim] = desk.enter();
    let start = desk.now;
    for _ in 0..10_000 {
        let connection = desk.connect();
        let (now, wall) = (desk.now, desk.rooms.wall(desk.now));
        let room_now = desk.rooms.rooms.get_mut(&room(0)).unwrap();
        let claim = room_now.claim(attacker.0, now, wall);
        let entry = CreateSession {
            auto_prepare: true,
            resumable: true,
            ..CreateSession::named(room(0))
        };
        let returned = desk.give(Input::Enter {
            connection,
            entry,
            fresh: id(4_000),
            claim: Some(claim),
        });
        assert!(matches!(returned, Ok(()) | Err(Refusal::RateLimited)));
        desk.pass(Duration::from_millis(1));
    }
    let made = desk.count(victim, start, |event| {
        is_prepare(event) || matches!(event, ServerEvent::ConnInit(_))
    });
    assert!(made > 0, "the returns are seen");
    assert!(made <= most(RETURNS, Duration::from_secs(10)), "{made}");
}

#[test]
fn many_who_return_without_their_peers_bring_few_connections_on_another() {
    let mut desk = ServerWithRoom::new();
    let [victim, friend] = desk.enter();
    let mut attackers: [Person; 40] = desk.enter();
    let (start, minute) = (desk.now, Duration::from_secs(60));
    while desk.now < start + minute {
        for attacker in &mut attackers {
            desk.come_back(attacker).unwrap();
        }
        desk.pass(RETURNS.each);
    }
    let is_work =
        |event: &ServerEvent| is_prepare(event) || matches!(event, ServerEvent::ConnInit(_));
    let made = desk.count(victim, start, is_work);
    let bound = most(RENEWALS_OF_TARGET, minute) + 5 * attackers.len();
    assert!(made <= bound, "{made} of {bound}");
    assert!(made > attackers.len(), "each was introduced again");
    // An honest one is introduced at once, and nobody is forgotten.
    desk.sent.clear();
    let mut friend = friend;
    desk.come_back(&mut friend).unwrap();
    assert_eq!(desk.count(victim, start, is_work), 1);
    desk.pass(5 * minute);
    let room = desk.rooms.rooms.get_mut(&room(0)).unwrap();
    assert!(room.put_off.is_empty());
    for (attacker, _) in attackers {
        let pair = room.pairs.find(attacker, victim.0).unwrap();
        assert_eq!(pair.stage, pair::PairState::Introduced);
    }
}

#[test]
fn questions_for_the_chat_are_passed_on_to_one_at_a_rate() {
    let mut desk = ServerWithRoom::new();
    let [victim, attacker] = desk.enter();
    let others: [Person; 40] = desk.enter();
    let (start, minute) = (desk.now, Duration::from_secs(60));
    let is_question = |event: &ServerEvent| matches!(event, ServerEvent::Message(_));
    for _ in 0..6_000 {
        let _ = desk.ask(attacker, victim);
        desk.pass(Duration::from_millis(10));
    }
    let asked = desk.count(victim, start, is_question);
    assert!(asked <= most(QUESTIONS_OF_PAIR, minute), "{asked}");
    // All together; and whoever has not asked lately is heard.
    let again = desk.now;
    for _ in 0..600 {
        for other in &others[1..] {
            let _ = desk.ask(*other, victim);
        }
        desk.pass(Duration::from_millis(100));
    }
    let asked = desk.count(victim, again, is_question);
    let bound = most(QUESTIONS_TO_ONE, minute) + 4 * others.len();
    assert!(asked <= bound, "{asked} of {bound}");
    assert_eq!(desk.ask(others[0], victim), Ok(()));
}

#[test]
fn a_school_that_enters_at_once_asks_for_the_chat() {
    let mut desk = ServerWithRoom::new();
    let people: [Person; 300] = desk.enter();
    // Each asks the first eight, and may be cut and do so once more.
    for _ in 0..2 {
        for asker in &people[8..] {
            for asked in &people[..8] {
                assert_eq!(desk.ask(*asker, *asked), Ok(()));
            }
        }
        desk.pass(Duration::from_secs(20));
    }
}

#[test]
fn whoever_floods_uses_up_nobody_elses_share() {
    let mut desk = ServerWithRoom::new();
    let [quiet] = desk.enter();
    let crowd: [Person; 99] = desk.enter();
    let start = desk.now;
    let mut state = false;
    for _ in 0..400 {
        state = !state;
        for one in crowd {
            let _ = desk.react(one);
            desk.show(one, state);
        }
        desk.pass(Duration::from_millis(25));
    }
    let (ten, all) = (Duration::from_secs(10), crowd.len() + 1);
    let own = most(SHOWN_OF_ONE, ten) * all * (all - 1);
    let bound = most(SENT_IN_ROOM, ten) + own;
    let sent = desk.sent.iter().filter(|(at, ..)| *at >= start).count();
    assert!(sent <= bound, "{sent} of {bound}");
    assert!(
        sent > bound / 4,
        "the room is used as far as it goes: {sent}"
    );
    for _ in 0..SHOWN_OF_ONE.burst {
        assert_eq!(desk.react(quiet), Ok(()));
    }
    // States are not lost over it.
    desk.pass(Duration::from_secs(5));
    crowd.iter().for_each(|one| desk.show(*one, true));
    desk.pass(Duration::from_secs(5));
    for one in crowd {
        let of_one = |event: &&ServerEvent| matches!(event, ServerEvent::ParticipantState(member) if member.id == one.0);
        let to_quiet = desk.sent.iter().filter(|(_, to, _)| *to == quiet.1);
        let last = to_quiet.map(|(.., event)| event).rfind(of_one);
        let Some(ServerEvent::ParticipantState(member)) = last else {
            panic!("{one:?} was not seen")
        };
        assert!(member.presence.microphone);
    }
}

#[test]
fn fifty_who_turn_everything_on_and_off_and_applaud_are_not_held_up() {
    let mut desk = ServerWithRoom::new();
    let people: [Person; 50] = desk.enter();
    for on in [false, true, false] {
        desk.pass(Duration::from_secs(1));
        people.iter().for_each(|one| desk.show(*one, on));
        let told = desk.now;
        for one in people {
            assert_eq!(desk.react(one), Ok(()));
        }
        let states = |event: &ServerEvent| matches!(event, ServerEvent::ParticipantState(_));
        assert_eq!(desk.count(people[0], told, states), 49, "at once");
    }
    for _ in 0..10 {
        for one in people {
            assert_eq!(desk.react(one), Ok(()));
        }
        desk.pass(Duration::from_millis(150));
    }
}

#[test]
fn a_host_pays_for_what_all_are_told() {
    let mut desk = ServerWithRoom::new();
    let people: [Person; 50] = desk.enter();
    let start = desk.now;
    let mut locked = false;
    for _ in 0..10_000 {
        locked = !locked;
        let _ = desk.give(Input::Host(people[0].1, HostAction::Lock { locked }));
        desk.pass(Duration::from_millis(1));
    }
    let told = desk.count(people[1], start, |event| {
        matches!(event, ServerEvent::RoomState(_))
    });
    assert!(told <= 550, "{told}");
    desk.pass(Duration::from_secs(1));
    assert_eq!(desk.give(Input::Host(people[0].1, HostAction::End)), Ok(()));
}

#[test]
fn a_host_hears_ten_lists_a_second_of_who_knocks() {
    let mut desk = ServerWithRoom::new();
    let [host] = desk.enter();
    desk.give(Input::Host(host.1, HostAction::Lock { locked: true }))
        .unwrap();
    let knockers = [(); 16].map(|()| desk.connect());
    let (start, mut heard) = (desk.now, 0);
    for n in 0..1_000 {
        for knocker in knockers {
            let name = crate::protocol::DisplayName::parse(&format!("{n}")).unwrap();
            let knocked = desk.give(Input::Knock {
                connection: knocker,
                knock: Knock {
                    room: room(0),
                    name,
                },
                fresh: id(2_000 + knocker.0),
            });
            heard += usize::from(knocked.is_ok());
            if n % 2 == 0 {
                let _ = desk.give(Input::Leave(knocker));
            }
        }
        desk.pass(Duration::from_millis(10));
    }
    let lists = desk.count(host, start, |event| {
        matches!(event, ServerEvent::Knocking(_))
    });
    assert!(lists <= 101, "{lists}");
    assert!(lists > 0);
    // Each has a first one.
    let bound = most(KNOCKS_AT_ROOM, Duration::from_secs(10)) + 5 * knockers.len();
    assert!(heard <= bound, "{heard} of {bound}");
}

proptest! {
    /// Whoever flickers is seen as it is 100 ms later, and nobody hears of it more than once in that time.
    #[test]
    fn the_last_state_is_told_in_time(
        changes in prop::collection::vec((0..150u64, 0..3usize, any::<bool>(), any::<bool>()), 1..120),
    ) {
        let mut desk = ServerWithRoom::new();
        let people: [Person; 3] = desk.enter();
        let watcher = desk.connect();
        desk.give(Input::LobbyWatch(watcher, room(0))).unwrap();
        desk.pass(STATE_INTERVAL);
        let start = desk.now;
        for (wait, who, microphone, named) in changes {
            desk.pass(Duration::from_millis(wait));
            let name = named.then(|| crate::protocol::DisplayName::parse(&format!("P{who}")).unwrap());
            let presence = Presence { microphone, name, ..Presence::unnamed() };
            desk.give(Input::Present(people[who].1, presence)).unwrap();
        }
        desk.pass(STATE_INTERVAL);
        let inside = &desk.rooms.rooms[&room(0)];
        for (to, at) in people {
            for (from, _) in people.iter().filter(|(from, _)| *from != to) {
                let heard: Vec<_> = desk.sent.iter().filter_map(|(when, connection, event)| match event {
                    ServerEvent::ParticipantState(member) if *connection == at && member.id == *from && *when >= start => Some((*when, member)),
                    _ => None,
                }).collect();
                for two in heard.windows(2) {
                    prop_assert!(two[1].0 >= two[0].0 + STATE_INTERVAL);
                }
                if let Some((_, last)) = heard.last() {
                    prop_assert_eq!(*last, &inside.participants.get(from).unwrap().member(*from));
                }
            }
        }
        let seen: Vec<_> = desk.sent.iter().filter_map(|(when, to, event)| match event {
            ServerEvent::LobbyState(lobby) if *to == watcher => Some((*when, lobby)),
            _ => None,
        }).collect();
        for two in seen.windows(2) {
            prop_assert!(two[1].0 >= two[0].0 + STATE_INTERVAL);
            prop_assert!(two[1].1 != two[0].1, "only what is new");
        }
        if let Some((_, last)) = seen.last() {
            prop_assert_eq!(*last, &inside.lobby());
        }
        prop_assert!(desk.rooms.updates.is_empty());
    }
}

#[test]
fn a_name_is_known_before_what_is_said_under_it() {
    let mut desk = ServerWithRoom::new();
    let [ada, ben] = desk.enter();
    let mut heard = Vec::new();
    for (n, name) in (1..).zip(["Ada", "Bea", "Cleo"]) {
        let name = crate::protocol::DisplayName::parse(name).ok();
        let presence = Presence {
            name,
            ..Presence::unnamed()
        };
        desk.give(Input::Present(ada.1, presence)).unwrap();
        let body = serde_json::from_value(serde_json::json!({
            "kind": "chat", "n": n, "clock": n, "at": 1, "text": "hello"
        }));
        let body = body.unwrap();
        desk.give(Input::Message(ada.1, MessageTo { to: None, body }))
            .unwrap();
    }
    for (_, to, event) in &desk.sent {
        match event {
            ServerEvent::ParticipantState(member) if *to == ben.1 => {
                heard.push(
                    member
                        .presence
                        .name
                        .as_ref()
                        .map(|name| name.as_str().to_owned()),
                );
            }
            ServerEvent::Message(_) if *to == ben.1 => heard.push(None),
            _ => {}
        }
    }
    let name = |name: &str| Some(name.to_owned());
    let told = [name("Ada"), None, name("Bea"), None, name("Cleo"), None];
    assert_eq!(heard, told);
}
