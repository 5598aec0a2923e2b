//! An order of functions in which each follows one that it resembles: compression looks back, and what is like
//! something near takes fewer bytes to say.

use std::{cmp::Reverse, collections::HashMap};

/// Functions resemble each other by the runs of so many bytes that they share.
const RUN: usize = 5;
/// A run that more functions have says nothing of them.
const COMMON: usize = 1_000;

/// The places of the functions, in the order in which they are best written.
pub fn by_resemblance(bodies: &[&[u8]]) -> Vec<usize> {
    let mut functions = Functions::new(bodies);
    // The small ones first: what is more is then said of the larger.
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    left.sort_by_key(|place| Reverse(bodies.get(*place).map(|body| body.len())));
    let mut order = Vec::with_capacity(bodies.len());
    let mut next = left.pop();
    while let Some(place) = next {
        order.push(place);
        next = functions
            .take(place)
            .or_else(|| std::iter::from_fn(|| left.pop()).find(|place| functions.is_left(*place)));
    }
    order
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

/// The functions, by their places.
struct Functions {
    runs: Vec<Vec<u64>>,
    who_has: HashMap<u64, Vec<usize>>,
    taken: Vec<bool>,
    /// How many runs each has in common with the one that is taken.
    shared: Vec<usize>,
}

impl Functions {
    fn new(bodies: &[&[u8]]) -> Self {
        let runs: Vec<Vec<u64>> = bodies.iter().map(|body| runs(body)).collect();
        let mut who_has: HashMap<u64, Vec<usize>> = HashMap::new();
        for (place, runs) in runs.iter().enumerate() {
            for run in runs {
                who_has.entry(*run).or_default().push(place);
            }
        }
        who_has.retain(|_, places| (2..COMMON).contains(&places.len()));
        Self {
            runs,
            who_has,
            taken: vec![false; bodies.len()],
            shared: vec![0; bodies.len()],
        }
    }

    fn is_left(&self, place: usize) -> bool {
        self.taken.get(place) == Some(&false)
    }

    /// Takes this one; the answer is which of those left resembles it most, if one does at all.
    fn take(&mut self, place: usize) -> Option<usize> {
        *self.taken.get_mut(place)? = true;
        let mut alike = Vec::new();
        let runs = self.runs.get(place)?;
        let who_has = runs.iter().filter_map(|run| self.who_has.get(run));
        for other in who_has.flatten() {
            if self.is_left(*other)
                && let Some(shared) = self.shared.get_mut(*other)
            {
                if *shared == 0 {
                    alike.push(*other);
                }
                *shared += 1;
            }
        }
        let own = runs.len();
        let likeness = |other: usize| {
            let shared = self.shared.get_mut(other).map_or(0, std::mem::take);
            let all = own + self.runs.get(other).map_or(0, Vec::len) - shared;
            // What they share of what they have together (Jaccard), then the one that came first.
            (shared as f64 / all as f64, Reverse(other))
        };
        let most = (alike.into_iter().map(likeness))
            .max_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
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
