//! Where media goes: to where a participant has proven to be, wherever it is.

use std::{net::SocketAddr, time::Duration};

use super::world::{World, who};
use crate::{protocol::TrackSource, sfu::stun};

/// Somebody who has not asked for anything.
fn victim() -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 77], 7777))
}

/// A check that a participant's machine makes, which nominates at the highest priority.
fn check(world: &mut World, number: u8, serial: u8) -> Vec<u8> {
    let client = world.client(number);
    let own = client.rtc.direct_api().local_ice_credentials();
    let offer = client.offers.last().unwrap();
    let of_sfu = |name: &str| {
        let mut lines = offer.lines();
        lines.find_map(|line| line.strip_prefix(name)).unwrap()
    };
    let name = format!("{}:{}", of_sfu("a=ice-ufrag:").trim(), own.ufrag);
    let attributes: [(u16, &[u8]); 4] = [
        (0x0006, name.as_bytes()),
        (0x0024, &[0x7F; 4]),
        (0x802A, &[0; 8]),
        (0x0025, &[]),
    ];
    stun::write(1, [serial; 12], attributes, of_sfu("a=ice-pwd:").trim())
}

/// How many bytes the SFU has sent to an address.
fn sent(world: &World, to: SocketAddr) -> usize {
    world.sent.get(&to).map_or(0, |(_, bytes)| *bytes)
}

/// How much of what one speaks in `count` packets another one hears.
fn heard(world: &mut World, speaker: u8, listener: u8, count: usize) -> usize {
    world.client(listener).received.clear();
    world.speak(speaker, count);
    let downtrack = world
        .client(listener)
        .downtrack(speaker, TrackSource::Microphone);
    let downtrack = downtrack.expect("the microphone is carried");
    world.client(listener).heard(downtrack).len()
}

#[test]
fn media_does_not_follow_to_an_address_that_is_forged() {
    let mut world = World::with([1, 2, 3]);
    world.speak(1, 10);
    let mut forged = 0;
    for serial in 0..20 {
        let bytes = check(&mut world, 2, serial);
        forged += bytes.len();
        world.datagram(victim(), &bytes);
        // Whoever has a session has its keys, too, and can send with them in the name of any address.
        for (_, to, bytes) in world.hold(2, TrackSource::Microphone, &[2, 1, 2, 3]) {
            forged += bytes.len();
            world.arrive(victim(), to, &bytes);
        }
        assert!(heard(&mut world, 1, 2, 25) >= 24);
        assert!(heard(&mut world, 1, 3, 25) >= 24);
    }
    let sent = sent(&world, victim());
    assert!(sent > 0 && sent <= 3 * forged, "{sent} for {forged}");
}

#[test]
fn nobody_consents_for_an_address_that_is_forged() {
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    let checks: Vec<_> = (0..20).map(|serial| check(&mut world, 2, serial)).collect();
    let gone = world.client(2).address;
    world.clients.remove(&who(2));
    let since = world.now;
    for bytes in checks {
        for source in [victim(), SocketAddr::from(([203, 0, 113, 78], 1))] {
            world.datagram(source, &bytes);
        }
        world.speak(1, 150);
    }
    assert!(world.now > since + Duration::from_secs(50));
    let before = (sent(&world, gone), sent(&world, victim()));
    world.speak(1, 100);
    assert_eq!((sent(&world, gone), sent(&world, victim())), before);
}

#[test]
fn a_handshake_is_no_flood_to_an_address_that_is_forged() {
    let mut world = World::with([1]);
    world.enter_silently(2);
    let signal = world.client(2).answer(&mut Default::default());
    world.signal(2, signal);
    let bytes = check(&mut world, 2, 1);
    world.clients.remove(&who(2));
    world.datagram(victim(), &bytes);
    world.run(30_000);
    let sent = sent(&world, victim());
    assert!(sent > 0 && sent <= 6 * bytes.len(), "{sent}");
}

#[test]
fn an_answer_of_somebody_else_proves_nothing() {
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    let own = world.client(2).rtc.direct_api().local_ice_credentials();
    // It cannot say back what it was not sent.
    let bytes = check(&mut world, 2, 1);
    world.datagram(victim(), &bytes);
    let before = sent(&world, victim());
    for serial in 0..=u8::MAX {
        let answer = stun::write(0x0101, [serial; 12], [], &own.pass);
        world.datagram(victim(), &answer);
    }
    assert!(heard(&mut world, 1, 2, 50) >= 49);
    assert_eq!(sent(&world, victim()), before);
}

#[test]
fn who_answers_no_checks_is_reached_where_it_began() {
    let mut world = World::new();
    world.enter(1, "here");
    world.enter_silently(2);
    world.client(2).answers_checks = false;
    let signal = world.client(2).answer(&mut Default::default());
    world.signal(2, signal);
    world.run(2_000);
    assert!(world.client(2).connected);
    assert!(heard(&mut world, 1, 2, 50) >= 45);
    world.run(40_000);
    assert!(heard(&mut world, 1, 2, 50) >= 49);
}

#[test]
fn a_call_begins_at_once() {
    let mut world = World::new();
    world.enter(1, "here");
    let since = world.now;
    while !world.client(1).connected {
        world.run(5);
        assert!(world.now < since + Duration::from_millis(400));
    }
}

#[test]
fn who_is_seen_at_another_address_goes_on_within_seconds() {
    for speaks in [true, false] {
        let mut world = World::with([1, 2, 3]);
        world.speak(1, 10);
        assert!(heard(&mut world, 1, 2, 20) >= 19);
        // Its NAT has forgotten it, and gives it another port.
        let before = world.client(2).address;
        let after = SocketAddr::from(([198, 51, 100, 1], 50_002));
        world.client(2).seen_at = Some(after);
        for _ in 0..250 {
            let now = world.now;
            if speaks {
                world
                    .client(2)
                    .send(now, TrackSource::Microphone, &[2, 1, 2, 3]);
            }
            world.speak(1, 1);
        }
        assert!(heard(&mut world, 1, 2, 50) >= 49);
        assert!(heard(&mut world, 2, 3, 50) >= if speaks { 49 } else { 40 });
        let settled = sent(&world, before);
        world.speak(1, 500);
        // It is not sent to both.
        assert_eq!(sent(&world, before), settled);
    }
}
