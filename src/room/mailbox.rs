//! Signals for participants whose sockets are away.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::protocol::{MAIL_BYTES, MAILBOX_BYTES, MAILBOX_SIGNALS, ParticipantId, SignalMessage};

/// A signal from someone.
type QueuedSignal = (ParticipantId, SignalMessage);

/// What a signal takes beside its texts, in bytes.
const SIGNAL_OVERHEAD: usize = size_of::<QueuedSignal>();

/// How many bytes are in all mailboxes of a server. Each counts its own in and out, so that this is the sum of them.
#[derive(Debug, Clone, Default)]
pub(super) struct MailboxBudget(Arc<AtomicUsize>);

/// What is kept for one participant.
#[derive(Debug)]
pub(super) struct Mailbox {
    letters: VecDeque<QueuedSignal>,
    bytes: usize,
    mail: MailboxBudget,
}

impl MailboxBudget {
    pub fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Mailbox {
    pub fn new(mail: &MailboxBudget) -> Self {
        Self {
            letters: VecDeque::new(),
            bytes: 0,
            mail: mail.clone(),
        }
    }

    /// Keeps a signal for later; the oldest are given up, and mended by the peers' own repairs. When all mailboxes are full
    /// together, it gives up its own.
    pub fn keep(&mut self, from: ParticipantId, signal: SignalMessage) {
        let more = size(&signal);
        while self.letters.len() >= MAILBOX_SIGNALS
            || self.bytes + more > MAILBOX_BYTES
            || self.mail.bytes() + more > MAIL_BYTES
        {
            let Some((_, oldest)) = self.letters.pop_front() else {
                return;
            };
            self.count_out(size(&oldest));
        }
        self.bytes += more;
        self.mail.0.fetch_add(more, Ordering::Relaxed);
        self.letters.push_back((from, signal));
    }

    /// All that was kept, the oldest first.
    pub fn take(&mut self) -> VecDeque<QueuedSignal> {
        self.count_out(self.bytes);
        std::mem::take(&mut self.letters)
    }

    fn count_out(&mut self, bytes: usize) {
        self.bytes -= bytes;
        self.mail.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.count_out(self.bytes);
    }
}

fn size(signal: &SignalMessage) -> usize {
    SIGNAL_OVERHEAD + signal.signal.bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Sdp, Signal};

    fn someone() -> ParticipantId {
        ParticipantId::from_random([1; 20])
    }

    fn offer(bytes: usize) -> SignalMessage {
        SignalMessage {
            conn_user_socket_id: someone(),
            signal: Signal::Offer {
                sdp: Sdp::parse(format!("v=0{}", "x".repeat(bytes - 3))).unwrap(),
            },
            generation: None,
        }
    }

    #[test]
    fn a_mailbox_is_bounded_in_number_and_in_bytes() {
        let mut mailbox = Mailbox::new(&MailboxBudget::default());
        for _ in 0..10 {
            mailbox.keep(someone(), offer(60_000));
        }
        assert_eq!(mailbox.letters.len(), MAILBOX_BYTES / 60_000);
        for _ in 0..2 * MAILBOX_SIGNALS {
            mailbox.keep(someone(), offer(100));
        }
        assert_eq!(mailbox.letters.len(), MAILBOX_SIGNALS);
        // The newest are kept, whatever it takes.
        mailbox.keep(someone(), offer(65_536));
        mailbox.keep(someone(), offer(65_400));
        mailbox.keep(someone(), offer(100));
        let kept: Vec<_> = mailbox
            .take()
            .iter()
            .map(|(_, signal)| signal.signal.bytes())
            .collect();
        assert_eq!(kept, [65_400, 100]);
    }

    #[test]
    fn all_mailboxes_together_are_bounded_and_what_is_gone_counts_no_more() {
        let mail = MailboxBudget::default();
        let mut boxes: Vec<_> = (0..400).map(|_| Mailbox::new(&mail)).collect();
        for mailbox in &mut boxes {
            for _ in 0..4 {
                mailbox.keep(someone(), offer(60_000));
                assert!(mail.bytes() <= MAIL_BYTES);
            }
        }
        assert!(mail.bytes() > MAIL_BYTES - 70_000, "it is used");
        let held: usize = boxes.iter().map(|mailbox| mailbox.bytes).sum();
        assert_eq!(mail.bytes(), held);
        // Who has nothing gets nothing, until there is place.
        let last = boxes.len() - 1;
        assert!(boxes[last].letters.is_empty());
        assert_eq!(boxes[0].take().len(), 2);
        boxes[last].keep(someone(), offer(60_000));
        assert_eq!(boxes[last].letters.len(), 1);
        drop(boxes);
        assert_eq!(mail.bytes(), 0);
    }
}
