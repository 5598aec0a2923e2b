//! Whether the person's own link is poor: what is poor to all of the others is poor here.

use std::time::Duration;

use crate::call::Grade;

/// How long it has to be poor until it is said.
const SURE: Duration = Duration::from_secs(3);
/// How long it has to be good until it is said again.
const RECOVERED: Duration = Duration::from_secs(30);

/// The own link over time.
#[derive(Debug, Clone, Default)]
pub struct OwnLink {
    poor_since: Option<Duration>,
    good_since: Option<Duration>,
    is_said: bool,
}

impl OwnLink {
    /// How good the own link is where the connections are like that.
    pub fn bars(each: impl Iterator<Item = Grade>) -> Grade {
        each.max().unwrap_or_default()
    }

    /// Takes how good it is at `now`; `true` when it is to be said that it is poor.
    pub fn measure(&mut self, now: Duration, bars: Grade) -> bool {
        keep(&mut self.poor_since, now, bars == Grade::One);
        keep(&mut self.good_since, now, bars == Grade::Three);
        let lasts = |since: Option<Duration>, long| since.is_some_and(|since| now - since >= long);
        if lasts(self.good_since, RECOVERED) {
            self.is_said = false;
        }
        lasts(self.poor_since, SURE) && !std::mem::replace(&mut self.is_said, true)
    }
}

/// Keeps since when something holds.
fn keep(since: &mut Option<Duration>, now: Duration, holds: bool) {
    *since = holds.then(|| since.unwrap_or(now).min(now));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(course: &[(Grade, u64)]) -> usize {
        let mut link = OwnLink::default();
        let mut now = Duration::ZERO;
        let mut said = 0;
        for (bars, seconds) in course {
            for _ in 0..seconds / 2 {
                said += usize::from(link.measure(now, *bars));
                now += Duration::from_secs(2);
            }
        }
        said
    }

    #[test]
    fn it_is_said_once_and_again_only_after_a_good_while() {
        use Grade::{One, Three, Two};
        for (course, times) in [
            (vec![(Three, 60)], 0),
            (vec![(Two, 60)], 0),
            (vec![(One, 2), (Three, 60)], 0),
            (vec![(One, 60)], 1),
            (
                vec![(One, 10), (Three, 10), (One, 10), (Two, 60), (One, 10)],
                1,
            ),
            (vec![(One, 10), (Three, 40), (One, 10)], 2),
        ] {
            assert_eq!(said(&course), times, "{course:?}");
        }
    }

    #[test]
    fn the_best_connection_tells() {
        use Grade::{One, Three, Two};
        for (each, own) in [
            (vec![], Three),
            (vec![One], One),
            (vec![One, Two], Two),
            (vec![One, Three], Three),
        ] {
            assert_eq!(OwnLink::bars(each.into_iter()), own);
        }
    }
}
