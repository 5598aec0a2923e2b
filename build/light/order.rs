//! An order of functions in which each follows one that it resembles: compression looks back, and what is like
//! something near takes fewer bytes to say.

use std::{cmp::Reverse, collections::HashMap};

/// Functions resemble each other by the runs of so many bytes that they share.
const RUN: usize = 5;
/// A run that more functions have says nothing of them.
const COMMON: usize = 1_000;

/// The places of the functions, in the order in which they are best written.
pub fn by_resemblance(bodies: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<Vec<u64>> = bodies.iter().map(|body| runs(body)).collect();
    let mut who_has: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, runs) in runs.iter().enumerate() {
        for run in runs {
            who_has.entry(*run).or_default().push(place);
        }
    }
    who_has.retain(|_, places| (2..COMMON).contains(&places.len()));

    // The small ones first: what is more is then said of the larger.
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    left.sort_by_key(|place| Reverse(bodies.get(*place).map(|body| body.len())));
    let mut order = Order {
        runs: &runs,
        who_has: &who_has,
        taken: vec![false; bodies.len()],
        shared: vec![0; bodies.len()],
    };
    let mut done = Vec::with_capacity(bodies.len());
    let mut next = left.pop();
    while let Some(place) = next {
        done.push(place);
        next = order
            .after(place)
            .or_else(|| std::iter::from_fn(|| left.pop()).find(|place| order.is_left(*place)));
    }
    done
}

/// Each run of the function once.
fn runs(body: &[u8]) -> Vec<u64> {
    let number = |run: &[u8]| {
        run.iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    let mut runs: Vec<u64> = body.windows(RUN).map(number).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

struct Order<'a> {
    runs: &'a [Vec<u64>],
    who_has: &'a HashMap<u64, Vec<usize>>,
    taken: Vec<bool>,
    /// How many runs each has in common with the one that is looked at.
    shared: Vec<usize>,
}

impl Order<'_> {
    fn is_left(&self, place: usize) -> bool {
        self.taken.get(place) == Some(&false)
    }

    fn runs_of(&self, place: usize) -> &[u64] {
        self.runs.get(place).map_or(&[], Vec::as_slice)
    }

    /// Takes this one; the answer is which of those left resembles it most, if one does at all.
    fn after(&mut self, place: usize) -> Option<usize> {
        if let Some(taken) = self.taken.get_mut(place) {
            *taken = true;
        }
        let mut alike = Vec::new();
        for run in self.runs.get(place)? {
            for other in self.who_has.get(run).into_iter().flatten() {
                if self.taken.get(*other) == Some(&true) {
                    continue;
                }
                let Some(shared) = self.shared.get_mut(*other) else {
                    continue;
                };
                if *shared == 0 {
                    alike.push(*other);
                }
                *shared += 1;
            }
        }
        let own = self.runs_of(place).len();
        let mut most = None;
        for other in alike {
            let shared = self.shared.get_mut(other).map_or(0, std::mem::take);
            let all = own + self.runs_of(other).len() - shared;
            // What they share of what they have together (Jaccard), then the one that came first.
            let likeness = (shared as f64 / all as f64, Reverse(other));
            if most.is_none_or(|most| likeness > most) {
                most = Some(likeness);
            }
        }
        most.map(|(_, Reverse(place))| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_follows_the_one_that_it_resembles() {
        let bodies: [&[u8]; 6] = [
            b"nothing like the others at all",
            b"a longer body: alpha beta gamma delta",
            b"body: one two three",
            b"xy",
            b"a longer body: alpha beta gamma",
            b"body: one two three four",
        ];
        assert_eq!(by_resemblance(&bodies), [3, 2, 5, 4, 1, 0]);
    }

    #[test]
    fn each_is_there_once() {
        let bodies: Vec<Vec<u8>> = (0..200_u32)
            .map(|n| {
                n.wrapping_mul(2_654_435_761)
                    .to_le_bytes()
                    .repeat(1 + n as usize % 3)
            })
            .collect();
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let mut order = by_resemblance(&bodies);
        order.sort_unstable();
        assert_eq!(order, Vec::from_iter(0..200));
        assert!(by_resemblance(&[]).is_empty());
    }
}
