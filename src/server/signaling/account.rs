//! How many bytes wait to be sent, exactly: for each connection, and for all together.
//!
//! engineioxide queues packets and bounds their number, not their size. A packet that is charged here
//! carries its charge: the queue owns the text, and whatever becomes of it (written to the transport,
//! put into the body of a poll, thrown away with the connection), the charge is returned when the text
//! is dropped. So the account can't drift: it is the sum of what is held.
//!
//! What has left the queue is bounded elsewhere: the WebSocket's write buffer takes 128 KiB and a
//! message, the body of a poll [`MESSAGE_BYTES`](crate::protocol::MESSAGE_BYTES), and the kernel
//! [`SEND_BUFFER`](crate::server::net::SEND_BUFFER).

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use axum::body::Bytes;
use engineioxide::Str;
use tokio::sync::Notify;

use super::packet::Text;
use crate::protocol::UNSENT_BYTES;

/// What a queued packet takes beside its text, in bytes: its slot in the queue and its allocations.
const PACKET_OVERHEAD: usize = 256;

/// The bytes that all connections together may leave unsent.
#[derive(Debug)]
pub struct Budget {
    used: AtomicUsize,
    limit: usize,
    /// Wakes who makes room when there is too much.
    pub exceeded: Notify,
}

/// The bytes that wait for one client.
#[derive(Debug)]
pub struct Account {
    unsent: AtomicUsize,
    sent: AtomicU64,
    budget: Arc<Budget>,
}

/// The client leaves more unsent than a connection may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} bytes wait for a client that does not read")]
pub struct OverByteBudget(usize);

/// A packet in the queue.
struct QueuedPacket {
    text: Text,
    account: Arc<Account>,
}

impl Budget {
    /// Nothing waits yet; `limit` is in bytes.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            used: AtomicUsize::new(0),
            limit,
            exceeded: Notify::new(),
        })
    }

    /// How many bytes have to go before connections may queue in peace again. It is a quarter of the
    /// budget more than what is over, so that making room is rare.
    pub fn excess(&self) -> usize {
        let used = self.used.load(Ordering::Relaxed);
        if used <= self.limit {
            return 0;
        }
        used - self.limit / 4 * 3
    }

    /// How many bytes wait for all connections.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

impl Account {
    /// Nothing waits yet.
    pub fn new(budget: Arc<Budget>) -> Arc<Self> {
        Arc::new(Self {
            unsent: AtomicUsize::new(0),
            sent: AtomicU64::new(0),
            budget,
        })
    }

    /// Makes a packet for the queue of this connection, charged until it is dropped.
    ///
    /// # Errors
    /// More than [`UNSENT_BYTES`] would wait then.
    pub fn charge(self: &Arc<Self>, text: Text) -> Result<Str, OverByteBudget> {
        let bytes = text.len() + PACKET_OVERHEAD;
        let unsent = self.unsent.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let all = self.budget.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        // From here on the charge is returned on every way out.
        let charged = QueuedPacket {
            text,
            account: self.clone(),
        };
        if unsent > UNSENT_BYTES {
            return Err(OverByteBudget(unsent));
        }
        if all > self.budget.limit {
            self.budget.exceeded.notify_one();
        }
        Ok(charged.into_str())
    }

    /// What a packet is charged that was made by [`charge`](Self::charge).
    pub fn cost(packet: &Str) -> usize {
        packet.len() + PACKET_OVERHEAD
    }

    /// How many bytes wait.
    pub fn unsent(&self) -> usize {
        self.unsent.load(Ordering::Relaxed)
    }

    /// Counts the packets that have left the queue: while it stands still, nobody reads.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

impl QueuedPacket {
    #[expect(
        unsafe_code,
        reason = "engineioxide takes text with an owner in no other way; a `Text` is a `str`"
    )]
    fn into_str(self) -> Str {
        // SAFETY: `as_ref` gives the bytes of a `Text`, which are those of a `str` and never change.
        unsafe { Str::from_bytes_unchecked(Bytes::from_owner(self)) }
    }
}

impl AsRef<[u8]> for QueuedPacket {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl Drop for QueuedPacket {
    fn drop(&mut self) {
        let bytes = self.text.len() + PACKET_OVERHEAD;
        self.account.unsent.fetch_sub(bytes, Ordering::Relaxed);
        self.account.budget.used.fetch_sub(bytes, Ordering::Relaxed);
        self.account.sent.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(bytes: usize) -> Text {
        Text::from("x".repeat(bytes))
    }

    #[test]
    fn a_connection_takes_as_much_as_it_may_and_no_more() {
        let budget = Budget::new(usize::MAX);
        let account = Account::new(budget.clone());
        let mut queue = Vec::new();
        while let Ok(packet) = account.charge(text(10_000)) {
            queue.push(packet);
        }
        assert_eq!(queue.len(), UNSENT_BYTES / (10_000 + PACKET_OVERHEAD));
        assert!(account.unsent() <= UNSENT_BYTES);
        queue.pop();
        assert!(account.charge(text(10_000)).is_ok());
        // Packets without a text are not free.
        queue.clear();
        while let Ok(packet) = account.charge(text(0)) {
            queue.push(packet);
        }
        assert_eq!(queue.len(), UNSENT_BYTES / PACKET_OVERHEAD);
        queue.clear();
        assert_eq!((account.unsent(), budget.used()), (0, 0));
    }

    #[tokio::test]
    async fn who_makes_room_is_woken() {
        let budget = Budget::new(100_000);
        let queue: Vec<_> = (0..3)
            .map(|_| Account::new(budget.clone()).charge(text(40_000)).unwrap())
            .collect();
        budget.exceeded.notified().await;
        assert_eq!(budget.excess(), 3 * (40_000 + PACKET_OVERHEAD) - 75_000);
        drop(queue);
        assert_eq!(budget.excess(), 0);
    }

    proptest! {
        /// Whatever is queued, cloned, sliced and dropped in whatever order: what is counted is what is held.
        #[test]
        fn the_account_is_the_sum_of_what_is_held(
            steps in prop::collection::vec((0usize..3, 0usize..200_000), 1..60),
        ) {
            let budget = Budget::new(usize::MAX);
            let accounts: Vec<_> = (0..3).map(|_| Account::new(budget.clone())).collect();
            let mut queues: Vec<Vec<(usize, Str)>> = vec![Vec::new(); 3];
            for (whose, bytes) in steps {
                let queue = &mut queues[whose];
                if bytes % 3 == 0 {
                    queue.pop();
                } else if let Ok(packet) = accounts[whose].charge(text(bytes)) {
                    // A part keeps the whole alive.
                    let part = packet.slice(..bytes.div_ceil(2));
                    drop(packet);
                    queue.push((bytes + PACKET_OVERHEAD, part));
                }
                let held = |queue: &Vec<(usize, Str)>| queue.iter().map(|(bytes, _)| bytes).sum::<usize>();
                for (account, queue) in accounts.iter().zip(&queues) {
                    prop_assert_eq!(account.unsent(), held(queue));
                }
                prop_assert_eq!(budget.used(), queues.iter().map(held).sum::<usize>());
            }
        }
    }
}
