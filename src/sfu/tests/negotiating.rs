//! Offers and answers.

use std::collections::VecDeque;

use super::world::{World, picture, who};
use crate::{
    protocol::{Candidate, MediaKind, Sdp, Signal, TrackSource},
    sfu::SfuCommand,
};

#[test]
fn the_first_offer_has_a_section_for_every_slot() {
    let mut world = World::with([1]);
    let offer = world.client(1).offers[0].clone();
    let kinds: Vec<_> = offer
        .lines()
        .filter_map(|line| line.strip_prefix("m="))
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, TrackSource::ALL.map(|source| source.kind().as_str()));
    assert_eq!(offer.matches("a=recvonly").count(), 4);
    assert!(offer.contains("a=ice-lite"));
    assert!(offer.contains("192.0.2.1 4000 typ host"));
    assert!(!offer.contains("H264") && !offer.contains("VP9"));
    assert!(offer.contains("transport-cc") && offer.contains("ssrc-audio-level"));
    assert_eq!(Sdp::parse(offer).unwrap().sections(MediaKind::Video), 2);
}

#[test]
fn a_second_offer_waits_for_the_answer() {
    let mut world = World::with(1..=3);
    world.client(3).answers = false;
    world.speak(1, 3);
    assert_eq!(world.client(3).offers.len(), 2);
    world.speak(2, 3);
    world.show(2, TrackSource::Camera, 3);
    world.signal(3, Signal::renegotiate());
    assert_eq!(world.client(3).offers.len(), 2);
    let answer = world.client(3).answer(&mut VecDeque::new());
    world.client(3).answers = true;
    world.signal(3, answer);
    world.run(100);
    // All of it together.
    let client = world.client(3);
    assert_eq!(client.offers.len(), 3);
    assert_eq!(client.mids().len(), 7);
    assert_eq!(client.downtracks().len(), 3);
    world.run(1_000);
    world.speak(2, 5);
    let client = world.client(3);
    let mid = client.downtrack(2, TrackSource::Microphone).unwrap();
    assert!(!client.heard(mid).is_empty());
}

#[test]
fn a_renegotiation_restarts_ice_and_media_goes_on() {
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    let ufrag = |offer: &str| {
        let mut lines = offer.lines();
        lines
            .find(|line| line.starts_with("a=ice-ufrag:"))
            .map(str::to_owned)
    };
    for _ in 0..5 {
        world.signal(2, Signal::renegotiate());
        world.run(1_000);
    }
    let offers = &world.client(2).offers;
    let count = offers.len();
    assert_ne!(ufrag(&offers[count - 2]), ufrag(&offers[count - 1]));
    world.client(2).received.clear();
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
    world.run(30_000);
    world.client(2).received.clear();
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
}

#[test]
fn who_had_nothing_to_send_may_send_later() {
    let mut world = World::with([1]);
    world.enter(2, "here");
    world.client(2).answers = false;
    world.introduce(2, "here", 2);
    world.client(2).answers = false;
    let offer = world.client(2).offers.last().cloned();
    assert!(offer.is_some());
    // As a browser without tracks answers.
    let Signal::Answer { sdp } = world.client(2).answer(&mut VecDeque::new()) else {
        panic!("it answers");
    };
    let idle = sdp.as_str().replace("a=sendonly", "a=inactive");
    world.signal(
        2,
        Signal::Answer {
            sdp: Sdp::parse(idle).unwrap(),
        },
    );
    world.client(2).answers = true;
    world.run(2_000);
    world.signal(2, Signal::renegotiate());
    let offer = world.client(2).offers.last().cloned().unwrap();
    assert_eq!(offer.matches("a=recvonly").count(), 4);
    world.run(1_000);
    world.speak(2, 10);
    let client = world.client(1);
    let mid = client.downtrack(2, TrackSource::Microphone).unwrap();
    assert!(!client.heard(mid).is_empty());
}

#[test]
fn nonsense_changes_nothing() {
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    let offer = world.client(1).offers[0].clone();
    let answer = world
        .client(1)
        .rtc
        .direct_api()
        .local_ice_credentials()
        .ufrag;
    for text in [
        "v=0".to_owned(),
        "v=0\r\nm=audio 9 X\r\n".to_owned(),
        format!(
            "v=0\r\n{}",
            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:x\r\n".repeat(5)
        ),
        offer.clone(),
        offer.replace("m=audio", "m=application"),
        offer.replace(&answer, ""),
        format!("v=0\r\n{}", "\u{0}".repeat(500)),
    ] {
        let sdp = Sdp::parse(text).unwrap();
        world.signal(1, Signal::Answer { sdp: sdp.clone() });
        world.signal(2, Signal::Answer { sdp: sdp.clone() });
        world.signal(2, Signal::Offer { sdp });
    }
    for line in [
        "",
        "candidate:",
        "candidate:1 1 udp 1 abc.local 9 typ host",
        "x",
    ] {
        let candidate = Candidate {
            candidate: line.into(),
            sdp_mid: None,
            sdp_m_line_index: None,
        };
        world.signal(2, Signal::Candidate { candidate });
    }
    world.signal(2, Signal::transceiver_request(MediaKind::Video));
    world.client(2).received.clear();
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
}

#[test]
fn nonsense_instead_of_an_awaited_answer_leaves_it_awaited() {
    let mut world = World::with([1, 2]);
    world.client(2).answers = false;
    world.speak(1, 3);
    let Signal::Answer { sdp: good } = world.client(2).answer(&mut VecDeque::new()) else {
        panic!("it answers");
    };
    let good = good.as_str().to_owned();
    let section = good.find("m=").unwrap();
    for bad in [
        good[..section].to_owned(),
        good.replace("a=mid:", "a=mid:x"),
        good.replace("a=fingerprint:", "a=fingertip:"),
        good.replace("a=ice-pwd:", "a=ice:"),
        good.replace("m=audio", "m=audio x y z"),
        good.replace("m=audio", "m=video"),
        good.replace("UDP/TLS/RTP/SAVPF", "DTLS/SCTP"),
        good.replace("v=0", "v=0\r\nwhat"),
    ] {
        let sdp = Sdp::parse(bad).unwrap();
        world.signal(2, Signal::Answer { sdp });
        assert!(world.client(2).carried.is_empty());
    }
    let sdp = Sdp::parse(good).unwrap();
    world.signal(2, Signal::Answer { sdp });
    assert_eq!(world.client(2).downtracks().len(), 1);
    world.client(2).received.clear();
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
}

#[test]
fn signals_of_another_introduction_are_ignored() {
    let mut world = World::with([1]);
    let offers = world.client(1).offers.len();
    world.task(SfuCommand::Signal {
        participant: who(1),
        generation: 7,
        signal: Signal::renegotiate(),
    });
    world.task(SfuCommand::Signal {
        participant: who(9),
        generation: 1,
        signal: Signal::renegotiate(),
    });
    assert_eq!(world.client(1).offers.len(), offers);
}

#[test]
fn who_never_answers_is_given_up() {
    let mut world = World::with([1, 2]);
    world.speak(2, 5);
    world.run(500);
    world.client(2).answers = false;
    world.speak(1, 5);
    assert_eq!(world.client(1).downtracks().len(), 1);
    world.run(70_000);
    assert!(world.client(1).downtracks().is_empty());
}

#[test]
fn downtracks_are_offered_in_any_order() {
    let mut world = World::with(1..=4);
    world.client(4).answers = false;
    world.speak(1, 3);
    // This downtrack is wanted, but given up before it is offered.
    world.send(2, TrackSource::Camera, &picture(true, 1, 2));
    world.leave(2);
    world.speak(3, 3);
    let answer = world.client(4).answer(&mut VecDeque::new());
    world.client(4).answers = true;
    world.signal(4, answer);
    world.send(3, TrackSource::Camera, &picture(true, 1, 3));
    world.run(200);
    world.signal(4, Signal::renegotiate());
    world.run(1_000);
    let client = world.client(4);
    assert_eq!(client.downtracks().len(), 3);
    assert_eq!(client.mids().len(), 7);
    assert_eq!(client.offers.len(), 5);
}
