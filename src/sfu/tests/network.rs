//! Networks that lose, delay and are narrow.

use std::{collections::BTreeSet, time::Duration};

use super::world::{World, picture};
use crate::protocol::TrackSource;

/// The first shows pictures to the second, a packet every ten milliseconds.
fn show(world: &mut World, packets: usize) {
    for _ in 0..packets {
        let now = world.now;
        let client = world.client(1);
        let is_first = client.asked.contains(&TrackSource::Camera);
        client.asked.clear();
        let id = client.next(TrackSource::Camera) as u16;
        client.send(now, TrackSource::Camera, &picture(is_first, id, 1));
        world.run(10);
    }
}

/// The sequence numbers and times of what the second has got of a source of the first, as it came.
fn got(world: &mut World, source: TrackSource) -> Vec<(u64, u32)> {
    let client = world.client(2);
    let mid = client.downtrack(1, source).unwrap();
    let packets = client.heard(mid);
    (packets.iter())
        .map(|packet| (*packet.seq_no, packet.header.timestamp))
        .collect()
}

/// Whether every packet came once, from the first one on.
fn is_whole(got: &[(u64, u32)]) -> bool {
    let numbers: BTreeSet<u64> = got.iter().map(|(number, _)| *number).collect();
    let (first, last) = (numbers.first().unwrap(), numbers.last().unwrap());
    numbers.len() == got.len() && (last - first + 1) as usize == got.len()
}

/// Two in a room who are heard and seen, before the network becomes worse.
fn two() -> World {
    let mut world = World::with([1, 2]);
    show(&mut world, 20);
    world.client(2).received.clear();
    world
}

#[test]
fn what_is_lost_is_asked_for_again_and_arrives() {
    let mut world = two();
    world.client(1).up.loss = 10;
    world.client(2).down.loss = 10;
    show(&mut world, 600);
    assert!(world.client(1).up.lost > 30, "{}", world.client(1).up.lost);
    let lost = world.client(2).down.lost;
    assert!(lost > 30, "{lost}");
    // What is lost last is missed when more comes.
    world.client(1).up.loss = 0;
    world.client(2).down.loss = 0;
    show(&mut world, 20);
    world.run(1_000);
    let got = got(&mut world, TrackSource::Camera);
    assert!(is_whole(&got), "{} of 620", got.len());
    assert_eq!(got.len(), 620);
}

#[test]
fn what_is_overtaken_keeps_its_number_and_its_time() {
    let mut world = two();
    world.client(1).up.jitter = Duration::from_millis(40);
    world.client(2).down.jitter = Duration::from_millis(40);
    show(&mut world, 400);
    world.run(1_000);
    let mut got = got(&mut world, TrackSource::Camera);
    let overtaken = got.windows(2).filter(|pair| pair[0].0 > pair[1].0).count();
    assert!(overtaken > 40, "{overtaken}");
    assert_eq!(got.len(), 400);
    assert!(is_whole(&got));
    got.sort();
    let forward = |pair: &[(u64, u32)]| pair[1].1.wrapping_sub(pair[0].1);
    assert!(got.windows(2).all(|pair| forward(pair) == 960));
}

/// The first speaks and is seen for so many steps of twenty milliseconds, with pictures of one and a half megabits a second.
fn speak_and_show(world: &mut World, steps: usize) {
    for _ in 0..steps {
        for _ in 0..3 {
            let now = world.now;
            let client = world.client(1);
            let asked = std::mem::take(&mut client.asked);
            let id = client.next(TrackSource::Camera) as u16;
            let mut large = picture(asked.contains(&TrackSource::Camera), id, 1);
            large.resize(1_100, 1);
            client.send(now, TrackSource::Camera, &large);
        }
        let now = world.now;
        world.client(1).send(now, TrackSource::Microphone, &[7; 80]);
        world.run(20);
    }
}

/// How many sounds of the first someone has got since they were counted last.
fn sounds(world: &mut World, number: u8) -> usize {
    let client = world.client(number);
    let mid = client.downtrack(1, TrackSource::Microphone).unwrap();
    let sounds = client.heard(mid).len();
    client.received.clear();
    sounds
}

// The SFU does not measure what a link carries, and sends pictures as before: on a link that is too narrow, sounds are
// lost with them. What holds is that this stays with whose link it is, and ends with it.
#[test]
fn a_narrow_link_harms_nobody_else_and_nothing_afterwards() {
    let mut world = World::with([1, 2, 3]);
    speak_and_show(&mut world, 20);
    for number in [2, 3] {
        sounds(&mut world, number);
    }
    let narrow = world.client(2).outside();
    let before = world.sent[&narrow].1;
    world.client(2).down.bandwidth = Some(150_000);
    speak_and_show(&mut world, 200);
    let lost = world.client(2).down.lost;
    assert!(lost > 200, "{lost}");
    assert_eq!(sounds(&mut world, 3), 200);
    let heard = sounds(&mut world, 2);
    assert!((1..150).contains(&heard), "{heard}");
    // What is asked for again does not fill the link for ever: all of it is less than was meant to be sent.
    let meant = 200 * (3 * 1_100 + 80);
    let sent = world.sent[&narrow].1 - before;
    assert!(sent < 2 * meant, "{sent} bytes for {meant}");

    world.client(2).down.bandwidth = None;
    world.run(1_000);
    sounds(&mut world, 2);
    speak_and_show(&mut world, 50);
    assert_eq!(sounds(&mut world, 2), 50);
}
