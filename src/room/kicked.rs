//! Whom a meeting keeps out.

use super::NetworkMark;
use crate::protocol::KICKED_NETWORKS;

/// The networks that a meeting keeps out.
#[derive(Debug, Default)]
pub(super) struct Kicked(Vec<NetworkMark>);

impl Kicked {
    /// Keeps out what was kept out before a restart.
    pub fn recall(&mut self, marks: Vec<NetworkMark>) {
        self.0 = marks;
        self.0.truncate(KICKED_NETWORKS);
    }

    pub fn marks(&self) -> &[NetworkMark] {
        &self.0
    }

    /// Keeps out one more; beyond [`KICKED_NETWORKS`] the one that was kept out first is let in again.
    pub fn add(&mut self, mark: NetworkMark) {
        if self.0.contains(&mark) {
            return;
        }
        if self.0.len() >= KICKED_NETWORKS {
            self.0.remove(0);
        }
        self.0.push(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_networks_are_kept_out() {
        let mut kicked = Kicked::default();
        let mark = |n: usize| NetworkMark([n as u8, (n / 256) as u8].repeat(8).try_into().unwrap());
        (0..=KICKED_NETWORKS).for_each(|n| kicked.add(mark(n)));
        kicked.add(mark(1));
        assert_eq!(kicked.0.len(), KICKED_NETWORKS);
        assert_eq!(kicked.0.first(), Some(&mark(1)));
    }
}
