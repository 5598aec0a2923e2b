//! Of many who speak, the loudest few are heard.

use super::world::{VOICES, World};
use crate::protocol::TrackSource;

/// So many packets of a sound that is not heard reach a new subscriber, to show that the way is there.
const FIRST: usize = 3;
/// As long as a word that begins is held back.
const HELD_BACK: usize = 5;

impl World {
    /// Everybody sends so many packets, each as loud as `level` says.
    fn sound(&mut self, people: u8, packets: usize, level: impl Fn(u8) -> i8) {
        for _ in 0..packets {
            for number in 1..=people {
                let now = self.now;
                let client = self.client(number);
                client.level = Some(level(number));
                client.send(now, TrackSource::Microphone, &[number]);
            }
            self.run(20);
        }
    }

    /// How many packets of each other one a participant has got.
    fn count_heard(&mut self, listener: u8, people: u8) -> Vec<usize> {
        let client = self.client(listener);
        let others = (1..=people).filter(|other| *other != listener);
        let count = |other| {
            let mid = client.downtrack(other, TrackSource::Microphone);
            mid.map_or(0, |mid| client.heard(mid).len())
        };
        others.map(count).collect()
    }
}

#[test]
fn of_many_the_loudest_are_heard_and_of_the_others_that_they_are_there() {
    let mut world = World::with(1..=7);
    world.sound(7, 100, |_| -80);
    let before = world.count_heard(7, 7);
    assert_eq!(before, [FIRST; 6], "nobody speaks");
    world.sound(7, 100, |number| -20 - 8 * number as i8);
    let heard = world.count_heard(7, 7);
    for (number, count) in heard.iter().enumerate() {
        match number < VOICES {
            true => assert!(*count >= FIRST + 100, "{heard:?}"),
            false => assert_eq!(*count, FIRST, "{heard:?}"),
        }
    }
}

#[test]
fn who_begins_to_speak_is_heard_from_the_beginning_of_the_word() {
    let mut world = World::with(1..=5);
    world.sound(5, 50, |_| -90);
    world.sound(5, 20, |number| if number == 1 { -30 } else { -90 });
    let client = world.client(2);
    let mid = client.downtrack(1, TrackSource::Microphone).unwrap();
    let heard = client.heard(mid);
    assert_eq!(heard.len(), FIRST + HELD_BACK + 20);
    let spoken = &heard[FIRST..];
    assert!(
        spoken[0].header.marker,
        "it tells that a spurt of talk begins"
    );
    for pair in heard.windows(2) {
        assert_eq!(*pair[1].seq_no, *pair[0].seq_no + 1, "nothing seems lost");
    }
    // Its time goes on as it has passed for who speaks: 960 ticks a packet.
    let passed = (spoken[0].header.timestamp).wrapping_sub(heard[FIRST - 1].header.timestamp);
    assert_eq!(passed % 960, 0);
    let left_out = (passed / 960) as usize - 1;
    // Of the first ones, some came when the subscriber was not ready.
    assert!(
        (35..=50 - FIRST - HELD_BACK).contains(&left_out),
        "{left_out}"
    );
    for pair in spoken.windows(2) {
        let between = pair[1]
            .header
            .timestamp
            .wrapping_sub(pair[0].header.timestamp);
        assert_eq!(between, 960);
    }
}

#[test]
fn a_screens_sound_and_who_tells_no_level_are_heard_beside_the_others() {
    let mut world = World::with(1..=6);
    world.sound(5, 20, |_| -20);
    for _ in 0..20 {
        let now = world.now;
        world.client(6).level = None;
        world.client(6).send(now, TrackSource::Microphone, &[6]);
        world.client(5).level = Some(-90);
        world.client(5).send(now, TrackSource::ScreenSound, &[5]);
        world.sound(4, 1, |_| -20);
    }
    for (number, source) in [(6, TrackSource::Microphone), (5, TrackSource::ScreenSound)] {
        let client = world.client(1);
        let mid = client.downtrack(number, source).unwrap();
        assert!(client.heard(mid).len() >= 18, "{number}");
    }
}

#[test]
fn the_place_of_one_who_leaves_is_free() {
    let mut world = World::with(1..=5);
    world.sound(
        5,
        50,
        |number| if number <= VOICES as u8 { -20 } else { -90 },
    );
    world.leave(1);
    let before = world.count_heard(5, 4)[3];
    for _ in 0..20 {
        for number in 2..=4 {
            let now = world.now;
            world.client(number).level = Some(-40);
            world
                .client(number)
                .send(now, TrackSource::Microphone, &[number]);
        }
        world.run(20);
    }
    let after = world.count_heard(5, 4)[3];
    assert!(after >= before + 20, "{before}, {after}");
}
