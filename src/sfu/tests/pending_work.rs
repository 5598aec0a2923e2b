//! What waits for the SFU: bounded, in order, and fair.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use proptest::prelude::*;

use super::world::room;
use crate::{
    protocol::{ParticipantId, RoomName, Sdp, Signal},
    sfu::{SfuCommand, pending_work::PendingWork},
};

fn begin(number: u8, generation: u32) -> SfuCommand {
    SfuCommand::Begin {
        room: place(number),
        participant: who(number),
        generation,
    }
}

/// Bytes become one of 64 characters each.
fn who(number: u8) -> ParticipantId {
    let mut bytes = [number; 20];
    bytes[19] = number >> 6;
    ParticipantId::from_random(bytes)
}

/// Eight in each room.
fn place(number: u8) -> RoomName {
    room(&format!("room-{}", number / 8))
}

fn signal(number: u8, generation: u32, signal: Signal) -> SfuCommand {
    SfuCommand::Signal {
        participant: who(number),
        generation,
        signal,
    }
}

fn answer(number: u8, generation: u32, text: &str) -> SfuCommand {
    let sdp = Sdp::parse(format!("v=0\r\ns={text}\r\n")).unwrap();
    signal(number, generation, Signal::Answer { sdp })
}

fn subscription(number: u8, of: u8, camera: bool) -> SfuCommand {
    SfuCommand::SetSubscription {
        participant: who(number),
        of: who(of),
        camera,
    }
}

/// All that comes out, at any time.
fn drain(tasks: &mut PendingWork, now: &mut Instant) -> Vec<SfuCommand> {
    let mut out = Vec::new();
    loop {
        if let Some(task) = tasks.pop(*now) {
            out.push(task);
        } else if let Some(due) = tasks.poll_timeout(*now) {
            assert!(due > *now, "nothing comes of what is due");
            *now = due;
        } else {
            return out;
        }
    }
}

#[test]
fn of_renewals_the_last_one_is_done() {
    let mut now = Instant::now();
    let mut tasks = PendingWork::default();
    for generation in 1..10_000 {
        tasks.push(now, begin(1, generation));
        tasks.push(now, answer(1, generation, "early"));
        tasks.push(now, subscription(1, 2, generation % 2 == 0));
    }
    tasks.push(now, begin(1, 10_000));
    tasks.push(now, answer(1, 10_000, "wrong"));
    tasks.push(now, answer(1, 10_000, "right"));
    let expected = [
        begin(1, 10_000),
        subscription(1, 2, false),
        answer(1, 10_000, "right"),
    ];
    assert_eq!(drain(&mut tasks, &mut now), expected);
}

#[test]
fn who_came_and_went_leaves_nothing() {
    let mut now = Instant::now();
    let mut tasks = PendingWork::default();
    for number in 0..200 {
        tasks.push(now, begin(number, 1));
        tasks.push(now, subscription(number, 1, false));
        tasks.push(now, SfuCommand::End(who(number)));
    }
    assert_eq!(tasks.size(), 0);
    tasks.push(now, begin(1, 1));
    assert!(tasks.pop(now).is_some());
    tasks.push(now, begin(1, 2));
    tasks.push(now, SfuCommand::End(who(1)));
    tasks.push(now, begin(1, 3));
    let expected = [SfuCommand::End(who(1)), begin(1, 3)];
    assert_eq!(drain(&mut tasks, &mut now), expected);
    tasks.push(now, SfuCommand::End(who(1)));
    drain(&mut tasks, &mut now);
    assert_eq!(tasks.size(), 0);
}

#[test]
fn a_flood_in_one_room_does_not_delay_another() {
    let start = Instant::now();
    let mut tasks = PendingWork::default();
    let mut now = start;
    // For a minute, eight in one room ask for all that they can think of, and for each that is asked the SFU does one.
    let mut done = 0;
    for round in 1..60_000 {
        now += Duration::from_millis(1);
        let number = (round % 8) as u8;
        tasks.push(now, begin(number, round));
        tasks.push(now, subscription(number, (round % 7) as u8, round % 2 == 0));
        tasks.push(now, answer(number, round, "x"));
        done += usize::from(matches!(tasks.pop(now), Some(SfuCommand::Begin { .. })));
        if round % 1_000 == 500 {
            let honest = 8 + (round / 1_000) as u8;
            tasks.push(now, begin(honest, 1));
            let next = [tasks.pop(now), tasks.pop(now)];
            assert!(next.contains(&Some(begin(honest, 1))), "{next:?}");
        }
    }
    assert!(
        done < 8 * 70,
        "a second passes between two of one participant: {done}"
    );
}

#[test]
fn each_of_many_rooms_gets_its_turn_although_all_ask_for_more() {
    let now = Instant::now();
    let mut tasks = PendingWork::default();
    for number in 0..=255 {
        tasks.push(now, begin(number, 1));
    }
    let first: BTreeSet<_> = (0..32)
        .filter_map(|_| tasks.pop(now))
        .map(room_of)
        .collect();
    assert_eq!(first.len(), 32);
}

fn room_of(task: SfuCommand) -> RoomName {
    match task {
        SfuCommand::Begin { room, .. } => room,
        other => panic!("{other:?}"),
    }
}

#[test]
fn beginnings_are_limited_for_all_together() {
    let mut now = Instant::now();
    let start = now;
    let mut tasks = PendingWork::default();
    let mut begun = 0;
    for generation in 1..8 {
        (0..=255).for_each(|number| tasks.push(now, begin(number, generation)));
        begun += drain(&mut tasks, &mut now).len();
    }
    let seconds = (now - start).as_secs_f64();
    assert_eq!(begun, 7 * 256);
    assert!(begun as f64 <= 200.0 * (1.0 + seconds) + 1.0, "{seconds}");
}

#[test]
fn another_sfu_is_told_what_is_not_wanted() {
    let mut now = Instant::now();
    let mut tasks = PendingWork::default();
    tasks.push(now, begin(1, 1));
    tasks.push(now, subscription(1, 2, false));
    tasks.push(now, subscription(1, 3, false));
    tasks.push(now, subscription(1, 3, true));
    tasks.push(now, begin(2, 1));
    drain(&mut tasks, &mut now);
    tasks.push(now, answer(2, 1, "late"));
    tasks.handle_restart();
    assert_eq!(drain(&mut tasks, &mut now), []);
    tasks.push(now, begin(1, 2));
    let expected = [begin(1, 2), subscription(1, 2, false)];
    assert_eq!(drain(&mut tasks, &mut now), expected);
}

/// What the SFU knows after these tasks: of each participant its introduction and whom it does not want, and what was
/// said in the introduction.
#[derive(Debug, Default, PartialEq)]
struct Known {
    introductions: BTreeMap<ParticipantId, u32>,
    unwanted: BTreeMap<ParticipantId, BTreeSet<ParticipantId>>,
    answers: BTreeMap<ParticipantId, (u32, Sdp)>,
    restarts: BTreeSet<ParticipantId>,
}

impl Known {
    fn of(tasks: impl IntoIterator<Item = SfuCommand>) -> Self {
        let mut known = Self::default();
        tasks.into_iter().for_each(|task| known.add(task));
        known.unwanted.retain(|_, unwanted| !unwanted.is_empty());
        known
    }

    fn forget(&mut self, who: ParticipantId) {
        self.answers.remove(&who);
        self.restarts.remove(&who);
        self.introductions.remove(&who);
    }

    fn add(&mut self, task: SfuCommand) {
        let who = task.participant();
        let current = self.introductions.get(&who).copied();
        match task {
            SfuCommand::Begin { generation, .. } => {
                self.forget(who);
                self.introductions.insert(who, generation);
            }
            SfuCommand::Signal {
                generation, signal, ..
            } if current == Some(generation) => match signal {
                Signal::Answer { sdp } => drop(self.answers.insert(who, (generation, sdp))),
                _ => drop(self.restarts.insert(who)),
            },
            SfuCommand::Signal { .. } | SfuCommand::TellAgain(_) => {}
            SfuCommand::SetSubscription { of, camera, .. } => {
                let unwanted = self.unwanted.entry(who).or_default();
                match camera {
                    true => unwanted.remove(&of),
                    false => unwanted.insert(of),
                };
            }
            SfuCommand::End(_) => {
                self.forget(who);
                self.unwanted.remove(&who);
                for unwanted in self.unwanted.values_mut() {
                    unwanted.remove(&who);
                }
            }
        }
    }
}

fn step() -> impl Strategy<Value = (SfuCommand, u8, u8)> {
    let task = (0..6_u8, 0..20_u8, 0..20_u8, 1..4_u32, any::<bool>()).prop_map(
        |(kind, number, other, generation, flag)| match kind {
            0 => begin(number, generation),
            1 => answer(number, generation, if flag { "a" } else { "b" }),
            2 => signal(number, generation, Signal::renegotiate()),
            3 => subscription(number, other, flag),
            4 => SfuCommand::TellAgain(who(number)),
            _ => SfuCommand::End(who(number)),
        },
    );
    // The task, how many are done after it, and how long that takes.
    (task, 0..3_u8, 0..100_u8)
}

proptest! {
    #[test]
    fn nothing_that_matters_is_lost_and_the_order_is_kept(steps in proptest::collection::vec(step(), 0..200)) {
        let mut now = Instant::now();
        let mut tasks = PendingWork::default();
        let (mut pushed, mut popped) = (Vec::new(), Vec::new());
        let mut ended = BTreeSet::new();
        for (task, done, pause) in steps {
            if let SfuCommand::End(who) = task {
                ended.insert(who);
            }
            pushed.push(task.clone());
            tasks.push(now, task);
            for _ in 0..done {
                now += Duration::from_millis(pause.into());
                popped.extend(tasks.pop(now));
            }
            prop_assert!(tasks.size() <= 20);
        }
        let before = pushed.len();
        // Wishes of those who are not there yet wait for them.
        for number in 0..20 {
            pushed.push(begin(number, 9));
            tasks.push(now, begin(number, 9));
        }
        popped.extend(drain(&mut tasks, &mut now));
        prop_assert!(popped.len() <= before + 20);
        let (mut popped, pushed) = (Known::of(popped), Known::of(pushed));
        // That somebody has left whom the SFU does not know, it need not hear; what it has heard of that one is harmless.
        for (who, unwanted) in &mut popped.unwanted {
            let wanted = pushed.unwanted.get(who).cloned().unwrap_or_default();
            prop_assert!(wanted.is_subset(unwanted));
            unwanted.retain(|of| wanted.contains(of) || !ended.contains(of));
        }
        popped.unwanted.retain(|_, unwanted| !unwanted.is_empty());
        prop_assert_eq!(popped, pushed);
    }
}
