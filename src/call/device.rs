//! Which of several cameras or microphones to use when one was plugged in or out: pure, from what is listed.

/// What is known of the devices of one kind (W3C Media Capture section 9, `enumerateDevices`), by their ids.
#[derive(Debug, Clone, Copy)]
pub struct DeviceSnapshot<'a> {
    /// What is there now; the system's default comes first.
    pub listed: &'a [&'a str],
    /// What was there the last time.
    pub before: &'a [&'a str],
    /// What the person has chosen, today or long ago.
    pub chosen: Option<&'a str>,
    /// What is in use.
    pub source: CaptureSource<'a>,
}

/// What is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureSource<'a> {
    /// Nothing, though something is wanted.
    Nothing,
    /// This one.
    Live(&'a str),
    /// This one, which has ended by itself: unplugged, or taken away.
    Ended(&'a str),
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceDecision<'a> {
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

impl<'a> DeviceSnapshot<'a> {
    /// Decides. A device that was chosen is taken when it comes, and not tried again and again while it is there: it
    /// may be that another program has it.
    pub fn decide(&self) -> DeviceDecision<'a> {
        let was = |id| self.before.contains(&id);
        let chosen = self.chosen.and_then(|chosen| self.find(chosen));
        match self.source {
            CaptureSource::Nothing => match chosen.or(self.listed.first().copied()) {
                Some(id) => DeviceDecision::Take(id),
                None => DeviceDecision::Stay,
            },
            CaptureSource::Ended(id) => self
                .find(id)
                .map_or_else(|| self.replace(), DeviceDecision::Revive),
            // An id that was never listed says nothing by not being listed.
            CaptureSource::Live(id) if was(id) && self.find(id).is_none() => self.replace(),
            // The first list there is tells nothing of what has come.
            CaptureSource::Live(_) if self.before.is_empty() => DeviceDecision::Stay,
            CaptureSource::Live(id) => {
                match chosen.filter(|chosen| *chosen != id && !was(chosen)) {
                    Some(chosen) => DeviceDecision::Take(chosen),
                    None => DeviceDecision::Stay,
                }
            }
        }
    }

    fn replace(&self) -> DeviceDecision<'a> {
        let chosen = self.chosen.and_then(|chosen| self.find(chosen));
        let first = self.listed.first().copied();
        chosen
            .or(first)
            .map_or(DeviceDecision::Lose, DeviceDecision::Replace)
    }

    fn find(&self, id: &str) -> Option<&'a str> {
        self.listed.iter().copied().find(|listed| *listed == id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sight<'a>(
        listed: &'a [&'a str],
        before: &'a [&'a str],
        source: CaptureSource<'a>,
    ) -> DeviceSnapshot<'a> {
        let chosen = Some("desk");
        DeviceSnapshot {
            listed,
            before,
            chosen,
            source,
        }
    }

    #[test]
    fn the_default_takes_over_and_the_chosen_one_comes_back() {
        let (all, few): (&[&str], &[&str]) = (&["default", "desk"], &["default"]);
        for source in [CaptureSource::Live("desk"), CaptureSource::Ended("desk")] {
            let step = sight(few, all, source).decide();
            assert_eq!(step, DeviceDecision::Replace("default"));
        }
        // Ended, and still there: something else has taken it for a while.
        let taken = sight(all, all, CaptureSource::Ended("desk"));
        assert_eq!(taken.decide(), DeviceDecision::Revive("desk"));
        let still = sight(few, few, CaptureSource::Live("default"));
        assert_eq!(still.decide(), DeviceDecision::Stay);
        let back = sight(all, few, CaptureSource::Live("default"));
        assert_eq!(back.decide(), DeviceDecision::Take("desk"));
    }

    #[test]
    fn a_chosen_one_that_could_not_be_had_is_not_tried_again_and_again() {
        let all = &["default", "desk"];
        let with_another = &["default", "desk", "else"];
        let sight = sight(with_another, all, CaptureSource::Live("default"));
        assert_eq!(sight.decide(), DeviceDecision::Stay);
    }

    #[test]
    fn the_last_one_is_lost_and_the_next_one_taken() {
        assert_eq!(
            sight(&[], &["desk"], CaptureSource::Ended("desk")).decide(),
            DeviceDecision::Lose
        );
        assert_eq!(
            sight(&[], &[], CaptureSource::Nothing).decide(),
            DeviceDecision::Stay
        );
        let next = sight(&["else"], &[], CaptureSource::Nothing);
        assert_eq!(next.decide(), DeviceDecision::Take("else"));
        let chosen = sight(&["else", "desk"], &[], CaptureSource::Nothing);
        assert_eq!(chosen.decide(), DeviceDecision::Take("desk"));
        // The default is another one now.
        let default = sight(
            &["default", "else"],
            &["default"],
            CaptureSource::Ended("default"),
        );
        assert_eq!(default.decide(), DeviceDecision::Revive("default"));
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
            let source = [CaptureSource::Nothing, CaptureSource::Live(used), CaptureSource::Ended(used)][state];
            let sight = DeviceSnapshot { listed: &listed, before: &before, chosen, source };
            let step = sight.decide();
            if let DeviceDecision::Take(id) | DeviceDecision::Replace(id) | DeviceDecision::Revive(id) = step {
                prop_assert!(listed.contains(&id));
            }
            // What was decided holds when nothing else happens.
            if let DeviceDecision::Take(id) = step {
                let after = DeviceSnapshot { before: &listed, source: CaptureSource::Live(id), ..sight };
                prop_assert_eq!(after.decide(), DeviceDecision::Stay);
            }
            if matches!(source, CaptureSource::Live(_)) && listed.contains(&used) {
                let stays = step == DeviceDecision::Stay || step == DeviceDecision::Take(chosen.unwrap_or_default());
                prop_assert!(stays);
            }
            if step == DeviceDecision::Lose {
                prop_assert!(listed.is_empty());
            }
            if matches!(source, CaptureSource::Nothing | CaptureSource::Ended(_)) && !listed.is_empty() {
                prop_assert!(!matches!(step, DeviceDecision::Stay | DeviceDecision::Lose));
            }
        }
    }
}
