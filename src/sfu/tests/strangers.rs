//! Who sends too much, falls silent, or speaks from the address of another: the others notice nothing.

use std::time::Duration;

use str0m::rtp::RtpPacket;

use super::world::{World, is_key_frame, picture, who};
use crate::{protocol::TrackSource, sfu::SfuCommand};

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
fn who_is_silent_for_half_a_minute_is_sent_nothing_more() {
    let mut world = World::with([1, 2, 3]);
    world.speak(1, 10);
    let gone = world.client(3).address;
    // No word of farewell: its machine is off.
    world.clients.remove(&who(3));
    let since = world.now;
    let mut last = world.sent[&gone];
    let mut stopped = None;
    while world.now < since + Duration::from_secs(40) {
        assert!(heard(&mut world, 1, 2, 25) >= 24);
        if world.sent[&gone] != last {
            last = world.sent[&gone];
            stopped = None;
        } else {
            stopped.get_or_insert(world.now - since);
        }
    }
    let stopped = stopped.expect("an end");
    assert!((25..=31).contains(&stopped.as_secs()), "{stopped:?}");
}

#[test]
fn who_only_listens_is_not_taken_for_silent() {
    let mut world = World::with([1, 2]);
    world.speak(1, 5);
    world.run(45_000);
    assert!(heard(&mut world, 1, 2, 20) >= 19);
}

#[test]
fn a_stranger_at_the_address_of_another_takes_nothing_from_it() {
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    // It has a session of its own, and sends its checks in the name of the speaker's address.
    world.enter(9, "elsewhere");
    world.client(9).address = world.client(1).address;
    assert!(heard(&mut world, 1, 2, 150) >= 148);
    assert!(heard(&mut world, 2, 1, 50) >= 48);
}

#[test]
fn an_address_serves_the_next_one_when_its_owner_has_left() {
    let mut world = World::with([1, 2]);
    let address = world.client(2).address;
    world.leave(2);
    world.enter(3, "here");
    world.client(3).address = address;
    world.run(2_000);
    assert!(world.client(3).connected);
    assert!(heard(&mut world, 1, 3, 20) >= 15);
}

#[test]
fn a_camera_that_floods_is_cut_down_and_others_lose_nothing() {
    let mut world = World::with([1, 2, 3]);
    world.show(1, TrackSource::Camera, 10);
    world.speak(3, 10);
    let downtrack = world.client(2).downtrack(1, TrackSource::Camera).unwrap();
    let address = world.client(2).address;
    let before = world.sent[&address].1;
    world.client(2).received.clear();
    // 24 Mbit/s for three seconds, of one source.
    for _ in 0..150 {
        let now = world.now;
        for _ in 0..50 {
            let client = world.client(1);
            let id = client.next(TrackSource::Camera) as u16;
            let asked = client.asked.contains(&TrackSource::Camera);
            client.asked.clear();
            let mut payload = picture(asked, id, 1);
            payload.resize(1_200, 0);
            client.send(now, TrackSource::Camera, &payload);
        }
        world.send(3, TrackSource::Microphone, &[3, 1, 2, 3]);
    }
    let client = world.client(2);
    let bytes: usize = client
        .heard(downtrack)
        .iter()
        .map(|packet| packet.payload.len())
        .sum();
    // A second at once, and three seconds at 6 Mbit/s.
    assert!((1_200_000..=3_300_000).contains(&bytes), "{bytes}");
    // Nothing is shown that something is missing for: after a gap there is a key frame, and no packet seems to be lost.
    let seen = client.heard(downtrack);
    let id = |packet: &RtpPacket| u16::from_be_bytes([packet.payload[2], packet.payload[3]]);
    let times: Vec<_> = seen.iter().map(|packet| packet.header.timestamp).collect();
    let gaps = times
        .windows(2)
        .filter(|pair| pair[1] - pair[0] != 960)
        .count();
    assert!((1..=4).contains(&gaps), "{gaps}");
    for pair in seen.windows(2) {
        assert_eq!(*pair[0].seq_no + 1, *pair[1].seq_no);
        let follows = pair[1].header.timestamp - pair[0].header.timestamp == 960;
        assert!(follows || is_key_frame(pair[1]), "{}", id(pair[1]));
    }
    let voice = client.downtrack(3, TrackSource::Microphone).unwrap();
    let voice = client.heard(voice).len();
    assert!(voice >= 148, "{voice} of 150");
    let sent = world.sent[&address].1 - before;
    assert!(sent <= 3_600_000, "{sent}");
}

/// Shows so many packets of 1,200 bytes of a picture: a key frame when asked for one, or when it is time.
fn show_picture(world: &mut World, source: TrackSource, packets: usize, is_key_frame: bool) {
    let now = world.now;
    let client = world.client(1);
    let asked = client.asked.contains(&source);
    client.asked.retain(|other| *other != source);
    for number in 0..packets {
        let id = client.next(source) as u16;
        let mut payload = picture((asked || is_key_frame) && number == 0, id, 1);
        payload.resize(1_200, 0);
        client.send(now, source, &payload);
    }
}

/// How many bytes of a screen have arrived.
fn seen(world: &mut World, source: TrackSource) -> usize {
    let client = world.client(2);
    let downtrack = client.downtrack(1, source).expect("it is carried");
    let packets = client.heard(downtrack).into_iter();
    packets.map(|packet| packet.payload.len()).sum()
}

#[test]
fn a_screen_that_floods_is_cut_down_to_its_budget() {
    let mut world = World::with([1, 2]);
    world.show(1, TrackSource::Screen, 10);
    world.client(2).received.clear();
    // 18 Mbit/s for three seconds.
    for _ in 0..100 {
        show_picture(&mut world, TrackSource::Screen, 56, false);
        world.run(30);
    }
    let bytes = seen(&mut world, TrackSource::Screen);
    // A second at once, and three seconds at 12 Mbit/s; at least the half of that, as it goes on with whole pictures.
    assert!((3_000_000..=6_100_000).contains(&bytes), "{bytes}");
}

#[test]
fn an_honest_screen_of_1080p_passes() {
    let mut world = World::with([1, 2]);
    world.show(1, TrackSource::Screen, 10);
    world.client(2).received.clear();
    // 5 Mbit/s for six seconds at 30 pictures a second, with a key frame of 300 kB every two.
    let mut sent = 0;
    for number in 0..180 {
        let is_key_frame = number % 60 == 0;
        let packets = if is_key_frame { 250 } else { 17 };
        show_picture(&mut world, TrackSource::Screen, packets, is_key_frame);
        sent += packets;
        world.run(if number % 3 == 0 { 30 } else { 35 });
    }
    assert_eq!(seen(&mut world, TrackSource::Screen), sent * 1_200);
}

#[test]
fn a_room_at_all_its_limits_costs_a_bystander_nothing() {
    let mut world = World::with(1..=8);
    for number in [11, 12] {
        world.enter(number, "elsewhere");
    }
    world.run(1_000);
    world.speak(11, 10);
    for number in 1..=8 {
        world.send(number, TrackSource::Camera, &picture(true, 1, number));
        world.send(number, TrackSource::Screen, &picture(true, 1, number));
    }
    world.run(1_000);
    let before: usize = world.sent.values().map(|(count, _)| count).sum();
    world.client(12).received.clear();
    let since = world.now;
    for _ in 0..20 {
        let now = world.now;
        for number in 1..=8 {
            for source in [TrackSource::Camera, TrackSource::Screen] {
                let client = world.client(number);
                let asked = client.asked.contains(&source);
                client.asked.retain(|other| *other != source);
                for serial in 0..40 {
                    let id = client.next(source) as u16;
                    let key_frame = asked && serial == 0;
                    client.send(now, source, &picture(key_frame, id, number));
                }
            }
        }
        world.send(11, TrackSource::Microphone, &[11, 1, 2, 3]);
    }
    let downtrack = world
        .client(12)
        .downtrack(11, TrackSource::Microphone)
        .unwrap();
    assert_eq!(world.client(12).heard(downtrack).len(), 20);
    let sent: usize = world.sent.values().map(|(count, _)| count).sum();
    let sent = (sent - before) as f64;
    // 40,000 a second and a fifth of that at once, and reports; 89,600 would be sent of 12,800.
    let limit = 40_000.0 * ((world.now - since).as_secs_f64() + 0.2) + 3_000.0;
    assert!(sent > 10_000.0 && sent < limit, "{sent} of {limit}");
}

#[test]
fn a_flood_of_datagrams_is_dropped_unread_and_costs_its_sender_only() {
    let mut world = World::with([1, 2, 3]);
    world.speak(1, 10);
    world.speak(2, 10);
    let flooder = world.client(1).address;
    let junk = [0x80; 1_200];
    for _ in 0..50 {
        for _ in 0..2_000 {
            world.datagram(flooder, &junk);
        }
        world.send(2, TrackSource::Microphone, &[2, 1, 2, 3]);
    }
    assert!(world.sfu.excess(who(1)) > 50 * 2_000 / 2);
    assert_eq!(world.sfu.excess(who(2)), 0);
    assert!(heard(&mut world, 2, 3, 50) >= 49);
    // Once it stops, it is heard again.
    world.run(2_000);
    assert!(heard(&mut world, 1, 2, 50) >= 49);
}

#[test]
fn what_one_does_not_want_is_forgotten_with_who_leaves() {
    let mut world = World::with([1]);
    for number in 2..60 {
        world.task(SfuCommand::SetSubscription {
            participant: who(1),
            of: who(number),
            camera: false,
        });
        world.task(SfuCommand::End(who(number)));
    }
    assert_eq!(world.sfu.unwanted(who(1)), 0);
}
