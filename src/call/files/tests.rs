//! Both machines, wired by channels that lose, cut and lie.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;
use crate::protocol::ParticipantId;

const SECOND: Duration = Duration::from_secs(1);

/// What goes wrong with a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    /// The receiver's or the sender's person stops it after so many steps.
    ReceiverCancels(usize),
    SenderCancels(usize),
    /// The connection is lost after so many steps.
    Cut(usize),
    /// From then on nothing comes through, and nobody is told.
    Hush(usize),
    /// A byte of a piece is another.
    Flip(usize),
    /// Two pieces come in the wrong order.
    Swap(usize),
    /// A piece comes twice.
    Double(usize),
    /// A piece never comes.
    Drop(usize),
    /// The file has so many bytes more or less than announced.
    Longer(u64),
    Shorter(u64),
    /// The file can't be read from here on.
    Unreadable(u64),
}

#[derive(Debug)]
enum Message {
    Bytes(Vec<u8>),
    Word(String),
}

/// A transfer of a file whose bytes follow from a number.
struct Transfer {
    file: Vec<u8>,
    trouble: Trouble,
    sending: FileSender,
    receiving: FileReceiver,
    there: VecDeque<Message>,
    back: VecDeque<Message>,
    kept: Vec<u8>,
    /// Pieces that the sender has sent.
    pieces: usize,
    held: Option<Vec<u8>>,
    steps: usize,
    opened: bool,
    cut: bool,
    most_waiting: usize,
}

fn bytes(seed: u64, size: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..size).map(|_| next()).collect()
}

impl Transfer {
    fn new(seed: u64, size: u64, trouble: Trouble) -> Self {
        let real = match trouble {
            Trouble::Longer(more) => size + more,
            Trouble::Shorter(less) => size - less,
            _ => size,
        };
        Self {
            file: bytes(seed, real),
            trouble,
            sending: FileSender::new(Duration::ZERO, real),
            receiving: FileReceiver::new(Duration::ZERO, size),
            there: VecDeque::new(),
            back: VecDeque::new(),
            kept: Vec::new(),
            pieces: 0,
            held: None,
            steps: 0,
            opened: false,
            cut: false,
            most_waiting: 0,
        }
    }

    fn is_over(&self) -> bool {
        self.sending.end().is_some() && self.receiving.end().is_some()
    }

    /// One thing happens.
    fn step(&mut self, now: Duration, carries: usize) {
        self.steps += 1;
        self.act(now);
        match self.trouble {
            Trouble::ReceiverCancels(at) if at == self.steps => self.receiving.cancel(),
            Trouble::SenderCancels(at) if at == self.steps => self.sending.cancel(),
            Trouble::Cut(at) if at == self.steps => {
                self.cut = true;
                self.there.clear();
                self.back.clear();
                self.sending.handle_closed();
                self.receiving.handle_closed();
            }
            _ => {}
        }
        self.act(now);
        for _ in 0..carries {
            self.carry(now);
        }
        self.sending.handle_timeout(now);
        self.receiving.handle_timeout(now);
        self.act(now);
    }

    fn carry(&mut self, now: Duration) {
        if matches!(self.trouble, Trouble::Hush(at) if self.steps >= at) {
            return;
        }
        if let Some(message) = self.there.pop_front() {
            match message {
                Message::Bytes(piece) => {
                    if self.receiving.handle_bytes(now, &piece) {
                        self.kept.extend(piece);
                    }
                }
                Message::Word(text) => self.receiving.handle_control(FileControl::parse(&text)),
            }
            self.act(now);
        }
        if let Some(Message::Word(text)) = self.back.pop_front() {
            self.sending.handle_control(FileControl::parse(&text));
            self.act(now);
        }
        if self.opened && !self.cut {
            let waiting: usize = self.there.iter().map(Message::len).sum();
            self.most_waiting = self.most_waiting.max(waiting);
            self.sending.handle_buffered(now, waiting as u64);
            self.act(now);
        }
    }

    fn act(&mut self, now: Duration) {
        while let Some(action) = self.receiving.poll_action() {
            match action {
                ReceiveAction::Ask if !self.opened => {
                    self.opened = true;
                    assert!(self.receiving.handle_channel(now));
                }
                ReceiveAction::Ask => {}
                ReceiveAction::Unask => self.sending.handle_control(Some(FileControl::Stop)),
                ReceiveAction::Say(word) => self.back.push_back(Message::Word(word.to_string())),
                ReceiveAction::Close => self.there.clear(),
            }
        }
        while let Some(action) = self.sending.poll_action() {
            match action {
                SendAction::Read(from, to) => {
                    let fails = matches!(self.trouble, Trouble::Unreadable(at) if to > at);
                    let block = &self.file[from as usize..to as usize];
                    self.sending.handle_read(now, (!fails).then_some(block));
                }
                SendAction::Send(piece) => self.send(piece),
                SendAction::Say(word) => self.there.push_back(Message::Word(word.to_string())),
                SendAction::Close => self.back.clear(),
            }
        }
        if self.cut {
            self.there.clear();
            self.back.clear();
        }
    }

    fn send(&mut self, mut piece: Vec<u8>) {
        assert!(!piece.is_empty() && piece.len() <= CHUNK);
        self.pieces += 1;
        let at = self.pieces;
        match self.trouble {
            Trouble::Flip(which) if which == at => piece[0] ^= 1,
            Trouble::Drop(which) if which == at => return,
            Trouble::Swap(which) if which == at => {
                self.held = Some(piece);
                return;
            }
            Trouble::Double(which) if which == at => {
                self.there.push_back(Message::Bytes(piece.clone()));
            }
            _ => {}
        }
        self.there.push_back(Message::Bytes(piece));
        if let Some(held) = self.held.take() {
            self.there.push_back(Message::Bytes(held));
        }
    }

    /// Plays it to its end.
    fn play(mut self) -> Self {
        let mut now = Duration::ZERO;
        while !self.is_over() {
            now += Duration::from_millis(100);
            assert!(now < 200 * SECOND, "it never ends: {:?}", self.trouble);
            self.step(now, 8);
        }
        self
    }
}

impl Message {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(piece) => piece.len(),
            Self::Word(text) => text.len(),
        }
    }
}

fn troubles() -> impl Strategy<Value = Trouble> {
    let step = || 1..12_usize;
    let piece = || 1..6_usize;
    prop_oneof![
        2 => Just(Trouble::None),
        2 => step().prop_map(Trouble::ReceiverCancels),
        2 => step().prop_map(Trouble::SenderCancels),
        2 => step().prop_map(Trouble::Cut),
        1 => step().prop_map(Trouble::Hush),
        1 => piece().prop_map(Trouble::Flip),
        1 => piece().prop_map(Trouble::Swap),
        1 => piece().prop_map(Trouble::Double),
        1 => piece().prop_map(Trouble::Drop),
        1 => (1..100_000_u64).prop_map(Trouble::Longer),
        1 => (1..90_000_u64).prop_map(Trouble::Shorter),
        1 => (0..900_000_u64).prop_map(Trouble::Unreadable),
    ]
}

/// Whatever happened, it was said, and nothing wrong is taken for the file.
fn check(transfer: &Transfer, size: u64) {
    let (sent, got) = (transfer.sending.end(), transfer.receiving.end());
    assert!(transfer.most_waiting as u64 <= LOW_WATER + READ + 100);
    assert!(
        transfer.kept.len() as u64 <= size,
        "no byte more than announced"
    );
    if got == Some(Ok(())) {
        assert_eq!(transfer.kept.len() as u64, size);
        assert_eq!(transfer.kept, transfer.file);
    } else {
        assert_ne!(sent, Some(Ok(())), "nobody says that it arrived");
    }
    use FileFailure as F;
    let expected: &[FileEnd] = match transfer.trouble {
        Trouble::None => &[Ok(())],
        Trouble::ReceiverCancels(_) => &[Ok(()), Err(F::Cancelled)],
        Trouble::SenderCancels(_) => &[Ok(()), Err(F::Stopped)],
        Trouble::Cut(_) => &[Ok(()), Err(F::Lost)],
        Trouble::Hush(_) => &[Ok(()), Err(F::Silent), Err(F::Stopped)],
        // Of a file with fewer pieces than that, nothing is touched.
        Trouble::Flip(_) => &[Ok(()), Err(F::Garbled)],
        Trouble::Swap(_) => &[Ok(()), Err(F::Garbled), Err(F::Shorter)],
        Trouble::Double(_) => &[Ok(()), Err(F::Longer), Err(F::Garbled)],
        Trouble::Drop(_) => &[Ok(()), Err(F::Shorter)],
        Trouble::Longer(_) => &[Err(F::Longer)],
        Trouble::Shorter(_) => &[Err(F::Shorter)],
        Trouble::Unreadable(_) => &[Ok(()), Err(F::Stopped)],
    };
    let got = got.unwrap();
    assert!(expected.contains(&got), "{:?}: {got:?}", transfer.trouble);
}

#[test]
fn so_many_are_served_at_a_time_and_nobody_takes_all() {
    assert!(may_upload(0, 0) && may_upload(UPLOADS - 1, UPLOADS_TO_ONE - 1));
    assert!(!may_upload(UPLOADS, 0) && !may_upload(UPLOADS_TO_ONE, UPLOADS_TO_ONE));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_transfer_ends_well_or_says_why(seed in any::<u64>(), size in 100_000..1_000_000_u64, trouble in troubles()) {
        check(&Transfer::new(seed, size, trouble).play(), size);
    }

    #[test]
    fn transfers_side_by_side_do_not_touch_each_other(
        plans in prop::collection::vec((any::<u64>(), 100_000..400_000_u64, troubles()), 2..5),
        turns in prop::collection::vec((0..4_usize, 0..9_usize), 50..200),
    ) {
        let mut all: Vec<_> = plans
            .iter()
            .map(|(seed, size, trouble)| Transfer::new(*seed, *size, *trouble))
            .collect();
        let mut now = Duration::ZERO;
        for (which, carries) in turns {
            now += Duration::from_millis(10);
            let which = which % all.len();
            all[which].step(now, carries);
        }
        while let Some(one) = all.iter_mut().find(|one| !one.is_over()) {
            now += Duration::from_millis(100);
            assert!(now < 300 * SECOND);
            one.step(now, 8);
        }
        for (one, (_, size, _)) in all.iter().zip(&plans) {
            check(one, *size);
        }
    }

    #[test]
    fn any_word_is_no_trouble(text in ".*", steps in 0..4_u8) {
        let word = FileControl::parse(&text);
        let mut receiving = FileReceiver::new(Duration::ZERO, 10);
        let mut sending = FileSender::new(Duration::ZERO, 10);
        if steps > 0 {
            assert!(receiving.handle_channel(Duration::ZERO));
            sending.handle_buffered(Duration::ZERO, 0);
        }
        if steps > 1 {
            assert!(receiving.handle_bytes(Duration::ZERO, &[0; 10]));
            sending.handle_read(Duration::ZERO, Some(&[0; 10]));
        }
        receiving.handle_control(word);
        sending.handle_control(word);
        prop_assert_ne!(receiving.end(), Some(Ok(())), "{}", text);
    }
}

#[test]
fn words_come_back_as_they_were() {
    let digest = std::array::from_fn(|at| (at * 7) as u8);
    for word in [
        FileControl::End(digest),
        FileControl::Got,
        FileControl::Wrong,
        FileControl::Stop,
    ] {
        assert_eq!(FileControl::parse(&word.to_string()), Some(word));
    }
    let long = format!("end {}", "0".repeat(66));
    for text in ["", "end", "end ", "end 00", "Stop", "got ", &long, "end zz"] {
        assert_eq!(FileControl::parse(text), None, "{text}");
    }
}

#[test]
fn channels_are_named_by_their_file() {
    let author = ParticipantId::parse("abcdefghijklmnopqrst").unwrap();
    assert_eq!(label(author, 7), "file/abcdefghijklmnopqrst/7");
    assert_eq!(read_label(&label(author, 7)), Some((author, 7)));
    for other in [
        "roundtable",
        "file/",
        "file/x/7",
        "file/abcdefghijklmnopqrst/-1",
    ] {
        assert_eq!(read_label(other), None, "{other}");
    }
}

#[test]
fn a_question_is_put_again_until_patience_ends() {
    let mut receiving = FileReceiver::new(Duration::ZERO, 10);
    let mut asked = 0;
    for second in 0..60 {
        receiving.handle_timeout(second * SECOND);
        while let Some(action) = receiving.poll_action() {
            asked += u32::from(action == ReceiveAction::Ask);
        }
    }
    assert_eq!(asked, 6);
    assert_eq!(receiving.end(), Some(Err(FileFailure::Silent)));
}

#[test]
fn an_author_that_waits_for_the_check_is_patient_while_bytes_leave() {
    let mut sending = FileSender::new(Duration::ZERO, 10);
    sending.handle_buffered(Duration::ZERO, 0);
    sending.handle_read(Duration::ZERO, Some(&[0; 10]));
    sending.handle_motion(20 * SECOND);
    sending.handle_timeout(40 * SECOND);
    assert_eq!(sending.end(), None);
    sending.handle_timeout(50 * SECOND);
    assert_eq!(sending.end(), Some(Err(FileFailure::Silent)));
}
