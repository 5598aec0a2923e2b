//! Peers that mean well and are unlike the browsers that everybody has.

use std::collections::VecDeque;

use super::world::{World, is_key_frame, picture, who};
use crate::{
    protocol::{MissingTrack, Sdp, Side, Signal, TrackSource},
    sfu::SfuCommand,
};

/// The answer that a client would give, without its video sections.
fn without_video(world: &mut World, number: u8, names: bool, group: Group) -> Signal {
    let Signal::Answer { sdp } = world.client(number).answer(&mut VecDeque::new()) else {
        panic!("it answers");
    };
    let mut out = String::new();
    let mut rejected = false;
    let mut kept = Vec::new();
    for line in sdp.as_str().lines() {
        if line.starts_with("m=") {
            rejected = line.starts_with("m=video");
            let line = match rejected {
                true => line.replacen(" 9 ", " 0 ", 1),
                false => line.to_owned(),
            };
            out += &format!("{line}\r\n");
            continue;
        }
        let name = line.strip_prefix("a=mid:");
        if let (Some(name), false) = (name, rejected) {
            kept.push(name.to_owned());
        }
        let stays = match () {
            () if line.starts_with("a=group:") => group == Group::WithRejected,
            () if rejected && name.is_some() => names,
            () => !rejected,
        };
        if stays {
            out += &format!("{line}\r\n");
        }
    }
    if group == Group::WithoutRejected {
        let line = format!("a=group:BUNDLE {}\r\nm=", kept.join(" "));
        out = out.replacen("m=", &line, 1);
    }
    let sdp = Sdp::parse(out).unwrap();
    Signal::Answer { sdp }
}

/// A record of DTLS without protection: `handshake_failure`, fatal (RFC 6347 section 4.1, RFC 5246 section 7.2).
const ALERT: [u8; 15] = [21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 7, 0, 2, 2, 40];

/// What stands in the group of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    WithoutRejected,
    WithRejected,
    None,
}

#[test]
fn who_knows_no_video_format_speaks_and_the_others_are_told_what_is_missing() {
    for names in [true, false] {
        for group in [Group::WithoutRejected, Group::WithRejected, Group::None] {
            let mut world = World::with([1, 2]);
            world.show(1, TrackSource::Camera, 1);
            world.enter_silently(3);
            let answer = without_video(&mut world, 3, names, group);
            world.signal(3, answer);
            world.client(3).answers_without_video = true;
            world.run(2_000);
            assert!(world.client(3).connected, "{names} {group:?}");
            world.speak(3, 10);
            world.speak(1, 10);
            let heard = world
                .client(1)
                .downtrack(3, TrackSource::Microphone)
                .unwrap();
            assert!(world.client(1).heard(heard).len() >= 9);
            assert!(
                world
                    .client(3)
                    .downtrack(1, TrackSource::Microphone)
                    .is_some()
            );
            let from = |number, source, side| MissingTrack {
                participant: who(number),
                source,
                side,
            };
            let sender = [TrackSource::Camera, TrackSource::Screen]
                .map(|source| from(3, source, Side::Sender));
            for other in [1, 2] {
                assert_eq!(world.client(other).missing, sender, "{names} {group:?}");
            }
            // What it cannot be shown is missing there.
            assert_eq!(
                world.client(3).missing,
                [from(1, TrackSource::Camera, Side::Receiver)]
            );
            world.leave(3);
            assert!(world.client(1).missing.is_empty());
        }
    }
}

#[test]
fn what_somebody_cannot_receive_is_not_offered_again() {
    let mut world = World::with([1, 2, 3]);
    world.client(3).answers_without_video = true;
    world.show(1, TrackSource::Camera, 1);
    world.run(500);
    let sections = world.client(3).mids().len();
    for number in [1, 2] {
        for source in [TrackSource::Camera, TrackSource::Screen] {
            world.show(number, source, 2);
        }
    }
    assert_eq!(world.client(3).mids().len(), sections);
    assert_eq!(world.client(3).missing.len(), 4);
    // The others notice nothing.
    for _ in 0..40 {
        world.show(1, TrackSource::Camera, 1);
    }
    let client = world.client(2);
    let mid = client.downtrack(1, TrackSource::Camera).unwrap();
    assert!(client.heard(mid).len() > 20);
    assert!(
        client
            .missing
            .iter()
            .all(|missing| missing.participant == who(3))
    );
}

#[test]
fn who_knows_no_format_at_all_is_told_at_once() {
    let mut world = World::with([1, 2]);
    world.enter_silently(3);
    let Signal::Answer { sdp } = world.client(3).answer(&mut VecDeque::new()) else {
        panic!("it answers");
    };
    let nothing = sdp.as_str().replace(" 9 UDP", " 0 UDP");
    let sdp = Sdp::parse(nothing).unwrap();
    world.signal(3, Signal::Answer { sdp });
    expect_failed(&mut world);
}

#[test]
fn who_does_not_bundle_is_told_at_once() {
    let mut world = World::with([1, 2]);
    world.enter_silently(3);
    let Signal::Answer { sdp } = world.client(3).answer(&mut VecDeque::new()) else {
        panic!("it answers");
    };
    let mut count = 0;
    let lines = sdp
        .as_str()
        .lines()
        .map(|line| match line.strip_prefix("a=ice-ufrag:") {
            Some(_) => {
                count += 1;
                format!("a=ice-ufrag:{count:04}\r\n")
            }
            None => format!("{line}\r\n"),
        });
    let sdp = Sdp::parse(lines.collect::<String>()).unwrap();
    world.signal(3, Signal::Answer { sdp });
    expect_failed(&mut world);
}

/// The third one and the two others know that nothing comes about, and nobody else is disturbed.
fn expect_failed(world: &mut World) {
    let all = |from: u8, side| {
        TrackSource::ALL.map(|source| MissingTrack {
            participant: who(from),
            source,
            side,
        })
    };
    let others = [all(1, Side::Receiver), all(2, Side::Receiver)].concat();
    let mut told = world.client(3).missing.clone();
    told.sort_by_key(|missing| (missing.participant != who(1), missing.source));
    assert_eq!(told, others);
    assert_eq!(world.client(1).missing, all(3, Side::Sender));
    // Who asks again is told again, and no session is made.
    let offers = world.client(3).offers.len();
    world.client(3).missing.clear();
    world.task(SfuCommand::Begin {
        room: super::world::room("here"),
        participant: who(3),
        generation: 1,
    });
    assert_eq!(world.client(3).missing.len(), 8);
    assert_eq!(world.client(3).offers.len(), offers);
    world.speak(1, 10);
    assert!(world.client(2).received.len() >= 9);
    world.leave(3);
    assert!(world.client(1).missing.is_empty());
}

#[test]
fn a_payload_that_comes_over_ethernet_is_passed_on() {
    let mut world = World::with([1, 2]);
    world.speak(1, 400);
    for size in [1_400, 1_401, 1_430, 1_444, 1_450] {
        world.client(2).received.clear();
        world.send(1, TrackSource::Microphone, &vec![1; size]);
        let received = &world.client(2).received;
        assert!(
            received
                .iter()
                .any(|(_, packet)| packet.payload.len() == size),
            "{size}"
        );
    }
}

#[test]
fn a_late_packet_of_an_earlier_stream_disturbs_nothing() {
    let mut world = World::with([1, 2]);
    for _ in 0..40 {
        world.show(1, TrackSource::Camera, 1);
    }
    // The track is replaced by one of another stream; its packets overtake the last ones of the first.
    let late: Vec<_> = (0..3)
        .map(|_| world.hold(1, TrackSource::Camera, &picture(false, 77, 1)))
        .collect();
    world.client(1).renew_stream(TrackSource::Camera);
    world.send(1, TrackSource::Camera, &picture(true, 200, 9));
    world.run(300);
    world.client(1).asked.clear();
    world.client(2).received.clear();
    for (number, (source, destination, bytes)) in late.into_iter().flatten().enumerate() {
        world.arrive(source, destination, &bytes);
        world.send(
            1,
            TrackSource::Camera,
            &picture(false, 201 + number as u16, 9),
        );
    }
    world.run(500);
    let client = world.client(2);
    let mid = client.downtrack(1, TrackSource::Camera).unwrap();
    let seen = client.heard(mid);
    assert!(seen.len() >= 3);
    assert!(seen.iter().all(|packet| packet.payload.last() == Some(&9)));
    assert!(!seen.iter().any(|packet| is_key_frame(packet)));
    assert!(world.client(1).asked.is_empty());
}

#[test]
fn whose_handshake_fails_is_told_within_seconds() {
    let mut world = World::with([1, 2]);
    world.enter_silently(3);
    let Signal::Answer { sdp } = world.client(3).answer(&mut VecDeque::new()) else {
        panic!("it answers");
    };
    // Both ends wait for the other one, and this one says that it does not go on.
    let wrong = sdp.as_str().replace("a=setup:passive", "a=setup:active");
    let sdp = Sdp::parse(wrong).unwrap();
    world.signal(3, Signal::Answer { sdp });
    world.run(500);
    let source = world.client(3).address;
    world.datagram(source, &ALERT);
    world.run(6_000);
    expect_failed(&mut world);
}

#[test]
fn whose_handshake_has_failed_may_try_again_later() {
    let mut world = World::with([1, 2]);
    world.enter_silently(3);
    let Signal::Answer { sdp } = world.client(3).answer(&mut VecDeque::new()) else {
        panic!("it answers");
    };
    let wrong = sdp.as_str().replace("a=setup:passive", "a=setup:active");
    let sdp = Sdp::parse(wrong).unwrap();
    world.signal(3, Signal::Answer { sdp });
    world.run(500);
    let source = world.client(3).address;
    world.datagram(source, &ALERT);
    world.run(6_000);
    assert!(!world.client(1).missing.is_empty());
    world.run(31_000);
    world.introduce(3, "here", 2);
    world.run(2_000);
    assert!(world.client(3).connected);
    assert!(world.client(1).missing.is_empty());
}

#[test]
fn an_alert_in_the_name_of_another_ends_nothing() {
    let mut world = World::with([1, 2]);
    world.enter(3, "here");
    let source = world.client(3).address;
    for _ in 0..2_000 {
        world.datagram(source, &ALERT);
        world.run(5);
    }
    assert!(world.client(3).connected);
    assert!(world.client(1).missing.is_empty());
    world.speak(3, 10);
    assert!(world.client(1).received.len() >= 9);
}
