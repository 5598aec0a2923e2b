//! What leaves while more comes.

use super::world::{Wire, World, picture};
use crate::{
    protocol::TrackSource,
    sfu::{Input, Output},
};

/// Gives datagrams that have come together until something is to leave: how many those were.
fn give(world: &mut World, wire: &mut Wire) -> usize {
    let mut given = 0;
    while let Some((source, destination, bytes)) = wire.pop_front() {
        let input = Input::Datagram {
            source,
            destination,
            bytes: &bytes,
        };
        world.sfu.handle_input(world.now, input);
        given += 1;
        if world.sfu.is_flush_due() {
            break;
        }
    }
    given
}

/// How many datagrams leave now.
fn leave(world: &mut World) -> usize {
    world.sfu.handle_input(world.now, Input::Timeout);
    let outputs = std::iter::from_fn(|| world.sfu.poll_output());
    let datagrams = outputs.filter(|output| matches!(output, Output::Transmit { .. }));
    datagrams.count()
}

#[test]
fn sounds_wait_for_no_pictures_and_pictures_for_a_few() {
    let mut world = World::with([1, 2, 3]);
    world.speak(1, 5);
    world.show(1, TrackSource::Camera, 5);
    let mut wire = world.hold(1, TrackSource::Microphone, &[1, 2, 3]);
    for id in 0..300 {
        wire.extend(world.hold(1, TrackSource::Camera, &picture(false, id, 1)));
    }
    assert_eq!(wire.len(), 301);
    assert_eq!(give(&mut world, &mut wire), 1);
    assert_eq!(leave(&mut world), 2, "the sound, to both");
    assert!(!world.sfu.is_flush_due());
    assert_eq!(give(&mut world, &mut wire), 128);
    assert_eq!(leave(&mut world), 256);
    assert_eq!(give(&mut world, &mut wire), 128);
}
