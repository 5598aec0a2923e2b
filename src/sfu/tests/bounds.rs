//! What strangers and others who mean no good can do: nothing.

use proptest::prelude::*;

use super::world::{Client, VOICES, World, picture, who};
use crate::{
    protocol::{SDP_BYTES, SDP_SECTIONS, TrackSource},
    sfu::SfuCommand,
    sfu::{Sfu, SfuError},
};

#[test]
fn garbage_changes_nothing() {
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    let known = world.client(1).address;
    let strangers = [([203, 0, 113, 5], 5).into(), known];
    for source in strangers {
        for first in 0..=u8::MAX {
            for length in [0, 1, 3, 12, 20, 60, 1500] {
                let mut bytes = vec![first; length];
                world.datagram(source, &bytes);
                if let Some(cookie) = bytes.get_mut(4..8) {
                    cookie.copy_from_slice(&[0x21, 0x12, 0xA4, 0x42]);
                    world.datagram(source, &bytes);
                }
            }
        }
    }
    world.client(2).received.clear();
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
    assert_eq!(world.client(2).offers.len(), 2);
}

#[test]
fn a_full_description_stays_within_its_bounds() {
    let mut world = World::with(1..=17);
    for number in 2..=17 {
        // Only the first one receives: the more there are, the longer it takes.
        world.client(number).answers = false;
        for source in TrackSource::ALL {
            let now = world.now;
            let payload = picture(true, 1, number);
            world.client(number).send(now, source, &payload);
        }
    }
    world.run(500);
    let client = world.client(1);
    let offer = client.offers.last().unwrap();
    assert_eq!(client.mids().len(), SDP_SECTIONS);
    assert!(offer.len() < SDP_BYTES, "{}", offer.len());
    assert_eq!(client.downtracks().len(), SDP_SECTIONS - 4);
    // As soon as there is a downtrack, what had none is carried.
    let without = |client: &Client| {
        let tracks = (2..=17).flat_map(|number| TrackSource::ALL.map(|source| (number, source)));
        let mut without =
            tracks.filter(|(number, source)| client.downtrack(*number, *source).is_none());
        without.next()
    };
    let (number, source) = without(client).unwrap();
    let leaver = (2..=17).find(|other| *other != number).unwrap();
    world.leave(leaver);
    assert!(world.client(1).downtrack(number, source).is_some());
}

#[test]
fn a_packet_that_is_too_large_harms_nobody() {
    let mut world = World::with([1, 2]);
    // As soon as it is known whose they are, its packets have shorter headers than those to a newcomer.
    world.speak(1, 400);
    world.enter(3, "here");
    world.run(1_000);
    world.speak(1, 5);
    assert!(!world.client(3).received.is_empty());
    for size in (1_390..1_976).rev().take(60) {
        let now = world.now;
        world
            .client(1)
            .send(now, TrackSource::Microphone, &vec![1; size]);
        world.run(5);
    }
    for listener in [2, 3] {
        world.client(listener).received.clear();
        world.speak(1, 10);
        assert!(world.client(listener).received.len() >= 9);
    }
}

#[test]
fn what_is_over_is_over() {
    let mut world = World::with([1, 2]);
    world.speak(1, 5);
    world.task(SfuCommand::End(who(1)));
    world.task(SfuCommand::End(who(1)));
    world.task(SfuCommand::TellAgain(who(1)));
    world.client(2).received.clear();
    for _ in 0..10 {
        let now = world.now;
        world.client(1).send(now, TrackSource::Microphone, &[1]);
        world.run(20);
    }
    assert!(world.client(2).received.is_empty());
    assert!(world.client(2).downtracks().is_empty());
    world.leave(2);
    assert_eq!(world.sfu.poll_timeout(), None);
}

#[test]
fn an_address_that_is_none_is_refused() {
    let nowhere = Sfu::new(vec![([0, 0, 0, 0], 1).into()], VOICES, [7; 32]);
    assert!(matches!(nowhere, Err(SfuError::Address(..))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_datagram_is_survived(datagrams in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..20)) {
        let mut world = World::new();
        world.enter(1, "here");
        let known = world.client(1).address;
        for bytes in datagrams {
            world.datagram(known, &bytes);
        }
        world.run(2_000);
        prop_assert!(world.client(1).connected);
    }
}
