//! Places that carry one after the other.

use str0m::rtp::RtpPacket;

use super::world::{Client, World, is_key_frame, who};
use crate::{protocol::TrackSource, sfu::SfuCommand};

/// What is at the end of every packet: whose it is.
fn senders(packets: &[&RtpPacket]) -> Vec<u8> {
    let mut senders: Vec<_> = packets.iter().map(|p| *p.payload.last().unwrap()).collect();
    senders.dedup();
    senders
}

/// Both of a participant's first tracks flow for a while.
fn appear(world: &mut World, number: u8) {
    for _ in 0..40 {
        world.show(number, TrackSource::Camera, 1);
        world.speak(number, 1);
    }
}

#[test]
fn the_downtrack_of_a_leaver_is_used_again() {
    let mut world = World::with(1..=4);
    appear(&mut world, 1);
    let downtracks = |client: &Client, from| {
        TrackSource::FIRST.map(|source| client.downtrack(from, source).expect("it is carried"))
    };
    let [sound, view] = downtracks(world.client(2), 1);
    world.leave(1);
    assert!(world.client(2).downtracks().is_empty());
    let before = world.client(2).heard(view).len();
    let offers = world.client(2).offers.len();
    world.run(1_000);
    // What the first of them makes to be offered frees the downtracks for the next.
    appear(&mut world, 3);
    appear(&mut world, 4);
    let client = world.client(2);
    let [others, own] = [3, 4].map(|from| downtracks(client, from));
    assert!(others.contains(&sound) || own.contains(&sound));
    assert!(others.contains(&view) || own.contains(&view));
    assert!(client.offers.len() <= offers + 2);

    let seen = client.heard(view);
    let (old, new) = seen.split_at(before);
    assert_eq!(senders(old), [1]);
    assert_eq!(senders(new).len(), 1);
    assert!(old.len() > 10 && new.len() > 10);
    assert!(is_key_frame(new[0]));
    let (last, first) = (old.last().unwrap(), new[0]);
    assert_eq!(*last.seq_no + 1, *first.seq_no);
    let ahead = first.header.timestamp.wrapping_sub(last.header.timestamp);
    assert!((90_000..500_000).contains(&ahead), "{ahead}");

    let heard = client.heard(sound);
    let numbers: Vec<_> = heard.iter().map(|packet| *packet.seq_no).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]));
}

#[test]
fn who_hears_nothing_from_the_server_gets_nobody_in_the_downtrack_of_a_leaver() {
    let mut world = World::with(1..=3);
    appear(&mut world, 1);
    // The socket is away, and datagrams come.
    world.client(2).answers = false;
    world.leave(1);
    let arrived = world.client(2).received.len();
    appear(&mut world, 3);
    let client = world.client(2);
    assert_eq!(client.received.len(), arrived);
    assert!(client.downtrack(3, TrackSource::Camera).is_none());
}

#[test]
fn it_is_told_what_is_carried_when_that_changes_and_when_asked() {
    let mut world = World::with([1, 2]);
    world.speak(1, 5);
    world.run(500);
    assert_eq!(world.client(2).carried.len(), 1);
    world.speak(1, 50);
    assert_eq!(world.client(2).carried.len(), 1);
    world.task(SfuCommand::TellAgain(who(2)));
    let client = world.client(2);
    assert_eq!(client.carried.len(), 2);
    assert_eq!(client.carried[0], client.carried[1]);
    assert_eq!(client.carried[0][0].participant, who(1));
    assert_eq!(client.carried[0][0].source, TrackSource::Microphone);
    assert!(
        client
            .mids()
            .iter()
            .any(|mid| **mid == *client.carried[0][0].mid)
    );
    world.leave(1);
    assert!(world.client(2).downtracks().is_empty());
    assert_eq!(world.client(2).carried.len(), 3);
}

#[test]
fn nothing_is_carried_before_it_is_negotiated() {
    let mut world = World::with([1, 2]);
    world.client(2).answers = false;
    world.speak(1, 5);
    assert_eq!(world.client(2).offers.len(), 2);
    assert!(world.client(2).carried.is_empty());
    world.task(SfuCommand::TellAgain(who(2)));
    assert_eq!(world.client(2).downtracks(), []);
}

#[test]
fn a_new_introduction_replaces_the_session() {
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    let old = world
        .client(2)
        .downtrack(1, TrackSource::Microphone)
        .unwrap();
    world.introduce(1, "here", 2);
    assert!(world.client(2).downtracks().is_empty());
    world.run(2_000);
    assert!(world.client(1).connected);
    world.speak(1, 10);
    let client = world.client(2);
    assert_eq!(client.downtrack(1, TrackSource::Microphone), Some(old));
    let numbers: Vec<_> = client
        .heard(old)
        .iter()
        .map(|packet| *packet.seq_no)
        .collect();
    assert!(numbers.len() > 15);
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]));

    // And as one who receives.
    world.introduce(2, "here", 2);
    world.run(2_000);
    world.speak(1, 10);
    let client = world.client(2);
    let mid = client.downtrack(1, TrackSource::Microphone).unwrap();
    assert!(client.heard(mid).len() > 5);
}

#[test]
fn who_is_silent_is_carried_no_more() {
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    assert_eq!(world.client(2).downtracks().len(), 1);
    world.clients.remove(&who(1));
    world.run(100_000);
    assert!(world.client(2).downtracks().is_empty());
}
