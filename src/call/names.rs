//! Telling people of one name apart: whoever bears a name that someone here bears already is numbered, as in "Ada (2)".
//!
//! A number is given when the name is taken and stays for as long as it is borne: nobody becomes plain "Ada" by the going of
//! another, and who takes the host's name later is the second. Names are compared as people see them
//! ([`skeleton`]), numbers included, so that nobody can be called what another one is shown as.

use crate::protocol::{ParticipantId, skeleton};

/// Most names that are remembered of those who bear them no more: as many as lines of a chat.
const EARLIER: usize = super::CHAT_LINES;

/// The names of those in a room, and of those who have written there.
#[derive(Debug, Default)]
pub struct Names {
    here: Vec<NameOwner>,
    /// Borne no more: by who has left, and by who is called something else now. The oldest first.
    earlier: Vec<NameOwner>,
    /// Counts the changes of who is called what.
    changes: u32,
}

/// A name and who bears it.
#[derive(Debug, Clone)]
struct NameOwner {
    id: ParticipantId,
    name: String,
    /// What the name looks like.
    looks: String,
    /// What it looks like as it is shown, with its number.
    shown: String,
    /// From 1, which is not shown.
    number: u32,
}

impl Names {
    /// Someone here is called this from now on, or still. What the page calls other things by, as the own person, is
    /// `reserved`. Returns the number.
    pub fn take(&mut self, id: ParticipantId, name: &str, reserved: &[String]) -> u32 {
        let known = self.here.iter_mut().find(|borne| borne.id == id);
        if let Some(borne) = known.as_ref().filter(|borne| borne.name == name) {
            return borne.number;
        }
        let looks = skeleton(name);
        if let Some(borne) = known {
            if borne.looks == looks {
                borne.name = name.to_owned();
                return borne.number;
            }
            self.leave(id);
        }
        let reserved: Vec<String> = reserved.iter().map(|text| skeleton(text)).collect();
        let alike = self.here.iter().filter(|borne| borne.looks == looks);
        let first = alike.map(|borne| borne.number).max().unwrap_or(0) + 1;
        let is_free = |borne: &NameOwner| {
            let mut here = self.here.iter();
            !reserved.contains(&borne.shown) && !here.any(|other| other.shown == borne.shown)
        };
        let mut all = (first..).map(|number| NameOwner::new(id, name, looks.clone(), number));
        // There is one, for there are more numbers than people.
        let Some(borne) = all.find(is_free) else {
            return first;
        };
        let number = borne.number;
        self.here.push(borne);
        self.changes = self.changes.wrapping_add(1);
        number
    }

    /// Someone is gone.
    pub fn leave(&mut self, id: ParticipantId) {
        if let Some(at) = self.here.iter().position(|borne| borne.id == id) {
            let borne = self.here.remove(at);
            self.remember(borne);
            self.changes = self.changes.wrapping_add(1);
        }
    }

    /// Nobody is here any more; what was written stays.
    pub fn clear(&mut self) {
        for borne in std::mem::take(&mut self.here) {
            self.remember(borne);
        }
    }

    /// Counts the changes of who here is called what.
    pub fn changes(&self) -> u32 {
        self.changes
    }

    /// The number of one who wrote under a name, here or gone. Those who were never seen here are numbered in the order
    /// in which they are asked for.
    pub fn of_author(&mut self, id: ParticipantId, name: &str) -> u32 {
        if let Some(borne) = self.find(id, name) {
            return borne.number;
        }
        let looks = skeleton(name);
        let alike = |borne: &&NameOwner| borne.looks == looks;
        let last = self
            .earlier
            .iter()
            .filter(alike)
            .map(|borne| borne.number)
            .max();
        let number = last.unwrap_or(0) + 1;
        self.remember(NameOwner::new(id, name, looks, number));
        number
    }

    /// Whether someone else here bears the name now under which `id` wrote, and `id` does not: then the two are not to be
    /// taken for each other.
    pub fn is_another_here(&self, id: ParticipantId, name: &str) -> bool {
        let Some(of) = self.find(id, name) else {
            return false;
        };
        let bears = |borne: &NameOwner| borne.looks == of.looks || borne.shown == of.shown;
        let mut here = self.here.iter().filter(|borne| bears(borne)).peekable();
        here.peek().is_some() && here.all(|borne| borne.id != id)
    }

    fn find(&self, id: ParticipantId, name: &str) -> Option<&NameOwner> {
        let mut all = self.here.iter().chain(&self.earlier);
        all.find(|borne| borne.id == id && borne.name == name)
    }

    fn remember(&mut self, borne: NameOwner) {
        self.earlier
            .retain(|other| other.id != borne.id || other.name != borne.name);
        if self.earlier.len() >= EARLIER {
            self.earlier.remove(0);
        }
        self.earlier.push(borne);
    }
}

impl NameOwner {
    fn new(id: ParticipantId, name: &str, looks: String, number: u32) -> Self {
        Self {
            id,
            name: name.to_owned(),
            looks,
            shown: skeleton(&label(name, number)),
            number,
        }
    }
}

/// A name as it is shown.
pub fn label(name: &str, number: u32) -> String {
    match number {
        0 | 1 => name.to_owned(),
        number => [name, " (", &number.to_string(), ")"].concat(),
    }
}

/// Names of people of whom nothing else is known, told apart.
pub fn tell_apart(names: &[&str]) -> Vec<String> {
    let mut known: Vec<NameOwner> = Vec::new();
    let nobody = ParticipantId::from_random([0; 20]);
    for name in names {
        let looks = skeleton(name);
        let alike = known.iter().filter(|borne| borne.looks == looks);
        let first = alike.map(|borne| borne.number).max().unwrap_or(0) + 1;
        let mut all = (first..).map(|number| NameOwner::new(nobody, name, looks.clone(), number));
        let is_free = |borne: &NameOwner| !known.iter().any(|other| other.shown == borne.shown);
        known.extend(all.find(is_free));
    }
    let shown = known.iter().map(|borne| label(&borne.name, borne.number));
    shown.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> ParticipantId {
        ParticipantId::from_random([number; 20])
    }

    fn taken(names: &mut Names, number: u8, name: &str) -> String {
        label(name, names.take(id(number), name, &[]))
    }

    #[test]
    fn the_second_of_a_name_is_numbered_and_keeps_its_number() {
        let mut names = Names::default();
        assert_eq!(taken(&mut names, 1, "Ada"), "Ada");
        assert_eq!(taken(&mut names, 2, "Ada"), "Ada (2)");
        assert_eq!(taken(&mut names, 3, "Ben"), "Ben");
        names.leave(id(1));
        assert_eq!(
            taken(&mut names, 2, "Ada"),
            "Ada (2)",
            "who is second never looks like the first"
        );
        assert_eq!(taken(&mut names, 4, "Ada"), "Ada (3)");
        names.leave(id(2));
        names.leave(id(4));
        assert_eq!(taken(&mut names, 5, "Ada"), "Ada");
    }

    #[test]
    fn names_are_compared_as_people_see_them() {
        for (one, other) in [
            ("Ada", "ada"),
            ("Ada Lovelace", "AdaLovelace"),
            ("Ada", "\u{ff21}\u{ff44}\u{ff41}"),
            ("Ada", "\u{410}d\u{430}"),
            ("Alice", "AIice"),
            ("Bob", "B0b"),
            ("Ada", "A\u{200b}da"),
            ("Ada", "A\u{ad}da"),
            ("\u{c5}sa", "A\u{30a}sa"),
        ] {
            let mut names = Names::default();
            names.take(id(1), one, &[]);
            assert_eq!(names.take(id(2), other, &[]), 2, "{one:?} and {other:?}");
        }
        let mut names = Names::default();
        names.take(id(1), "Åsa", &[]);
        assert_eq!(
            names.take(id(2), "Asa", &[]),
            1,
            "a mark that is seen counts"
        );
    }

    #[test]
    fn who_takes_the_name_of_another_later_is_the_second() {
        let mut names = Names::default();
        taken(&mut names, 1, "Eve");
        taken(&mut names, 2, "Ada");
        assert_eq!(taken(&mut names, 1, "Ada"), "Ada (2)");
        assert_eq!(taken(&mut names, 2, "Ada"), "Ada");
        assert_eq!(taken(&mut names, 1, "Eve"), "Eve");
    }

    #[test]
    fn nobody_is_called_what_another_is_shown_as() {
        let mut names = Names::default();
        taken(&mut names, 1, "Ada");
        assert_eq!(taken(&mut names, 2, "Ada (2)"), "Ada (2)");
        assert_eq!(taken(&mut names, 3, "Ada"), "Ada (3)");
        assert_eq!(taken(&mut names, 4, "Ada (3)"), "Ada (3) (2)");
        let reserved = ["Ada (you)".to_owned(), "You".to_owned()];
        assert_eq!(names.take(id(5), "ADA (you)", &reserved), 2);
        assert_eq!(names.take(id(6), "You", &reserved), 2);
    }

    #[test]
    fn lines_of_who_is_gone_are_told_from_those_of_who_is_here() {
        let mut names = Names::default();
        taken(&mut names, 1, "Ada");
        assert_eq!(names.of_author(id(1), "Ada"), 1);
        assert!(!names.is_another_here(id(1), "Ada"));
        names.leave(id(1));
        assert!(!names.is_another_here(id(1), "Ada"));
        taken(&mut names, 2, "ada");
        assert!(names.is_another_here(id(1), "Ada"));
        assert!(!names.is_another_here(id(2), "ada"));
        assert_eq!(names.of_author(id(7), "Ada"), 2, "nor for each other");
        assert_eq!(names.of_author(id(7), "Ada"), 2);
        taken(&mut names, 2, "Ben");
        assert!(!names.is_another_here(id(1), "Ada"));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut names = Names::default();
        for number in 0..3 * EARLIER as u32 {
            names.of_author(id(1), &number.to_string());
        }
        assert_eq!(names.earlier.len(), EARLIER);
    }

    #[test]
    fn names_alone_are_told_apart() {
        assert_eq!(
            tell_apart(&["Ada", "Ben", "ada", "Ada"]),
            ["Ada", "Ben", "ada (2)", "Ada (3)"]
        );
    }

    proptest! {
        #[test]
        fn no_two_are_shown_alike_and_no_number_changes_by_itself(
            steps in prop::collection::vec((0..8_u8, prop::sample::select(vec!["Ada", "ada", "Ada (2)", "Ada (3)", "Ben", ""])), 1..60)
        ) {
            let mut names = Names::default();
            let mut shown = std::collections::BTreeMap::new();
            for (who, name) in steps {
                match name {
                    "" => {
                        names.leave(id(who));
                        shown.remove(&who);
                    }
                    name => {
                        let label = label(name, names.take(id(who), name, &[]));
                        shown.insert(who, (name, label));
                    }
                }
                let looks: std::collections::BTreeSet<_> = shown.values().map(|(_, label)| skeleton(label)).collect();
                prop_assert_eq!(looks.len(), shown.len(), "{:?}", &shown);
                for (who, (name, before)) in &shown {
                    prop_assert_eq!(&label(name, names.take(id(*who), name, &[])), before);
                }
            }
        }
    }
}
