//! The chat among machines that are wired through the server's own.

use proptest::prelude::*;

use super::{
    world::{Fault, NetworkConditions, World},
    *,
};

/// Most seconds from the last trouble until all logs are the same.
const BOUND: u32 = 120;

#[derive(Debug, Clone)]
struct Plan {
    seed: u64,
    clients: usize,
    /// Milliseconds until each joins.
    joins: Vec<u64>,
    faults: Vec<(u64, Fault)>,
    /// Who says so many lines at once.
    says: Vec<(u64, usize, usize)>,
}

fn faults() -> impl Strategy<Value = Fault> {
    let who = 0..4usize;
    prop_oneof![
        4 => (who.clone(), 0..20_000u64).prop_map(|(who, millis)| Fault::Cut { who, millis }),
        2 => (who, 25_000..45_000u64).prop_map(|(who, millis)| Fault::Cut { who, millis }),
        1 => (0..10_000u64).prop_map(|millis| Fault::Restart { millis }),
    ]
}

fn plans() -> impl Strategy<Value = Plan> {
    let at = || 0..60_000u64;
    (
        any::<u64>(),
        2..5usize,
        prop::collection::vec(prop_oneof![0..200u64, at()], 4),
        prop::collection::vec((at(), faults()), 0..7),
        prop::collection::vec((at(), 0..4usize, 1..6usize), 0..25),
    )
        .prop_map(|(seed, clients, joins, faults, says)| Plan {
            seed,
            clients,
            joins,
            faults,
            says,
        })
}

enum Step {
    Join(usize),
    Fault(Fault),
    Say(usize, usize),
}

/// Plays a plan through; what was said of it. One more is inside all the time, so that the meeting does not end: what was said
/// in one that is over can't be told.
fn play(plan: &Plan) -> (World, Vec<String>) {
    let mut world = World::new(plan.seed, plan.clients + 1, NetworkConditions::default());
    world.join(plan.clients);
    let joins = plan.joins.iter().copied().zip(0..plan.clients);
    let joins = joins.map(|(at, who)| (at, Step::Join(who)));
    let faults = plan.faults.iter().map(|(at, it)| (*at, Step::Fault(*it)));
    let says = plan.says.iter();
    let says = says.map(|(at, who, lines)| (*at, Step::Say(*who, *lines)));
    let mut steps: Vec<_> = joins.chain(faults).chain(says).collect();
    steps.sort_by_key(|(at, _)| *at);
    let mut said = Vec::new();
    for (at, step) in steps {
        world.run_until(Duration::from_millis(at));
        match step {
            Step::Join(who) => world.join(who),
            Step::Say(who, lines) if who < plan.clients => {
                for _ in 0..lines {
                    let text = format!("{} by {who}", said.len());
                    // Before the room there is nobody to say it to.
                    if world.clients[who].you.is_some() {
                        world.say(who, &text);
                        said.push(text);
                    }
                }
            }
            Step::Fault(Fault::Cut { who, .. }) if who >= plan.clients => {}
            Step::Fault(fault) => world.strike(fault),
            Step::Say(..) => {}
        }
    }
    world.run_until(world.now + BOUND * SECOND);
    (world, said)
}

/// What one says to all who are here stands once in the list of each, in the same place.
fn check(world: &World, said: &[String]) {
    let mut all: Vec<_> = said.iter().map(String::as_str).collect();
    all.sort_unstable();
    for client in &world.clients {
        assert_eq!(client.phase, Phase::InRoom);
        assert_eq!(client.shown.refused, []);
        assert_eq!(client.shown.texts(), world.clients[0].shown.texts());
        let mut texts = client.shown.texts();
        texts.sort_unstable();
        assert_eq!(texts, all);
        let waits = |line: &&ChatLine| line.standing == DeliveryState::OnItsWay;
        assert_eq!(client.shown.chat.iter().find(waits), None);
        let unnamed = |line: &ChatLine| line.message.chat.name.is_none();
        assert!(!client.shown.chat.iter().any(unnamed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_read_the_same_and_nothing_is_lost(plan in plans()) {
        let (world, said) = play(&plan);
        check(&world, &said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The last one who joins lies: it tells what nobody has said, and what was said as another's, under another
    /// name, with another file, whether it is asked or not.
    #[test]
    fn nobody_speaks_for_another(plan in plans(), lies in prop::collection::vec((0..60_000u64, 0..5u8, any::<u16>()), 1..40)) {
        let mut world = World::new(plan.seed, 4, NetworkConditions::default());
        let mut said = Vec::new();
        let mut steps: Vec<(u64, Option<(u8, u16)>)> = lies.iter().map(|(at, kind, dice)| (*at, Some((*kind, *dice)))).collect();
        steps.extend(plan.says.iter().map(|(at, ..)| (*at, None)));
        steps.sort_unstable();
        (0..4).for_each(|who| world.join(who));
        for (at, lie) in steps {
            world.run_until(world.now.max(SECOND + Duration::from_millis(at)));
            match lie {
                None => {
                    let text = format!("line {}", said.len());
                    world.say(said.len() % 3, &text);
                    said.push(text);
                }
                Some((kind, dice)) => tell_a_lie(&mut world, kind, usize::from(dice)),
            }
        }
        world.run_until(world.now + 10 * SECOND);
        let told: Vec<_> = said.iter().map(String::as_str).collect();
        for client in &world.clients[..3] {
            let mut texts = client.shown.texts();
            texts.sort_unstable();
            let mut all = told.clone();
            all.sort_unstable();
            prop_assert_eq!(texts, all);
            for line in &client.shown.chat {
                let author = world.clients.iter().position(|one| one.you == Some(line.message.author)).unwrap();
                let name = line.message.chat.name.as_ref().unwrap().to_string();
                prop_assert_eq!(name, format!("Person {author}"));
            }
        }
    }
}

/// The last client tells one of the others something that is not so.
fn tell_a_lie(world: &mut World, kind: u8, dice: usize) {
    use crate::protocol::{
        ChatPosition, ChatText, ClientEvent, DisplayName, MessageBody, MessageTo, Stamp,
    };
    let ids: Vec<_> = world.clients.iter().filter_map(|one| one.you).collect();
    let Some([victim, other]) = ids
        .get(dice % 3)
        .zip(ids.get((dice + 1) % 3))
        .map(|(a, b)| [*a, *b])
    else {
        return;
    };
    let known = &world.clients[3].shown.chat;
    let mut message = match known.get(dice % known.len().max(1)) {
        Some(line) => line.message.clone(),
        None => page::message(other, 1, 1, "forged"),
    };
    match kind {
        0 => message.chat.text = ChatText::parse("forged").unwrap(),
        1 => message.author = other,
        2 => message.chat.name = DisplayName::parse("Somebody else").ok(),
        3 => message.chat.stamp = Some(Stamp::from_bytes([dice as u8; 16])),
        _ => message.chat.n += 1 + dice as u32 % 100,
    }
    // Whoever hears of more asks for it, and then the answer is passed on.
    let have = vec![ChatPosition {
        author: message.author,
        n: message.chat.n + 1_000,
    }];
    let messages = vec![message];
    for body in [
        MessageBody::ChatSync { have },
        MessageBody::History {
            messages: messages.clone(),
            last: false,
        },
    ] {
        let to = Some(victim);
        world.lie(3, ClientEvent::Message(MessageTo { to, body }));
    }
    world.run_until(world.now + Duration::from_millis(50));
    let (to, last) = (Some(victim), true);
    let body = MessageBody::History { messages, last };
    world.lie(3, ClientEvent::Message(MessageTo { to, body }));
}

/// Someone holds a later message and lacks an earlier one of the same author, who comes back last: the newest of
/// what is held tells nothing.
#[test]
fn what_is_lacking_before_the_newest_is_asked_for() {
    let fault = Fault::Restart { millis: 1_128 };
    let cut = Fault::Cut { who: 2, millis: 0 };
    let plan = Plan {
        seed: 15_594_285_647_329_714_708,
        clients: 3,
        joins: vec![27_193, 16_225, 0],
        faults: vec![(16_291, cut), (19_250, fault)],
        says: vec![(80, 2, 1), (16_252, 2, 1)],
    };
    let (world, said) = play(&plan);
    check(&world, &said);
}

/// Some who are inside and have been for a while.
fn room(people: usize, inside: usize) -> World {
    let mut world = World::new(11, people, NetworkConditions::default());
    (0..inside).for_each(|who| world.join(who));
    world.run_until(SECOND);
    world
}

#[test]
fn what_is_said_is_shown_at_once_and_heard_by_all() {
    let mut world = room(3, 3);
    world.say(0, "hello");
    assert_eq!(world.clients[0].shown.texts(), ["hello"]);
    assert_eq!(
        world.clients[0].shown.chat[0].standing,
        DeliveryState::OnItsWay
    );
    world.run_until(2 * SECOND);
    let standings = world.clients.iter().map(|one| one.shown.chat[0].standing);
    let all = [
        DeliveryState::Delivered,
        DeliveryState::Heard,
        DeliveryState::Heard,
    ];
    assert_eq!(standings.collect::<Vec<_>>(), all);
    assert!(world.clients.iter().all(|client| client.shown.news == 1));
}

#[test]
fn a_newcomer_is_told_what_was_said() {
    let mut world = room(3, 2);
    for n in 0..120 {
        world.say(n % 2, &format!("line {n}"));
    }
    world.run_until(60 * SECOND);
    world.join(2);
    world.run_until(63 * SECOND);
    assert_eq!(
        world.clients[2].shown.texts(),
        world.clients[0].shown.texts()
    );
    assert_eq!(world.clients[2].shown.chat.len(), 120);
    assert_eq!(world.clients[2].shown.news, 0, "it is no news");
}

#[test]
fn a_newcomer_waits_for_nobody_that_is_silent() {
    let mut world = room(4, 2);
    world.say(0, "hello");
    world.run_until(2 * SECOND);
    // Its socket is dead, and the server has not seen it.
    world.freeze(0);
    world.join(2);
    world.run_until(8 * SECOND);
    assert_eq!(world.clients[2].shown.texts(), ["hello"]);
}

#[test]
fn the_newest_five_hundred_are_kept_by_all_and_by_newcomers() {
    let mut world = room(5, 4);
    for n in 0..1_000 {
        world.say(n % 4, &format!("line {n}"));
        if n % 4 == 3 {
            world.run_until(world.now + SECOND);
        }
    }
    world.run_until(world.now + 5 * SECOND);
    let last: Vec<_> = (500..1_000).map(|n| format!("line {n}")).collect();
    let mut texts = world.clients[0].shown.texts();
    texts.sort_unstable();
    assert_eq!(
        texts,
        last.iter()
            .map(String::as_str)
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    let before = world.history;
    world.join(4);
    world.run_until(world.now + 30 * SECOND);
    for client in &world.clients {
        assert_eq!(client.shown.texts(), world.clients[0].shown.texts());
    }
    // Told once, and not by each of the four.
    assert_eq!(world.history - before, 500);
}

#[test]
fn long_messages_are_told_at_a_pace_that_the_server_takes() {
    let mut world = room(3, 2);
    for n in 0..100 {
        world.say(0, &format!("{n} {}", "\u{1f600}".repeat(1_990)));
    }
    world.run_until(60 * SECOND);
    world.join(2);
    world.run_until(90 * SECOND);
    assert_eq!(world.clients[2].shown.chat.len(), 100);
}

#[test]
fn who_enters_anew_keeps_what_is_on_the_page() {
    let mut world = room(2, 2);
    world.say(0, "before");
    world.strike(Fault::Cut {
        who: 0,
        millis: 40_000,
    });
    world.run_until(30 * SECOND);
    world.say(0, "meanwhile");
    let before = world.clients[0].you;
    world.run_until(60 * SECOND);
    assert_ne!(world.clients[0].you, before, "another participant");
    world.say(0, "after");
    world.run_until(65 * SECOND);
    for client in &world.clients {
        assert_eq!(client.shown.texts(), ["before", "meanwhile", "after"]);
    }
    let own = world.clients[0].shown.chat.iter();
    let standings: Vec<_> = own.map(|line| line.standing).collect();
    assert_eq!(standings, [DeliveryState::Delivered; 3]);
}

#[test]
fn a_rejoin_begins_with_an_empty_page_and_is_told() {
    let mut world = room(2, 2);
    world.say(0, "hello");
    world.run_until(2 * SECOND);
    world.leave(0);
    world.run_until(3 * SECOND);
    world.join(0);
    assert_eq!(world.clients[0].shown.texts(), [""; 0]);
    world.run_until(5 * SECOND);
    assert_eq!(world.clients[0].shown.texts(), ["hello"]);
    assert_eq!(world.clients[0].shown.chat[0].standing, DeliveryState::Told);
}

#[test]
fn a_storm_of_reactions_is_shown_in_part() {
    use crate::protocol::Reaction;
    let mut world = room(2, 2);
    for _ in 0..1_000 {
        world.want(0, Intent::Send(OutgoingMessage::React(Reaction::Clap)));
    }
    world.run_until(2 * SECOND);
    let shown = world.clients.iter().map(|one| one.shown.reactions.len());
    assert_eq!(shown.collect::<Vec<_>>(), [15, 15]);
    assert_eq!(world.clients[0].shown.refused, []);
}
