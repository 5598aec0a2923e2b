//! Raised hands.

use leptos::prelude::*;

use super::People;
use crate::{protocol::ParticipantId, sorted_map::SortedMap};

impl People {
    /// Raises or lowers the own hand.
    pub fn toggle_hand(&self) {
        let raised = self.hand.get_untracked().is_some();
        let last = self.list.with_untracked(|people| {
            let hands = people
                .iter()
                .filter_map(|person| person.state.read_untracked().hand);
            hands.max().unwrap_or_default()
        });
        self.hand.set((!raised).then_some(last));
    }

    /// Whose hands are raised, the first first; `None` is the person itself.
    pub fn hands(&self) -> Vec<Option<ParticipantId>> {
        let people = self.list.read();
        // Of a number and its successor's own, the other's comes first.
        let mut hands = SortedMap::new();
        for person in people.iter() {
            if let Some(number) = person.state.read().hand {
                hands.insert((number, false), Some(person.id));
            }
        }
        if let Some(last) = self.hand.get() {
            hands.insert((last, true), None);
        }
        hands.iter().map(|(_, who)| *who).collect()
    }

    /// The place of a raised hand among all that are, from 1.
    pub fn hand_place(&self, who: Option<ParticipantId>) -> Option<usize> {
        let place = self.hands().iter().position(|other| *other == who);
        place.map(|place| place + 1)
    }
}
