//! How much is sent: of what the SFU can send, every room has its share.
//!
//! A packet costs as much as there are receivers, so what a room makes the SFU send grows with the square of who is in it.
//! A room has a budget of packets that are sent, whoever sends them; and when all rooms together want more than the SFU
//! sends, each gets up to the same level, the highest at which everything still fits (max-min fairness). What a room wants
//! below that level it gets, whatever others do. Above it, pictures are dropped first, and sounds only when they alone are
//! too much.
//!
//! An honest room of 8 in which all show 4.5 Mbit/s of camera (470 packets of 1,200 bytes a second) and speak in packets of
//! 10 ms, and one shows a screen of 5 Mbit/s with sound (620), makes the SFU send 7 * (8 * (470 + 100) + 620) = 36,260
//! packets a second. A datagram is at most 1,500 bytes, so that bits are bounded with the packets.
//!
//! One core forwards 114,000 to 118,000 packets of 1,200 bytes a second to 30 receivers or among eight, and 77,000 at low
//! rates, where fewer leave together (release build, 2.9 to 24.5 thousand packets a second, by the CPU time of the SFU's
//! thread). So a room may take a third of a core, and all rooms together a little less than one: what a core cannot do
//! would be lost in the socket, sounds as well as pictures, and of those first who want least.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::budget::Budget;
use crate::protocol::{MediaKind, Rate, RoomName};

/// Packets that are sent for one room each second: at most 480 Mbit/s.
const ROOM_PACKETS: u32 = 40_000;
/// Packets that are sent for all rooms each second: at most 1.2 Gbit/s. One thread enciphers and sends them.
const TOTAL_PACKETS: u32 = 100_000;
/// What may be sent at once: one of so many parts of what is sent each second.
const BURST: u32 = 5;
/// How long rooms are counted until shares are divided anew.
const ROUND: Duration = Duration::from_millis(100);
/// Packets that are sent in a round.
const ROUND_PACKETS: u32 = TOTAL_PACKETS / 10;
/// The part of a budget or share that is kept for sounds at least: one of so many.
const SOUNDS: u32 = 4;

/// What the rooms have sent and may send.
#[derive(Debug)]
pub(super) struct Shares {
    rooms: BTreeMap<RoomName, Share>,
    sfu: Budget,
    /// When this round began.
    since: Option<Instant>,
    /// How many rooms have wanted something in it.
    active: u32,
    /// Most packets for one room in this round; none when all get what they want.
    level: Option<u32>,
}

#[derive(Debug)]
struct Share {
    budget: Budget,
    /// How much it has wanted in this round, and how much of that was sent.
    wanted: u32,
    sent: u32,
    /// How much of what it has wanted were sounds, and how much in the round before.
    sounds: u32,
    sounds_before: u32,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            rooms: BTreeMap::new(),
            active: 0,
            sfu: Budget::new(Rate::per_second(TOTAL_PACKETS, TOTAL_PACKETS / BURST)),
            since: None,
            level: None,
        }
    }
}

impl Shares {
    /// Whether a packet of a room may be sent to so many.
    pub fn take(&mut self, now: Instant, room: &RoomName, kind: MediaKind, copies: usize) -> bool {
        let copies = u32::try_from(copies).unwrap_or(u32::MAX);
        if self.since.is_none_or(|since| now >= since + ROUND) {
            self.divide();
            self.since = Some(now);
        }
        if !self.rooms.contains_key(room) {
            self.rooms.insert(room.clone(), Share::new());
        }
        let Some(share) = self.rooms.get_mut(room) else {
            return false;
        };
        self.active += u32::from(share.wanted == 0);
        // What all want is known after a round only. Until then it is divided by their number, if it is too much.
        let level = self
            .level
            .unwrap_or_else(|| match self.sfu.has(now, copies) {
                true => u32::MAX,
                false => ROUND_PACKETS / self.active.max(1),
            });
        let taken = share.take(now, level, kind, copies);
        if taken {
            self.sfu.charge(now, copies);
        }
        taken
    }

    /// A room is over.
    pub fn forget(&mut self, room: &RoomName) {
        self.rooms.remove(room);
    }

    /// Finds the level up to which every room gets what it wants, by what they have wanted in the last round.
    fn divide(&mut self) {
        let mut wanted: Vec<_> = self.rooms.values().map(|share| share.wanted).collect();
        wanted.sort_unstable();
        let mut left = ROUND_PACKETS;
        let mut rooms = wanted.len() as u32;
        self.level = None;
        self.active = 0;
        for wanted in wanted {
            let level = left / rooms.max(1);
            if wanted > level {
                self.level = Some(level);
                break;
            }
            left -= wanted;
            rooms -= 1;
        }
        for share in self.rooms.values_mut() {
            share.wanted = 0;
            share.sent = 0;
            share.sounds_before = std::mem::take(&mut share.sounds);
        }
    }
}

impl Share {
    fn new() -> Self {
        Self {
            budget: Budget::new(Rate::per_second(ROOM_PACKETS, ROOM_PACKETS / BURST)),
            wanted: 0,
            sent: 0,
            sounds: 0,
            sounds_before: 0,
        }
    }

    fn take(&mut self, now: Instant, level: u32, kind: MediaKind, copies: u32) -> bool {
        let (budget, level) = match kind {
            MediaKind::Audio => (0, level),
            MediaKind::Video => {
                // What is still to come of them.
                let sounds = self.sounds_before.max(level / SOUNDS);
                let sounds = sounds.saturating_sub(self.sounds);
                (ROOM_PACKETS / BURST / SOUNDS, level.saturating_sub(sounds))
            }
        };
        if !self.budget.has(now, copies.saturating_add(budget)) {
            return false;
        }
        self.wanted = self.wanted.saturating_add(copies);
        if kind == MediaKind::Audio {
            self.sounds = self.sounds.saturating_add(copies);
        }
        let sent = self.sent.saturating_add(copies);
        if sent > level {
            return false;
        }
        self.sent = sent;
        self.budget.charge(now, copies);
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn room(number: usize) -> RoomName {
        RoomName::parse(&format!("room-{number}")).unwrap()
    }

    /// How much of what each of the rooms wants every 5 ms is sent in some seconds, sounds and pictures.
    fn sent(wants: &[(u32, u32)], seconds: u32) -> Vec<(u32, u32)> {
        let mut shares = Shares::default();
        let start = Instant::now();
        let rooms: Vec<_> = (0..wants.len()).map(room).collect();
        let mut sent = vec![(0, 0); wants.len()];
        for tick in 0..seconds * 200 {
            let now = start + tick * Duration::from_millis(5);
            for packet in 0..wants.iter().map(|(a, b)| *a.max(b)).max().unwrap() {
                for (number, (sounds, pictures)) in wants.iter().enumerate() {
                    let mut take = |kind| u32::from(shares.take(now, &rooms[number], kind, 7));
                    if packet < *pictures {
                        sent[number].1 += 7 * take(MediaKind::Video);
                    }
                    if packet < *sounds {
                        sent[number].0 += 7 * take(MediaKind::Audio);
                    }
                }
            }
        }
        sent
    }

    #[test]
    fn an_honest_room_of_eight_gets_all_that_it_wants() {
        // 900 sounds and 4,280 pictures a second.
        let [(sounds, pictures)] = sent(&[(5, 22)], 5)[..] else {
            panic!("one room");
        };
        assert_eq!((sounds, pictures), (7 * 5 * 1_000, 7 * 22 * 1_000));
    }

    #[test]
    fn a_room_at_its_limits_is_cut_down_and_keeps_its_sounds() {
        // 32,000 pictures a second, of eight cameras and screens.
        let [(sounds, pictures)] = sent(&[(8, 160)], 5)[..] else {
            panic!("one room");
        };
        assert_eq!(sounds, 7 * 8 * 1_000);
        let all = sounds + pictures;
        assert!((150_000..=5 * ROOM_PACKETS + 8_000).contains(&all), "{all}");
    }

    #[test]
    fn rooms_below_their_share_lose_nothing_and_those_above_their_pictures_first() {
        let mut wants = vec![(8, 160); 5];
        wants.extend([(4, 5), (2, 0)]);
        let sent = sent(&wants, 3);
        assert_eq!(sent[5], (7 * 4 * 600, 7 * 5 * 600));
        assert_eq!(sent[6], (7 * 2 * 600, 0));
        for (sounds, pictures) in &sent[..5] {
            // Until the first round is over, nobody knows how much they are.
            assert!(*sounds >= 7 * 8 * 590, "{sounds}");
            assert!(*pictures > 3 * 3_000, "{pictures}");
        }
        let all: u32 = sent
            .iter()
            .map(|(sounds, pictures)| sounds + pictures)
            .sum();
        assert!(all <= 3 * TOTAL_PACKETS + TOTAL_PACKETS / 2, "{all}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn a_room_has_its_share_whatever_others_want(wants in proptest::collection::vec((0..10_u32, 0..120_u32), 1..12)) {
            // An equal part of all, and three quarters of that for pictures.
            let share = TOTAL_PACKETS / 200 / (wants.len() as u32 + 1) / 7;
            let own = (1, (share * 3 / 4).saturating_sub(2).clamp(1, 20));
            let all: Vec<_> = wants.into_iter().chain([own]).collect();
            let sent = sent(&all, 1);
            prop_assert_eq!(sent[all.len() - 1], (7 * own.0 * 200, 7 * own.1 * 200));
        }
    }
}
