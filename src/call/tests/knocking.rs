//! In front of a room and at its door, through the server's own machine.

use super::{
    world::{Fault, NetworkConditions, World},
    *,
};
use crate::protocol::{HostAction, HostRequest};

/// Ada is inside, host of a locked room; the others look at it.
fn locked(people: usize) -> World {
    let mut world = World::new(21, people, NetworkConditions::default());
    world.join(0);
    world.run_until(SECOND);
    world.want(0, Intent::Host(HostAction::Lock { locked: true }));
    (1..people).for_each(|who| world.approach(who));
    world.run_until(2 * SECOND);
    world
}

fn answer(world: &mut World, admit: bool) {
    let id = world.clients[0].shown.waiting[0].id;
    world.want(0, Intent::Host(HostAction::Admit { id, admit }));
}

fn pass(world: &mut World, seconds: u32) {
    world.run_until(world.now + seconds * SECOND);
}

#[test]
fn who_is_inside_is_seen_from_outside() {
    let mut world = World::new(20, 3, NetworkConditions::default());
    world.approach(2);
    world.run_until(SECOND);
    let count = |world: &World| world.clients[2].shown.lobby.as_ref().unwrap().count;
    assert_eq!(count(&world), 0);
    world.join(0);
    world.join(1);
    world.run_until(2 * SECOND);
    assert_eq!(count(&world), 2);
    let people = &world.clients[2].shown.lobby.as_ref().unwrap().people;
    assert_eq!(people[0].as_str(), "Person 0");
    // A link that comes back looks again.
    world.strike(Fault::Restart { millis: 100 });
    world.clients[2].shown.lobby = None;
    pass(&mut world, 30);
    assert_eq!(count(&world), 2);
    world.join(2);
    pass(&mut world, 2);
    assert!(world.is_connected());
}

#[test]
fn a_locked_room_is_knocked_at_and_entered() {
    let mut world = locked(2);
    let lobby = world.clients[1].shown.lobby.clone().unwrap();
    assert_eq!(
        (lobby.people.len(), lobby.count, lobby.locked),
        (0, 1, true)
    );
    world.join(1);
    pass(&mut world, 1);
    assert_eq!(world.clients[1].phase, Phase::Locked);
    assert_eq!(world.clients[0].shown.waiting, []);
    world.want(1, Intent::Knock);
    assert_eq!(world.clients[1].phase, Phase::Knocking);
    pass(&mut world, 1);
    let waiting = &world.clients[0].shown.waiting;
    assert_eq!(waiting[0].name.as_str(), "Person 1");
    answer(&mut world, true);
    pass(&mut world, 2);
    assert_eq!(world.clients[1].phase, Phase::InRoom);
    assert_eq!(world.clients[0].shown.waiting, []);
    assert!(world.is_connected());
}

#[test]
fn a_no_is_the_end() {
    let mut world = locked(2);
    world.join(1);
    pass(&mut world, 1);
    world.want(1, Intent::Knock);
    pass(&mut world, 1);
    answer(&mut world, false);
    pass(&mut world, 1);
    let end = Phase::Ended(EndReason::NotAdmitted);
    assert_eq!(world.clients[1].phase, end);
}

#[test]
fn an_unlocked_room_lets_all_in_who_knock() {
    let mut world = locked(3);
    for who in 1..3 {
        world.join(who);
        pass(&mut world, 1);
        world.want(who, Intent::Knock);
    }
    pass(&mut world, 1);
    assert_eq!(world.clients[0].shown.waiting.len(), 2);
    world.want(0, Intent::Host(HostAction::Lock { locked: false }));
    pass(&mut world, 3);
    assert!(world.is_connected());
    assert!(!world.clients[2].shown.room.locked);
}

#[test]
fn who_knocks_knocks_again_after_a_cut_and_a_restart() {
    for fault in [
        Fault::Cut {
            who: 1,
            millis: 2_000,
        },
        Fault::Restart { millis: 1_000 },
    ] {
        let mut world = locked(2);
        world.join(1);
        pass(&mut world, 1);
        world.want(1, Intent::Knock);
        pass(&mut world, 1);
        world.strike(fault);
        // The room is locked again when its host is back, or nobody was in it meanwhile.
        pass(&mut world, 30);
        match world.clients[1].phase {
            Phase::Knocking => answer(&mut world, true),
            ref phase => assert_eq!(*phase, Phase::InRoom, "{fault:?}"),
        }
        pass(&mut world, 5);
        assert!(world.is_connected(), "{fault:?}");
    }
}

#[test]
fn who_gives_up_waits_no_more() {
    let mut world = locked(2);
    world.join(1);
    pass(&mut world, 1);
    world.want(1, Intent::Knock);
    pass(&mut world, 1);
    world.leave(1);
    pass(&mut world, 1);
    assert_eq!(world.clients[1].phase, Phase::Ended(EndReason::Left));
    assert_eq!(world.clients[0].shown.waiting, []);
}

#[test]
fn the_role_is_handed_over_with_those_who_wait() {
    let mut world = World::new(22, 3, NetworkConditions::default());
    world.join(0);
    world.run_until(SECOND);
    world.join(1);
    world.run_until(2 * SECOND);
    world.want(0, Intent::Host(HostAction::Lock { locked: true }));
    world.join(2);
    world.run_until(3 * SECOND);
    world.want(2, Intent::Knock);
    world.run_until(4 * SECOND);
    assert_eq!(world.clients[0].shown.waiting.len(), 1);
    let id = world.clients[1].you.unwrap();
    world.want(0, Intent::Host(HostAction::HandOver { id }));
    world.run_until(5 * SECOND);
    assert_eq!(world.clients[0].shown.waiting, []);
    assert_eq!(world.clients[1].shown.waiting.len(), 1);
    assert_eq!(world.clients[0].shown.room.host, Some(id));
    // Another host than its token says, over a restart.
    world.strike(Fault::Restart { millis: 500 });
    pass(&mut world, 30);
    for who in 0..2 {
        let room = world.clients[who].shown.room;
        assert_eq!((room.host, room.locked), (Some(id), true));
    }
    world.want(0, Intent::Host(HostAction::End));
    pass(&mut world, 1);
    assert_eq!(world.clients[0].shown.refused, ["not-host".into()]);
    assert_eq!(world.clients[0].phase, Phase::InRoom);
}

#[test]
fn what_a_host_does_ends_with_those_it_is_done_to() {
    let mut world = World::new(23, 3, NetworkConditions::default());
    (0..3).for_each(|who| world.join(who));
    world.run_until(2 * SECOND);
    let host = world.clients[0].shown.room.host;
    let at = |id| world.clients.iter().position(|one| one.you == id).unwrap();
    let host = at(host);
    let [one, other] = [(host + 1) % 3, (host + 2) % 3];
    let id = world.clients[one].you.unwrap();
    world.want(host, Intent::Host(HostAction::Mute { id }));
    world.run_until(3 * SECOND);
    assert_eq!(world.clients[one].shown.asked, [HostRequest::Mute]);
    assert_eq!(world.clients[other].shown.asked, []);
    world.want(
        host,
        Intent::Host(HostAction::Kick {
            id,
            address: Some(false),
            lock: false,
        }),
    );
    world.run_until(4 * SECOND);
    assert_eq!(world.clients[one].phase, Phase::Ended(EndReason::Kicked));
    assert_eq!(world.clients[other].phase, Phase::InRoom);
    world.want(host, Intent::Host(HostAction::End));
    world.run_until(5 * SECOND);
    for who in [host, other] {
        assert_eq!(
            world.clients[who].phase,
            Phase::Ended(EndReason::MeetingEnded)
        );
        assert_eq!(world.clients[who].call.poll_timeout(), None);
    }
}
