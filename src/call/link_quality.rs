//! How good a connection is, for people: pure, from what is measured every two seconds or so.
//!
//! It falls at once, since what is heard is bad at once, and rises slowly, so that it does not flicker.

use std::time::Duration;

/// Loss in hundredths from which on each grade below the best holds.
const LOSSES: [f64; 5] = [2.0, 4.0, 6.0, 8.0, 12.0];
/// Round trips from which on people talk over each other, and each costs a grade.
const ROUND_TRIPS: [Duration; 2] = [Duration::from_millis(400), Duration::from_millis(800)];
/// How long it has to be better until it counts one grade better.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a connection did since it was measured last.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measured {
    /// Packets that did not arrive, of a hundred.
    pub loss: f64,
    /// To the other side and back.
    pub round_trip: Option<Duration>,
}

/// What is shown of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Grade {
    /// One bar: words are lost.
    One,
    /// Two: it can be heard that it is not good.
    Two,
    /// All three; nothing needs to be shown.
    #[default]
    Three,
}

/// How good a connection is over time.
#[derive(Debug, Clone, Copy)]
pub struct LinkQuality {
    grade: usize,
    /// Since when it is measured to be better.
    better_since: Option<Duration>,
}

impl Default for LinkQuality {
    fn default() -> Self {
        Self {
            grade: LOSSES.len(),
            better_since: None,
        }
    }
}

impl LinkQuality {
    /// Takes what was measured at `now`.
    pub fn measure(&mut self, now: Duration, measured: Measured) -> Grade {
        let grade = grade(measured);
        if grade <= self.grade {
            self.better_since = None;
            self.grade = grade;
        } else if now - *self.better_since.get_or_insert(now) >= PATIENCE {
            self.grade += 1;
            self.better_since = Some(now);
        }
        self.bars()
    }

    /// What to show.
    pub fn bars(&self) -> Grade {
        match self.grade {
            0 | 1 => Grade::One,
            2 | 3 => Grade::Two,
            _ => Grade::Three,
        }
    }
}

fn grade(measured: Measured) -> usize {
    let lost = LOSSES.iter().filter(|loss| measured.loss >= **loss).count();
    let late = measured.round_trip.map_or(0, |round_trip| {
        ROUND_TRIPS
            .iter()
            .filter(|slow| round_trip >= **slow)
            .count()
    });
    LOSSES.len().saturating_sub(lost + late)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lossy(loss: f64) -> Measured {
        Measured {
            loss,
            round_trip: None,
        }
    }

    #[test]
    fn loss_lowers_it_at_once() {
        for (loss, bars) in [
            (0.0, Grade::Three),
            (3.9, Grade::Three),
            (4.0, Grade::Two),
            (7.9, Grade::Two),
            (8.0, Grade::One),
            (40.0, Grade::One),
        ] {
            let mut reception = LinkQuality::default();
            assert_eq!(
                reception.measure(Duration::ZERO, lossy(loss)),
                bars,
                "{loss}"
            );
        }
    }

    #[test]
    fn a_slow_way_lowers_it_too() {
        let mut reception = LinkQuality::default();
        let slow = Measured {
            loss: 2.0,
            round_trip: Some(Duration::from_millis(900)),
        };
        assert_eq!(reception.measure(Duration::ZERO, slow), Grade::Two);
    }

    #[test]
    fn it_rises_slowly() {
        let mut reception = LinkQuality::default();
        reception.measure(Duration::ZERO, lossy(50.0));
        let at = |reception: &mut LinkQuality, seconds| {
            reception.measure(Duration::from_secs(seconds), lossy(0.0))
        };
        let shown: Vec<Grade> = (1..40)
            .step_by(2)
            .map(|second| at(&mut reception, second))
            .collect();
        assert!(shown.is_sorted());
        let whole = shown.iter().position(|bars| *bars == Grade::Three).unwrap();
        assert!((10..15).contains(&whole), "{whole}");
    }

    proptest! {
        #[test]
        fn it_never_jumps_up(losses in prop::collection::vec(0.0..20.0f64, 1..100)) {
            let mut reception = LinkQuality::default();
            for (second, loss) in (0..).step_by(2).zip(losses) {
                let before = reception.grade;
                reception.measure(Duration::from_secs(second), lossy(loss));
                prop_assert!(reception.grade <= before + 1);
                prop_assert!(reception.grade <= grade(lossy(loss)).max(before));
            }
        }
    }
}
