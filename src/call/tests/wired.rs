//! Machines wired through the server's own.

use proptest::prelude::*;

use super::{
    world::{Fault, NetworkConditions, World},
    *,
};
use crate::protocol::MediaKind;

/// Most seconds from the last trouble to a whole room.
const BOUND: u32 = 90;
/// All trouble is over by then.
const TROUBLE: Duration = Duration::from_secs(70);

#[derive(Debug, Clone)]
struct Plan {
    seed: u64,
    clients: usize,
    /// Milliseconds from the approach to the join.
    lobby: u64,
    loss: u64,
    late: u64,
    faults: Vec<(u64, Fault)>,
    /// Who begins to share, or ends.
    shares: Vec<(u64, usize, Option<Share>)>,
}

fn faults() -> impl Strategy<Value = Fault> {
    let who = 0..3usize;
    prop_oneof![
        3 => (who.clone(), 0..20_000u64).prop_map(|(who, millis)| Fault::Cut { who, millis }),
        1 => (who.clone(), 25_000..40_000u64).prop_map(|(who, millis)| Fault::Cut { who, millis }),
        1 => (0..10_000u64).prop_map(|millis| Fault::Restart { millis }),
        2 => who.clone().prop_map(|who| Fault::Path { who }),
        1 => who.prop_map(|who| Fault::Close { who }),
    ]
}

fn shares() -> impl Strategy<Value = Option<Share>> {
    prop::option::weighted(0.8, any::<bool>().prop_map(|sound| Share { sound }))
}

fn plans() -> impl Strategy<Value = Plan> {
    // Many while the first offers are on their way.
    let at = || prop_oneof![80..500u64, 0..60_000u64];
    let faults = prop::collection::vec((at(), faults()), 0..6);
    let shares = prop::collection::vec((at(), 0..3usize, shares()), 0..5);
    (
        any::<u64>(),
        2..4usize,
        0..80u64,
        0..=40u64,
        0..400u64,
        faults,
        shares,
    )
        .prop_map(|(seed, clients, lobby, loss, late, faults, shares)| Plan {
            seed,
            clients,
            lobby,
            loss,
            late,
            faults,
            shares,
        })
}

enum Event {
    Fault(Fault),
    Share(usize, Option<Share>),
}

fn who(fault: Fault) -> usize {
    match fault {
        Fault::Cut { who, .. } | Fault::Path { who } | Fault::Close { who } => who,
        Fault::Restart { .. } => 0,
    }
}

/// Plays a plan through; whether the room is whole in time, and stays so.
fn play(plan: Plan, forwards: bool) -> bool {
    let mut world = World::new(
        plan.seed,
        plan.clients,
        NetworkConditions {
            loss: plan.loss,
            late: plan.late,
        },
    );
    if forwards {
        world = world.forwarding(plan.clients, plan.clients - 1);
    }
    (0..plan.clients).for_each(|who| world.approach(who));
    world.run_until(Duration::from_millis(plan.lobby));
    (0..plan.clients).for_each(|who| world.join(who));
    let faults = plan
        .faults
        .into_iter()
        .map(|(at, fault)| (at, Event::Fault(fault)));
    let shares = plan
        .shares
        .into_iter()
        .map(|(at, who, share)| (at, Event::Share(who, share)));
    let mut events: Vec<_> = faults.chain(shares).collect();
    events.sort_by_key(|(at, _)| *at);
    for (at, event) in events {
        world.run_until(Duration::from_millis(at));
        match event {
            Event::Share(who, share) if who < plan.clients => world.share(who, share),
            Event::Fault(fault) if who(fault) < plan.clients => world.strike(fault),
            Event::Share(..) | Event::Fault(_) => {}
        }
    }
    world.run_until(TROUBLE);
    world.weather = NetworkConditions::default();
    // A client may be out for longer than the trouble lasts.
    let whole = |time: Duration| {
        world.run_until(TROUBLE + time);
        is_whole(&world, forwards)
    };
    let in_time = (0..BOUND).map(|second| second * SECOND).any(whole);
    world.run_until(world.now + 60 * SECOND);
    in_time && is_whole(&world, forwards)
}

fn is_whole(world: &World, forwards: bool) -> bool {
    (forwards || world.is_connected()) && world.hear_each_other(forwards)
}

/// Somebody comes or leaves.
#[derive(Debug, Clone, Copy)]
enum Traffic {
    Join(usize),
    Leave(usize),
}

/// People come and go, so that the room moves to the SFU and back, and what has arrived once goes on to arrive.
fn come_and_go(seed: u64, late: u64, steps: &[(u64, Traffic)]) {
    let mut world = World::new(seed, 6, NetworkConditions { loss: 0, late }).forwarding(4, 2);
    world.watched = true;
    let mut inside = [false; 6];
    for (pause, step) in steps {
        match *step {
            Traffic::Join(who) if !inside[who] => {
                inside[who] = true;
                world.join(who);
            }
            Traffic::Leave(who) if inside[who] => {
                inside[who] = false;
                world.leave(who);
            }
            Traffic::Join(_) | Traffic::Leave(_) => {}
        }
        world.run_until(world.now + Duration::from_millis(*pause));
    }
    world.run_until(world.now + 30 * SECOND);
    let by_sfu = world.hear_each_other(true);
    let straight = world.hear_each_other(false);
    match inside.iter().filter(|inside| **inside).count() {
        0 | 1 => {}
        2 => assert!(straight, "{inside:?}"),
        3 => assert!(straight || by_sfu, "{inside:?}"),
        _ => assert!(by_sfu, "{inside:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_two_end_connected(plan in plans()) {
        prop_assert!(play(plan, false));
    }

    #[test]
    fn every_two_end_with_one_way_by_the_sfu(plan in plans()) {
        prop_assert!(play(plan, true));
    }

    #[test]
    fn a_room_moves_to_the_sfu_and_back_and_nothing_is_missing_meanwhile(
        seed: u64,
        late in 0..300_u64,
        steps in prop::collection::vec(
            (0..12_000_u64, (0..6_usize, prop::bool::weighted(0.6)).prop_map(|(who, comes)| match comes {
                true => Traffic::Join(who),
                false => Traffic::Leave(who),
            })),
            1..25,
        ),
    ) {
        come_and_go(seed, late, &steps);
    }
}

#[test]
fn two_connect_at_once_with_one_peer_each() {
    let mut world = World::new(1, 2, NetworkConditions::default());
    world.join(0);
    world.join(1);
    world.run_until(SECOND);
    assert!(world.is_connected());
    world.run_until(600 * SECOND);
    assert!(world.clients.iter().all(|client| client.made == 1));
}

/// So many of a hundred rooms of three are whole after so many seconds of this weather.
fn whole_rooms(weather: NetworkConditions, seconds: u32) -> usize {
    let whole = |seed: &u64| {
        let mut world = World::new(*seed, 3, weather);
        (0..3).for_each(|who| world.join(who));
        world.run_until(seconds * SECOND);
        world.is_connected()
    };
    (0..100).filter(whole).count()
}

#[test]
fn most_rooms_are_whole_while_signals_are_lost() {
    let whole = whole_rooms(
        NetworkConditions {
            loss: 40,
            late: 300,
        },
        60,
    );
    assert!(whole > 80, "{whole} of 100");
    let whole = whole_rooms(NetworkConditions { loss: 10, late: 0 }, 20);
    assert!(whole > 90, "{whole} of 100");
}

#[test]
fn signals_that_are_late_and_not_lost_do_no_harm() {
    assert_eq!(
        whole_rooms(NetworkConditions { loss: 0, late: 400 }, 20),
        100
    );
}

#[test]
fn a_cut_socket_and_a_restarted_server_leave_peers_as_they_are() {
    for fault in [
        Fault::Cut {
            who: 1,
            millis: 10_000,
        },
        Fault::Restart { millis: 5_000 },
    ] {
        let mut world = World::new(3, 3, NetworkConditions::default());
        (0..3).for_each(|who| world.join(who));
        world.run_until(5 * SECOND);
        assert!(world.is_connected());
        world.strike(fault);
        for second in 6..60 {
            world.run_until(second * SECOND);
            assert!(
                world.clients.iter().all(|client| client.made == 2),
                "{fault:?}"
            );
        }
        assert!(
            world
                .clients
                .iter()
                .all(|client| client.phase == Phase::InRoom)
        );
        assert!(world.is_connected(), "{fault:?}");
    }
}

#[test]
fn a_path_that_is_cut_is_mended_without_a_new_peer() {
    let mut world = World::new(4, 2, NetworkConditions::default());
    (0..2).for_each(|who| world.join(who));
    world.run_until(5 * SECOND);
    world.strike(Fault::Path { who: 0 });
    world.run_until(6 * SECOND);
    assert!(!world.is_connected());
    world.run_until(20 * SECOND);
    assert!(world.is_connected());
    assert!(world.clients.iter().all(|client| client.made == 1));
}

#[test]
fn a_peer_that_closes_is_made_anew() {
    let mut world = World::new(5, 2, NetworkConditions::default());
    (0..2).for_each(|who| world.join(who));
    world.run_until(5 * SECOND);
    world.strike(Fault::Close { who: 0 });
    world.run_until(10 * SECOND);
    assert!(world.is_connected());
    assert!(world.clients.iter().all(|client| client.made == 2));
}

#[test]
fn who_leaves_is_gone_and_can_come_again() {
    let mut world = World::new(6, 3, NetworkConditions::default());
    (0..3).for_each(|who| world.join(who));
    world.run_until(5 * SECOND);
    world.leave(1);
    world.run_until(7 * SECOND);
    assert_eq!(world.clients[1].phase, Phase::Ended(EndReason::Left));
    assert!(world.is_connected());
    world.join(1);
    world.run_until(10 * SECOND);
    assert_eq!(world.clients[1].phase, Phase::InRoom);
    assert!(world.is_connected());
}

/// A screen with sound.
const SCREEN: Option<Share> = Some(Share { sound: true });

#[test]
fn all_can_share_at_once_and_what_is_there_is_used_again() {
    let mut world = World::new(7, 3, NetworkConditions::default());
    (0..3).for_each(|who| world.join(who));
    world.run_until(5 * SECOND);
    (0..3).for_each(|who| world.share(who, SCREEN));
    world.run_until(6 * SECOND);
    assert!(world.is_connected(), "three at once");
    let signals = world.signals;
    for who in 0..3 {
        world.share(who, None);
        world.share(who, SCREEN);
    }
    world.run_until(600 * SECOND);
    assert_eq!(world.signals, signals, "no word about it");
    assert!(world.clients.iter().all(|client| client.made == 2));
}

#[test]
fn who_comes_later_gets_what_is_shared() {
    let mut world = World::new(8, 3, NetworkConditions::default());
    (0..2).for_each(|who| world.join(who));
    world.run_until(5 * SECOND);
    world.share(1, Some(Share { sound: false }));
    world.run_until(7 * SECOND);
    world.join(2);
    world.run_until(9 * SECOND);
    assert!(world.is_connected());
    let counts = |who: usize| {
        let peers = world.clients[who].peers.values();
        peers
            .map(|peer| MediaKind::ALL.map(|kind| peer.negotiated.count(kind)))
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(1), [[1, 2], [1, 2]]);
    let mut others = counts(2);
    others.sort_unstable();
    assert_eq!(others, [[1, 1], [1, 2]], "only with who shares");
}
