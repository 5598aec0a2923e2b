//! What one sends, the others get.

use super::world::{World, is_key_frame, picture, who};
use crate::{protocol::TrackSource, sfu::SfuCommand};

#[test]
fn what_one_says_is_heard_by_the_others_and_by_nobody_else() {
    let mut world = World::with(1..=3);
    world.enter(4, "elsewhere");
    world.run(1_000);
    world.speak(1, 20);
    world.speak(4, 20);
    for listener in [2, 3] {
        let client = world.client(listener);
        let mid = client.downtrack(1, TrackSource::Microphone).unwrap();
        let heard = client.heard(mid);
        assert!(heard.len() >= 18, "{}", heard.len());
        assert!(
            heard
                .iter()
                .all(|packet| packet.payload[..] == [1, 1, 2, 3])
        );
        assert_eq!(client.received.len(), heard.len());
        assert_eq!(client.downtracks().len(), 1);
    }
    for alone in [1, 4] {
        assert!(world.client(alone).received.is_empty());
        assert!(world.client(alone).downtracks().is_empty());
    }
}

#[test]
fn everybody_gets_every_slot_of_every_other_one() {
    let mut world = World::with(1..=3);
    for _ in 0..30 {
        for number in 1..=3 {
            world.speak(number, 1);
            world.send(number, TrackSource::ScreenSound, &[number, 9]);
            world.show(number, TrackSource::Camera, 1);
            world.show(number, TrackSource::Screen, 1);
        }
    }
    for number in 1..=3 {
        let client = world.client(number);
        assert_eq!(client.downtracks().len(), 8);
        for other in (1..=3).filter(|other| *other != number) {
            for source in TrackSource::ALL {
                let mid = client.downtrack(other, source).unwrap();
                let heard = client.heard(mid);
                assert!(heard.len() > 20, "{source:?}: {}", heard.len());
                let tag = |payload: &[u8]| match source {
                    TrackSource::Microphone | TrackSource::ScreenSound => payload.first().copied(),
                    TrackSource::Camera | TrackSource::Screen => payload.last().copied(),
                };
                assert!(
                    heard
                        .iter()
                        .all(|packet| tag(&packet.payload) == Some(other))
                );
            }
        }
    }
}

#[test]
fn a_stream_begins_low_and_has_no_gaps() {
    let mut world = World::with([1, 2]);
    // The sender's numbers roll over.
    for _ in 0..2_000 {
        let now = world.now;
        world.client(1).send(now, TrackSource::Microphone, &[1]);
        world.run(5);
    }
    let client = world.client(2);
    let mid = client.downtrack(1, TrackSource::Microphone).unwrap();
    let heard: Vec<_> = client
        .heard(mid)
        .iter()
        .map(|packet| *packet.seq_no)
        .collect();
    assert_eq!(heard.first(), Some(&1));
    assert!(heard.len() > 1_900);
    assert!(heard.windows(2).all(|pair| pair[0] + 1 == pair[1]));
}

#[test]
fn the_level_of_a_sound_is_passed_on() {
    use str0m::rtp::ExtensionValues;
    use str0m::rtp::RtpWrite;
    let mut world = World::with([1, 2]);
    world.speak(1, 10);
    let client = world.client(1);
    let mid = client.mids()[0];
    let pt = client
        .rtc
        .codec_config()
        .find(|params| params.spec().codec.is_audio());
    let pt = pt.unwrap().pt();
    let seq = client.next(TrackSource::Microphone);
    let level = ExtensionValues {
        audio_level: Some(-20),
        voice_activity: Some(true),
        ..ExtensionValues::default()
    };
    let now = world.now;
    let client = world.client(1);
    let mut direct = client.rtc.direct_api();
    let stream = direct.stream_tx_by_mid(mid, None).unwrap();
    stream.write_rtp(RtpWrite::new(pt, seq.into(), 0, now, [8].as_slice()).ext_vals(level));
    world.run(50);
    let (_, packet) = world.client(2).received.last().unwrap();
    assert_eq!(packet.payload[..], [8]);
    assert_eq!(packet.header.ext_vals.audio_level, Some(-20));
    assert_eq!(packet.header.ext_vals.voice_activity, Some(true));
}

#[test]
fn a_late_joiner_sees_a_key_frame_first() {
    let mut world = World::with([1, 2]);
    world.send(1, TrackSource::Camera, &picture(true, 1, 1));
    world.show(1, TrackSource::Camera, 50);
    world.enter(3, "here");
    // What is there already is in the first offer.
    assert_eq!(world.client(3).mids().len(), 5);
    for _ in 0..100 {
        world.show(1, TrackSource::Camera, 1);
    }
    let client = world.client(3);
    assert_eq!(client.offers.len(), 1);
    let mid = client.downtrack(1, TrackSource::Camera).unwrap();
    let seen = client.heard(mid);
    assert!(seen.len() > 50);
    assert!(is_key_frame(seen[0]));
    assert_eq!(*seen[0].seq_no, 1);
}

#[test]
fn one_request_for_a_key_frame_reaches_the_source() {
    let mut world = World::with(1..=4);
    for _ in 0..40 {
        world.show(1, TrackSource::Camera, 1);
    }
    world.run(1_000);
    world.client(1).asked.clear();
    for number in 2..=4 {
        let client = world.client(number);
        let mid = client.downtrack(1, TrackSource::Camera).unwrap();
        client.request(mid);
    }
    world.run(100);
    assert_eq!(world.client(1).asked, [TrackSource::Camera]);
    // It brings a key frame, so that nothing more is asked for.
    world.show(1, TrackSource::Camera, 1);
    world.run(3_000);
    assert!(world.client(1).asked.is_empty());
    for number in 2..=4 {
        let client = world.client(number);
        let mid = client.downtrack(1, TrackSource::Camera).unwrap();
        assert!(is_key_frame(client.heard(mid).last().unwrap()));
    }
}

#[test]
fn who_asks_for_key_frames_all_the_time_is_not_always_heard() {
    let mut world = World::with(1..=3);
    for _ in 0..40 {
        world.show(1, TrackSource::Camera, 1);
    }
    world.run(5_000);
    let mid = world.client(2).downtrack(1, TrackSource::Camera).unwrap();
    let mut asked = 0;
    for _ in 0..600 {
        world.client(2).request(mid);
        world.run(80);
        asked += world.client(1).asked.len();
        world.show(1, TrackSource::Camera, 1);
    }
    // Five at once, one in five seconds of the sixty.
    assert!((5..=20).contains(&asked), "{asked}");
    // Another one is heard at once.
    world.run(1_000);
    world.client(1).asked.clear();
    let mid = world.client(3).downtrack(1, TrackSource::Camera).unwrap();
    world.client(3).request(mid);
    world.run(100);
    assert_eq!(world.client(1).asked, [TrackSource::Camera]);
}

#[test]
fn a_subscription_stops_and_restarts_a_camera() {
    let mut world = World::with(1..=3);
    for _ in 0..40 {
        world.show(1, TrackSource::Camera, 1);
        world.speak(1, 1);
    }
    let subscription = |camera| SfuCommand::SetSubscription {
        participant: who(2),
        of: who(1),
        camera,
    };
    world.task(subscription(false));
    assert_eq!(world.client(2).downtrack(1, TrackSource::Camera), None);
    let heard = world
        .client(2)
        .downtrack(1, TrackSource::Microphone)
        .unwrap();
    let seen = world.client(3).downtrack(1, TrackSource::Camera).unwrap();
    for client in world.clients.values_mut() {
        client.received.clear();
    }
    for _ in 0..20 {
        world.show(1, TrackSource::Camera, 1);
        world.speak(1, 1);
    }
    let client = world.client(2);
    assert_eq!(client.received.len(), client.heard(heard).len());
    assert!(client.received.len() > 15);
    assert!(world.client(3).heard(seen).len() > 15);

    let offers = world.client(2).offers.len();
    world.task(subscription(true));
    let back = world.client(2).downtrack(1, TrackSource::Camera).unwrap();
    for _ in 0..40 {
        world.show(1, TrackSource::Camera, 1);
    }
    let client = world.client(2);
    assert_eq!(client.offers.len(), offers);
    let seen = client.heard(back);
    assert!(seen.len() > 20);
    assert!(is_key_frame(seen[0]));
}

#[test]
fn a_lost_packet_is_sent_again_to_who_asks() {
    let mut world = World::with([1, 2]);
    for _ in 0..40 {
        world.show(1, TrackSource::Camera, 1);
    }
    world.client(2).received.clear();
    let address = world.client(2).address;
    // Everything to the receiver is lost for a while.
    world.client(2).address = ([203, 0, 113, 9], 9).into();
    world.show(1, TrackSource::Camera, 2);
    world.client(2).address = address;
    for _ in 0..40 {
        world.show(1, TrackSource::Camera, 1);
    }
    let client = world.client(2);
    let mid = client.downtrack(1, TrackSource::Camera).unwrap();
    let mut seen: Vec<_> = client
        .heard(mid)
        .iter()
        .map(|packet| *packet.seq_no)
        .collect();
    seen.sort_unstable();
    assert_eq!(seen.len(), 42);
    assert!(seen.windows(2).all(|pair| pair[0] + 1 == pair[1]));
}
