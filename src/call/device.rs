//! Which of several cameras or microphones to use when one was plugged in or out: pure, from what is listed.

/// What is known of the devices of one kind (W3C Media Capture section 9, `enumerateDevices`), by their ids.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// What is there now; the system's default comes first.
    pub listed: &'a [&'a str],
    /// What was there the last time.
    pub before: &'a [&'a str],
    /// What the person has chosen, today or long ago.
    pub chosen: Option<&'a str>,
    /// What is in use.
    pub source: Source<'a>,
}

/// What is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    /// Nothing, though something is wanted.
    Nothing,
    /// This one.
    Live(&'a str),
    /// This one, which has ended by itself: unplugged, or taken away.
    Ended(&'a str),
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// All is well, or nothing helps.
    Stay,
    /// To use this one in the place of one that is gone.
    Replace(&'a str),
    /// To use the same one again, which is still there: a phone had taken it away, or it is the default, and that is
    /// another one now.
    Revive(&'a str),
    /// To use this one: the chosen one is here again, or the first one at all.
    Take(&'a str),
    /// It is gone, and there is no other.
    Lose,
}

impl<'a> Sight<'a> {
    /// Decides. A device that was chosen is taken when it comes, and not tried again and again while it is there: it
    /// may be that another program has it.
    pub fn decide(&self) -> Step<'a> {
        let was = |id| self.before.contains(&id);
        let chosen = self.chosen.and_then(|chosen| self.find(chosen));
        match self.source {
            Source::Nothing => match chosen.or(self.listed.first().copied()) {
                Some(id) => Step::Take(id),
                None => Step::Stay,
            },
            Source::Ended(id) => self.find(id).map_or_else(|| self.replace(), Step::Revive),
            // An id that was never listed says nothing by not being listed.
            Source::Live(id) if was(id) && self.find(id).is_none() => self.replace(),
            // The first list there is tells nothing of what has come.
            Source::Live(_) if self.before.is_empty() => Step::Stay,
            Source::Live(id) => match chosen.filter(|chosen| *chosen != id && !was(chosen)) {
                Some(chosen) => Step::Take(chosen),
                None => Step::Stay,
            },
        }
    }

    fn replace(&self) -> Step<'a> {
        let chosen = self.chosen.and_then(|chosen| self.find(chosen));
        let first = self.listed.first().copied();
        chosen.or(first).map_or(Step::Lose, Step::Replace)
    }

    fn find(&self, id: &str) -> Option<&'a str> {
        self.listed.iter().copied().find(|listed| *listed == id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sight<'a>(listed: &'a [&'a str], before: &'a [&'a str], source: Source<'a>) -> Sight<'a> {
        let chosen = Some("desk");
        Sight {
            listed,
            before,
            chosen,
            source,
        }
    }

    #[test]
    fn the_default_takes_over_and_the_chosen_one_comes_back() {
        let (all, few): (&[&str], &[&str]) = (&["default", "desk"], &["default"]);
        for source in [Source::Live("desk"), Source::Ended("desk")] {
            let step = sight(few, all, source).decide();
            assert_eq!(step, Step::Replace("default"));
        }
        // Ended, and still there: something else has taken it for a while.
        let taken = sight(all, all, Source::Ended("desk"));
        assert_eq!(taken.decide(), Step::Revive("desk"));
        let still = sight(few, few, Source::Live("default"));
        assert_eq!(still.decide(), Step::Stay);
        let back = sight(all, few, Source::Live("default"));
        assert_eq!(back.decide(), Step::Take("desk"));
    }

    #[test]
    fn a_chosen_one_that_could_not_be_had_is_not_tried_again_and_again() {
        let all = &["default", "desk"];
        let with_another = &["default", "desk", "else"];
        let sight = sight(with_another, all, Source::Live("default"));
        assert_eq!(sight.decide(), Step::Stay);
    }

    #[test]
    fn the_last_one_is_lost_and_the_next_one_taken() {
        assert_eq!(
            sight(&[], &["desk"], Source::Ended("desk")).decide(),
            Step::Lose
        );
        assert_eq!(sight(&[], &[], Source::Nothing).decide(), Step::Stay);
        let next = sight(&["else"], &[], Source::Nothing);
        assert_eq!(next.decide(), Step::Take("else"));
        let chosen = sight(&["else", "desk"], &[], Source::Nothing);
        assert_eq!(chosen.decide(), Step::Take("desk"));
        // The default is another one now.
        let default = sight(&["default", "else"], &["default"], Source::Ended("default"));
        assert_eq!(default.decide(), Step::Revive("default"));
    }

    fn ids() -> impl Strategy<Value = Vec<&'static str>> {
        prop::sample::subsequence(vec!["default", "desk", "else", "more"], 0..=4)
    }

    fn id() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["default", "desk", "else", "more", "unheard"])
    }

    proptest! {
        #[test]
        fn only_what_is_there_is_taken_and_what_works_stays(
            listed in ids(), before in ids(), chosen in prop::option::of(id()), used in id(), state in 0..3_usize,
        ) {
            let source = [Source::Nothing, Source::Live(used), Source::Ended(used)][state];
            let sight = Sight { listed: &listed, before: &before, chosen, source };
            let step = sight.decide();
            if let Step::Take(id) | Step::Replace(id) | Step::Revive(id) = step {
                prop_assert!(listed.contains(&id));
            }
            // What was decided holds when nothing else happens.
            if let Step::Take(id) = step {
                let after = Sight { before: &listed, source: Source::Live(id), ..sight };
                prop_assert_eq!(after.decide(), Step::Stay);
            }
            if matches!(source, Source::Live(_)) && listed.contains(&used) {
                let stays = step == Step::Stay || step == Step::Take(chosen.unwrap_or_default());
                prop_assert!(stays);
            }
            if step == Step::Lose {
                prop_assert!(listed.is_empty());
            }
            if matches!(source, Source::Nothing | Source::Ended(_)) && !listed.is_empty() {
                prop_assert!(!matches!(step, Step::Stay | Step::Lose));
            }
        }
    }
}
