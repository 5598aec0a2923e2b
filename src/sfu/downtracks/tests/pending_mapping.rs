//! What the other side believes to be in a downtrack.

use proptest::prelude::*;

use super::{super::*, offer, track};

/// A session in which this one's camera is carried, as the other side was told.
fn telling(track: Track) -> Downtracks {
    let mut downtracks = Downtracks::default();
    downtracks.allocate(&[track]);
    offer(&mut downtracks);
    downtracks.handle_answered(|_| SectionState::Yes);
    downtracks.handle_mapping_sent();
    downtracks
}

#[test]
fn a_place_goes_to_another_one_when_an_offer_is_answered_that_was_made_after_it_was_told_free() {
    let [ann, bob, cid] = [1, 2, 3].map(|from| track(from, TrackSource::Camera));
    let mut downtracks = telling(ann);
    // Before it is told.
    assert_eq!(downtracks.allocate(&[bob]).len(), 2);
    assert_eq!(offer(&mut downtracks), 1);
    downtracks.handle_offer_sent();
    downtracks.handle_mapping_sent();
    downtracks.handle_answered(|_| SectionState::Yes);
    assert_eq!(
        downtracks.allocate(&[bob, cid]).first().unwrap().downtrack,
        2
    );
    assert_eq!(offer(&mut downtracks), 1);
    downtracks.handle_offer_sent();
    downtracks.allocate(&[bob]);
    // The message may be lost.
    downtracks.handle_mapping_sent();
    downtracks.handle_answered(|_| SectionState::Yes);
    assert_eq!(
        downtracks.allocate(&[bob, cid]).first().unwrap().downtrack,
        2
    );
    downtracks.handle_mapping_sent();
    downtracks.handle_offer_sent();
    downtracks.handle_answered(|_| SectionState::Yes);
    let dan = track(4, TrackSource::Camera);
    assert_eq!(
        downtracks
            .allocate(&[bob, cid, dan])
            .first()
            .unwrap()
            .downtrack,
        0
    );
    assert_eq!(offer(&mut downtracks), 0);
}

#[test]
fn the_same_participant_has_its_place_back_at_once() {
    let ann = track(1, TrackSource::Camera);
    let mut downtracks = telling(ann);
    downtracks.allocate(&[]);
    downtracks.handle_mapping_sent();
    let again = downtracks.allocate(&[track(1, TrackSource::Screen)]);
    assert_eq!(again.first().unwrap().downtrack, 0);
}

#[test]
fn where_no_place_can_be_added_an_offer_helps_without_one() {
    let all: Vec<_> = (0..PLACES as u8)
        .map(|from| track(from, TrackSource::Camera))
        .collect();
    let mut downtracks = Downtracks::default();
    downtracks.allocate(&all);
    offer(&mut downtracks);
    downtracks.handle_answered(|_| SectionState::Yes);
    downtracks.handle_mapping_sent();
    let mut others = all.clone();
    others[7] = track(PLACES as u8, TrackSource::Camera);
    downtracks.allocate(&others);
    assert!(downtracks.is_short());
    downtracks.handle_mapping_sent();
    downtracks.handle_offer_sent();
    downtracks.handle_answered(|_| SectionState::Yes);
    assert_eq!(downtracks.allocate(&others).first().unwrap().downtrack, 7);
    assert!(!downtracks.is_short());
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
    fn settle(&mut self, downtracks: &mut Downtracks, wanted: &[Track]) {
        downtracks.allocate(wanted);
        let adds = !self.asked && !downtracks.to_offer().is_empty();
        if adds || !self.asked && downtracks.is_short() {
            offer(downtracks);
            downtracks.handle_offer_sent();
            self.asked = true;
            self.say(Message::Offer);
        }
        self.tell(downtracks);
    }

    fn tell(&mut self, downtracks: &mut Downtracks) {
        downtracks.handle_mapping_sent();
        self.say(Message::Carried(downtracks.mappings()));
    }

    fn hear(&mut self, downtracks: &mut Downtracks, wanted: &[Track]) {
        match self.coming.pop_front() {
            Some(Message::Carried(carried)) => self.believes = carried,
            Some(Message::Offer) => {
                self.asked = false;
                downtracks.handle_answered(|_| SectionState::Yes);
                self.settle(downtracks, wanted);
            }
            None => {}
        }
    }

    /// Whose track it takes what comes in a downtrack for.
    fn label(&self, mid: Mid) -> Option<ParticipantId> {
        let mut downtracks = self.believes.iter();
        downtracks
            .find(|p| *p.mid == *mid)
            .map(|downtrack| downtrack.participant)
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
        let mut downtracks = Downtracks::default();
        let mut viewer = Viewer::default();
        let mut wanted = Vec::new();
        for turn in turns {
            match turn {
                Turn::Want(tracks) => {
                    wanted = tracks.into_iter().map(|(from, source)| track(from, TrackSource::ALL[source])).collect();
                    viewer.settle(&mut downtracks, &wanted);
                }
                Turn::Hear(many) if !viewer.away => {
                    for _ in 0..many {
                        viewer.hear(&mut downtracks, &wanted);
                    }
                }
                Turn::Hear(_) => {}
                Turn::Cut => {
                    viewer.away = true;
                    viewer.coming.retain(|message| matches!(message, Message::Offer));
                }
                Turn::ComeBack => {
                    viewer.away = false;
                    viewer.tell(&mut downtracks);
                }
            }
            for downtrack in &downtracks.downtracks {
                if let (Some(track), Some(mid)) = (downtrack.carried(), downtrack.mid()) {
                    prop_assert!(viewer.label(mid).is_none_or(|who| who == track.from));
                }
            }
        }
        // In the end it sees all that it is to see.
        viewer.away = false;
        viewer.tell(&mut downtracks);
        while !viewer.coming.is_empty() {
            viewer.hear(&mut downtracks, &wanted);
        }
        prop_assert_eq!(viewer.believes.len(), wanted.len());
    }
}
