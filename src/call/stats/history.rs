//! The samples of the last two minutes.

use std::{collections::VecDeque, time::Duration};

use super::sample::Sample;

/// How far back it goes.
pub const SPAN: Duration = Duration::from_secs(120);
/// Samples at most, however often it is measured.
const MOST: usize = 120;

/// Samples in the order of their time, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct History(VecDeque<Sample>);

impl History {
    /// Adds a sample, and drops those that are older than the span.
    pub fn push(&mut self, sample: Sample) {
        let begin = sample.at.saturating_sub(SPAN);
        let stays = |old: &Sample| (begin..=sample.at).contains(&old.at);
        self.0.retain(stays);
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(sample);
    }

    /// The newest one.
    pub fn last(&self) -> Option<&Sample> {
        self.0.back()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Sample> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_short_and_sorted(steps in prop::collection::vec(0..10_000u64, 0..300)) {
            let mut history = History::default();
            let mut at = Duration::ZERO;
            for step in steps {
                at += Duration::from_millis(step);
                history.push(Sample { at, ..Sample::default() });
                let times: Vec<Duration> = history.iter().map(|sample| sample.at).collect();
                prop_assert!(times.is_sorted());
                prop_assert!(times.len() <= MOST);
                prop_assert!(times.iter().all(|time| at - *time <= SPAN));
                prop_assert_eq!(times.last(), Some(&at));
            }
        }
    }

    #[test]
    fn a_clock_that_went_back_leaves_no_future() {
        let mut history = History::default();
        for second in [5, 7, 1] {
            let at = Duration::from_secs(second);
            history.push(Sample {
                at,
                ..Sample::default()
            });
        }
        assert_eq!(history.iter().count(), 1);
    }
}
