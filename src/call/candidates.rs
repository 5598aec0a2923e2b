//! The other side's candidates that wait for its description.

use std::collections::VecDeque;

use crate::protocol::Candidate;

/// No browser finds as many for one connection.
const MOST: usize = 128;

/// Candidates in the order of their coming; of too many, the oldest are given up.
#[derive(Debug, Default)]
pub(super) struct Candidates(VecDeque<Candidate>);

impl Candidates {
    pub fn push(&mut self, candidate: Candidate) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(candidate);
    }

    pub fn take(&mut self) -> impl Iterator<Item = Candidate> + use<> {
        std::mem::take(&mut self.0).into_iter()
    }
}
