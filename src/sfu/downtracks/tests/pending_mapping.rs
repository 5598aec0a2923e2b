//! What the other side believes to be in a place.

use proptest::prelude::*;

use super::{super::*, offer, track};

/// A session in which this one's camera is carried, as the other side was told.
fn telling(track: Track) -> Downtracks {
    let mut places = Downtracks::default();
    places.allocate(&[track]);
    offer(&mut places);
    places.handle_answered(|_| SectionState::Yes);
    places.handle_mapping_sent();
    places
}

#[test]
fn a_place_goes_to_another_one_when_an_offer_is_answered_that_was_made_after_it_was_told_free() {
    let [ann, bob, cid] = [1, 2, 3].map(|from| track(from, TrackSource::Camera));
    let mut places = telling(ann);
    // Before it is told.
    assert_eq!(places.allocate(&[bob]).len(), 2);
    assert_eq!(offer(&mut places), 1);
    places.handle_offer_sent();
    places.handle_mapping_sent();
    places.handle_answered(|_| SectionState::Yes);
    assert_eq!(places.allocate(&[bob, cid]).first().unwrap().place, 2);
    assert_eq!(offer(&mut places), 1);
    places.handle_offer_sent();
    places.allocate(&[bob]);
    // The message may be lost.
    places.handle_mapping_sent();
    places.handle_answered(|_| SectionState::Yes);
    assert_eq!(places.allocate(&[bob, cid]).first().unwrap().place, 2);
    places.handle_mapping_sent();
    places.handle_offer_sent();
    places.handle_answered(|_| SectionState::Yes);
    let dan = track(4, TrackSource::Camera);
    assert_eq!(places.allocate(&[bob, cid, dan]).first().unwrap().place, 0);
    assert_eq!(offer(&mut places), 0);
}

#[test]
fn the_same_participant_has_its_place_back_at_once() {
    let ann = track(1, TrackSource::Camera);
    let mut places = telling(ann);
    places.allocate(&[]);
    places.handle_mapping_sent();
    let again = places.allocate(&[track(1, TrackSource::Screen)]);
    assert_eq!(again.first().unwrap().place, 0);
}

#[test]
fn where_no_place_can_be_added_an_offer_helps_without_one() {
    let all: Vec<_> = (0..PLACES as u8)
        .map(|from| track(from, TrackSource::Camera))
        .collect();
    let mut places = Downtracks::default();
    places.allocate(&all);
    offer(&mut places);
    places.handle_answered(|_| SectionState::Yes);
    places.handle_mapping_sent();
    let mut others = all.clone();
    others[7] = track(PLACES as u8, TrackSource::Camera);
    places.allocate(&others);
    assert!(places.is_short());
    places.handle_mapping_sent();
    places.handle_offer_sent();
    places.handle_answered(|_| SectionState::Yes);
    assert_eq!(places.allocate(&others).first().unwrap().place, 7);
    assert!(!places.is_short());
}

/// The other side and the signaling to it, which keeps offers while the socket is away, and loses the rest.
#[derive(Debug, Default)]
struct Viewer {
    away: bool,
    coming: std::collections::VecDeque<Message>,
    believes: Vec<protocol::TrackMapping>,
    /// Whether an offer is not answered.
    asked: bool,
}

#[derive(Debug)]
enum Message {
    Carried(Vec<protocol::TrackMapping>),
    Offer,
}

#[derive(Debug, Clone)]
enum Turn {
    Want(std::collections::BTreeSet<(u8, usize)>),
    /// So many messages arrive.
    Hear(usize),
    Cut,
    ComeBack,
}

impl Viewer {
    fn say(&mut self, message: Message) {
        if !self.away || matches!(message, Message::Offer) {
            self.coming.push_back(message);
        }
    }

    /// As the SFU does: an offer, then what is carried.
    fn settle(&mut self, places: &mut Downtracks, wanted: &[Track]) {
        places.allocate(wanted);
        let adds = !self.asked && !places.to_offer().is_empty();
        if adds || !self.asked && places.is_short() {
            offer(places);
            places.handle_offer_sent();
            self.asked = true;
            self.say(Message::Offer);
        }
        self.tell(places);
    }

    fn tell(&mut self, places: &mut Downtracks) {
        places.handle_mapping_sent();
        self.say(Message::Carried(places.mappings()));
    }

    fn hear(&mut self, places: &mut Downtracks, wanted: &[Track]) {
        match self.coming.pop_front() {
            Some(Message::Carried(carried)) => self.believes = carried,
            Some(Message::Offer) => {
                self.asked = false;
                places.handle_answered(|_| SectionState::Yes);
                self.settle(places, wanted);
            }
            None => {}
        }
    }

    /// Whose track it takes what comes in a place for.
    fn label(&self, mid: Mid) -> Option<ParticipantId> {
        let mut places = self.believes.iter();
        places
            .find(|p| *p.mid == *mid)
            .map(|place| place.participant)
    }
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let wanted = proptest::collection::btree_set((0..6_u8, 0..4_usize), 0..8);
    let turn = prop_oneof![
        3 => wanted.prop_map(Turn::Want),
        3 => (0..5_usize).prop_map(Turn::Hear),
        1 => Just(Turn::Cut),
        1 => Just(Turn::ComeBack),
    ];
    proptest::collection::vec(turn, 1..60)
}

proptest! {
    #[test]
    fn nobody_is_taken_for_somebody_else(turns in turns()) {
        let mut places = Downtracks::default();
        let mut viewer = Viewer::default();
        let mut wanted = Vec::new();
        for turn in turns {
            match turn {
                Turn::Want(tracks) => {
                    wanted = tracks.into_iter().map(|(from, slot)| track(from, TrackSource::ALL[slot])).collect();
                    viewer.settle(&mut places, &wanted);
                }
                Turn::Hear(many) if !viewer.away => {
                    for _ in 0..many {
                        viewer.hear(&mut places, &wanted);
                    }
                }
                Turn::Hear(_) => {}
                Turn::Cut => {
                    viewer.away = true;
                    viewer.coming.retain(|message| matches!(message, Message::Offer));
                }
                Turn::ComeBack => {
                    viewer.away = false;
                    viewer.tell(&mut places);
                }
            }
            for place in &places.places {
                if let (Some(track), Some(mid)) = (place.carried(), place.mid()) {
                    prop_assert!(viewer.label(mid).is_none_or(|who| who == track.from));
                }
            }
        }
        // In the end it sees all that it is to see.
        viewer.away = false;
        viewer.tell(&mut places);
        while !viewer.coming.is_empty() {
            viewer.hear(&mut places, &wanted);
        }
        prop_assert_eq!(viewer.believes.len(), wanted.len());
    }
}
