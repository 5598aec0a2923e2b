//! Where the SFU is reached, and where it answers from.

use std::net::SocketAddr;

use super::world::{VOICES, World, sfu_address, who};
use crate::{
    protocol::Signal,
    sfu::{Input, Sfu},
};

fn second() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 2], 4000))
}

fn candidates(offer: &str) -> Vec<&str> {
    let lines = offer.lines().map(str::trim_end);
    lines
        .filter_map(|line| line.strip_prefix("a=candidate:"))
        .map(|line| line.split(' ').nth(4).unwrap())
        .collect()
}

#[test]
fn an_answer_leaves_from_the_address_that_was_asked() {
    let mut world = World::new();
    world.sfu = Sfu::new(vec![second()], VOICES, [7; 32]).unwrap();
    world.enter(1, "here");
    world.run(2_000);
    assert!(world.client(1).connected);
    assert_eq!(
        world.sent_from.iter().copied().collect::<Vec<_>>(),
        [second()]
    );
}

#[test]
fn behind_a_nat_the_own_address_answers_and_the_public_one_is_told() {
    let mut world = World::new();
    let own = SocketAddr::from(([10, 0, 0, 5], 4000));
    world.nat = Some((sfu_address(), own));
    world.enter(1, "here");
    world.enter(2, "here");
    world.run(2_000);
    assert!(world.client(1).connected);
    assert_eq!(world.sent_from.iter().copied().collect::<Vec<_>>(), [own]);
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
    // A later offer does not tell it either.
    world.signal(1, Signal::renegotiate());
    world.run(1_000);
    for offer in &world.client(1).offers {
        assert_eq!(candidates(offer), ["192.0.2.1"]);
    }
}

#[test]
fn who_comes_later_is_told_the_current_addresses() {
    let mut world = World::new();
    world.sfu = Sfu::new(Vec::new(), VOICES, [7; 32]).unwrap();
    world.enter(1, "here");
    world.run(1_000);
    assert!(candidates(&world.client(1).offers[0]).is_empty());
    assert!(!world.client(1).connected);
    for address in [second(), sfu_address()] {
        let input = Input::Addresses(vec![address]);
        world.sfu.handle_input(world.now, input);
        world.settle();
        world.run(2_000);
    }
    // Who was there already was told by itself.
    assert!(world.client(1).connected);
    world.enter(2, "here");
    world.run(2_000);
    assert_eq!(candidates(&world.client(2).offers[0]), ["192.0.2.1"]);
    assert!(world.client(2).connected);
}

#[test]
fn addresses_of_no_use_leave_those_of_before() {
    let mut world = World::new();
    let input = Input::Addresses(vec![second(), SocketAddr::from(([0, 0, 0, 0], 4000))]);
    world.sfu.handle_input(world.now, input);
    world.enter(1, "here");
    world.run(2_000);
    assert_eq!(candidates(&world.client(1).offers[0]), ["192.0.2.1"]);
    assert!(world.client(1).connected);
}

#[test]
fn a_restart_of_ice_finds_a_new_address() {
    let mut world = World::with([1, 2]);
    world.speak(1, 5);
    world
        .sfu
        .handle_input(world.now, Input::Addresses(vec![second()]));
    world.settle();
    world.sent_from.clear();
    world.signal(2, Signal::renegotiate());
    world.run(2_000);
    assert_eq!(
        candidates(world.client(2).offers.last().unwrap()),
        ["192.0.2.2"]
    );
    world.client(2).received.clear();
    world.sent_from.clear();
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
    assert!(world.sent_from.contains(&second()));
}

#[test]
fn a_session_is_reached_at_a_bounded_number_of_addresses() {
    let mut world = World::with([1, 2]);
    let known = world.client(1).address;
    for number in 0..=u8::MAX {
        let input = Input::Datagram {
            source: known,
            destination: SocketAddr::from(([10, 1, 1, number], 4000)),
            bytes: &[0; 20],
        };
        world.sfu.handle_input(world.now, input);
    }
    assert_eq!(world.sfu.local_addresses(who(1)), 16);
    world.client(2).received.clear();
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
}
