//! What the SFU is to do, until it gets to it: bounded, and fair to every room.
//!
//! Who can give the SFU work can give it much. So what waits for a participant is not a list but what it comes to: one
//! beginning (the last one, whatever was said for an earlier one), one answer, one restart, and for each of the others the
//! last subscription. A participant has a [`Budget`] of work, and what is above it waits, while what follows goes on to coalesce
//! with it; nothing is refused. Rooms take turns, and so do those in a room. However much is asked for in one room, the
//! others wait for one task of it at most.
//!
//! The order of one participant's tasks is kept: an end comes first, since it does away with all before it, then the
//! beginning, then what is said in that introduction. An end that the SFU need not hear of is dropped with all before it:
//! there are never more entries than there are participants in rooms and sessions of the SFU.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::Instant,
};

use super::budget::Budget;
use crate::{
    protocol::{ParticipantId, Rate, RoomName, Sdp, Signal},
    sfu::SfuCommand,
};

/// Sessions that are begun each second, in all rooms together. Each costs a handshake of DTLS, with its signatures.
const BEGINNINGS: Rate = Rate::per_second(200, 200);
/// What is done for one participant each second, and at once that of 5 s.
const WORK: Rate = Rate::per_second(40, 200);
/// What a beginning counts: five at once, and one a second.
const BEGINNING: u32 = 40;
/// Most subscriptions that wait for one participant; beyond them none is heard, and what is sent is carried.
const WISHES: usize = 256;

/// All that waits.
#[derive(Debug)]
pub(super) struct PendingWork {
    entries: HashMap<ParticipantId, Entry>,
    beginnings: RoundRobin,
    others: RoundRobin,
    /// Those whose budget is used up, and until when.
    paused: BTreeSet<(Instant, ParticipantId)>,
    budget: Budget,
    /// Whether it is the turn of what is no beginning.
    is_turn_of_others: bool,
}

/// What waits for one participant.
#[derive(Debug)]
struct Entry {
    /// Where it is, once that is known.
    room: Option<RoomName>,
    place: QueueKind,
    budget: Budget,
    /// Whether the SFU knows of it.
    known: bool,
    ended: bool,
    begin: Option<u32>,
    answer: Option<(u32, Sdp)>,
    restart: Option<u32>,
    tell_again: bool,
    /// The subscriptions that the SFU has not heard.
    subscriptions: BTreeMap<ParticipantId, bool>,
    /// Whose camera it does not want, to be said again to another SFU.
    unwanted: BTreeSet<ParticipantId>,
}

/// In which list an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QueueKind {
    Nowhere,
    Beginnings,
    Others,
    Paused(Instant),
}

/// Participants in the order of their turns: room by room, and in a room one after the other.
#[derive(Debug, Default)]
struct RoundRobin {
    order: VecDeque<RoomName>,
    rooms: BTreeMap<RoomName, VecDeque<ParticipantId>>,
}

impl Default for PendingWork {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            beginnings: RoundRobin::default(),
            others: RoundRobin::default(),
            paused: BTreeSet::new(),
            budget: Budget::new(BEGINNINGS),
            is_turn_of_others: false,
        }
    }
}

impl PendingWork {
    /// Takes something to do.
    pub fn push(&mut self, now: Instant, task: SfuCommand) {
        let who = task.participant();
        let entry = self.entries.get(&who);
        match &task {
            SfuCommand::End(_) => {
                for other in self.entries.values_mut() {
                    other.subscriptions.remove(&who);
                    other.unwanted.remove(&who);
                }
                if !self.entries.contains_key(&who) {
                    return;
                }
            }
            // The lists are by room.
            SfuCommand::Begin { room, .. }
                if entry.is_some_and(|entry| entry.room.as_ref() != Some(room)) =>
            {
                self.dequeue(who, QueueKind::Nowhere);
            }
            _ => {}
        }
        // Behind the end of whom it is about, whose turn is another: what is said before that end would be ended by it.
        let behind = match &task {
            SfuCommand::SetSubscription { of, .. } => {
                let ends = self.entries.get(of).is_some_and(|other| other.ended);
                ends.then_some(*of)
            }
            _ => None,
        };
        let entry = self.entries.entry(who).or_insert_with(Entry::new);
        entry.add(task);
        if let Some(of) = behind {
            entry.subscriptions.remove(&of);
        }
        self.enqueue(now, who);
    }

    /// A participant has ended for the SFU, which has forgotten who did not want its camera: those who have said so since
    /// then say it now.
    fn handle_ended(&mut self, now: Instant, who: ParticipantId) {
        let entries = self.entries.iter_mut();
        let unwilling = entries.filter(|(_, entry)| entry.unwanted.contains(&who));
        let unwilling: Vec<_> = unwilling
            .map(|(id, entry)| {
                entry.subscriptions.insert(who, false);
                *id
            })
            .collect();
        for id in unwilling {
            self.enqueue(now, id);
        }
    }

    /// The next thing to do, if its time has come.
    pub fn pop(&mut self, now: Instant) -> Option<SfuCommand> {
        while let Some((at, who)) = self.paused.first().copied().filter(|(at, _)| *at <= now) {
            self.paused.remove(&(at, who));
            if let Some(entry) = self.entries.get_mut(&who) {
                entry.place = QueueKind::Nowhere;
            }
            self.enqueue(now, who);
        }
        let may_begin = self.budget.has(now, 1);
        self.is_turn_of_others = !self.is_turn_of_others;
        let begins = may_begin && (!self.is_turn_of_others || self.others.is_empty());
        let who = match begins {
            true => self.beginnings.pop().or_else(|| self.others.pop()),
            false => self.others.pop(),
        }?;
        let entry = self.entries.get_mut(&who)?;
        let begins = entry.place == QueueKind::Beginnings;
        entry.place = QueueKind::Nowhere;
        let task = entry.next(now, who);
        if begins {
            self.budget.take(now, 1);
        }
        self.enqueue(now, who);
        if let Some(SfuCommand::End(who)) = task {
            self.handle_ended(now, who);
        }
        task
    }

    /// When something is to be done, if nothing comes before; it may be past already.
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        let paused = self.paused.first().map(|(at, _)| *at);
        let others = (!self.others.is_empty()).then_some(now);
        let begins = (!self.beginnings.is_empty()).then(|| self.budget.due(1).unwrap_or(now));
        [paused, others, begins].into_iter().flatten().min()
    }

    /// For how many something is kept.
    #[cfg(test)]
    pub fn size(&self) -> usize {
        let lists = [&self.beginnings, &self.others].map(RoundRobin::size);
        let listed = lists.iter().sum::<usize>() + self.paused.len();
        assert!(listed <= self.entries.len(), "each is in one list at most");
        self.entries.len()
    }

    /// There is another SFU, which knows nobody. What waited was for the one before; what participants do not want
    /// holds.
    pub fn handle_restart(&mut self) {
        self.beginnings = RoundRobin::default();
        self.others = RoundRobin::default();
        self.paused.clear();
        self.entries.retain(|_, entry| !entry.unwanted.is_empty());
        for entry in self.entries.values_mut() {
            let unwanted = std::mem::take(&mut entry.unwanted);
            *entry = Entry::new();
            entry.subscriptions = unwanted.iter().map(|of| (*of, false)).collect();
            entry.unwanted = unwanted;
        }
    }

    fn enqueue(&mut self, now: Instant, who: ParticipantId) {
        let Some(entry) = self.entries.get(&who) else {
            return;
        };
        let is_over = entry.is_over();
        let place = entry.wanted_queue(now);
        // Who asks for more keeps its turn.
        if place != entry.place {
            self.dequeue(who, place);
        }
        if is_over {
            self.entries.remove(&who);
        }
    }

    fn dequeue(&mut self, who: ParticipantId, place: QueueKind) {
        let Some(entry) = self.entries.get_mut(&who) else {
            return;
        };
        let before = std::mem::replace(&mut entry.place, place);
        let Some(room) = &entry.room else {
            return;
        };
        match before {
            QueueKind::Nowhere => {}
            QueueKind::Beginnings => self.beginnings.remove(room, who),
            QueueKind::Others => self.others.remove(room, who),
            QueueKind::Paused(until) => {
                self.paused.remove(&(until, who));
            }
        }
        match place {
            QueueKind::Nowhere => {}
            QueueKind::Beginnings => self.beginnings.push(room, who),
            QueueKind::Others => self.others.push(room, who),
            QueueKind::Paused(until) => {
                self.paused.insert((until, who));
            }
        }
    }
}

impl Entry {
    fn new() -> Self {
        Self {
            room: None,
            place: QueueKind::Nowhere,
            budget: Budget::new(WORK),
            known: false,
            ended: false,
            begin: None,
            answer: None,
            restart: None,
            tell_again: false,
            subscriptions: BTreeMap::new(),
            unwanted: BTreeSet::new(),
        }
    }

    fn add(&mut self, task: SfuCommand) {
        match task {
            SfuCommand::Begin {
                room, generation, ..
            } => {
                self.forget_introduction();
                self.room = Some(room);
                self.begin = Some(generation);
            }
            SfuCommand::Signal {
                generation, signal, ..
            } => self.add_signal(generation, signal),
            SfuCommand::SetSubscription { of, camera, .. } => self.add_wish(of, camera),
            SfuCommand::TellAgain(_) => self.tell_again = self.known,
            SfuCommand::End(_) => {
                self.forget_introduction();
                self.subscriptions.clear();
                self.unwanted.clear();
                self.ended = self.known;
            }
        }
    }

    /// The SFU makes an offer when there is none to be answered. So there is one answer to wait for, and of several the
    /// last one is meant. It has no use for anything else but a restart.
    fn add_signal(&mut self, generation: u32, signal: Signal) {
        match signal {
            Signal::Answer { sdp } => self.answer = Some((generation, sdp)),
            Signal::Renegotiate { .. } => self.restart = Some(generation),
            Signal::Candidate { .. } | Signal::TransceiverRequest { .. } | Signal::Offer { .. } => {
            }
        }
    }

    fn add_wish(&mut self, of: ParticipantId, camera: bool) {
        let is_known = self.subscriptions.contains_key(&of) || self.unwanted.contains(&of);
        if !is_known && (camera || self.subscriptions.len().max(self.unwanted.len()) >= WISHES) {
            // What was never unwanted is carried as it is.
            return;
        }
        match camera {
            true => self.unwanted.remove(&of),
            false => self.unwanted.insert(of),
        };
        self.subscriptions.insert(of, camera);
    }

    fn forget_introduction(&mut self) {
        self.begin = None;
        self.answer = None;
        self.restart = None;
        self.tell_again = false;
    }

    fn wanted_queue(&self, now: Instant) -> QueueKind {
        if self.room.is_none() {
            return QueueKind::Nowhere;
        }
        if self.ended {
            return QueueKind::Others;
        }
        let (place, costs) = match self.begin {
            Some(_) => (QueueKind::Beginnings, BEGINNING),
            None if self.is_idle() => return QueueKind::Nowhere,
            None => (QueueKind::Others, 1),
        };
        let due = self.budget.due(costs).filter(|due| *due > now);
        due.map_or(place, QueueKind::Paused)
    }

    /// The next task. Its time has come.
    fn next(&mut self, now: Instant, participant: ParticipantId) -> Option<SfuCommand> {
        if std::mem::take(&mut self.ended) {
            self.known = false;
            return Some(SfuCommand::End(participant));
        }
        self.known = true;
        if let Some(generation) = self.begin.take() {
            self.budget.take(now, BEGINNING);
            return Some(SfuCommand::Begin {
                room: self.room.clone()?,
                participant,
                generation,
            });
        }
        self.budget.take(now, 1);
        let signal = |(generation, signal)| SfuCommand::Signal {
            participant,
            generation,
            signal,
        };
        if let Some((of, camera)) = self.subscriptions.pop_first() {
            return Some(SfuCommand::SetSubscription {
                participant,
                of,
                camera,
            });
        }
        if let Some((generation, sdp)) = self.answer.take() {
            return Some(signal((generation, Signal::Answer { sdp })));
        }
        if let Some(generation) = self.restart.take() {
            return Some(signal((generation, Signal::renegotiate())));
        }
        std::mem::take(&mut self.tell_again).then_some(SfuCommand::TellAgain(participant))
    }

    fn is_idle(&self) -> bool {
        let said = self.answer.is_some() || self.restart.is_some() || self.tell_again;
        !said && self.subscriptions.is_empty()
    }

    /// Whether nobody knows of it any more.
    fn is_over(&self) -> bool {
        let waits = self.ended || self.begin.is_some() || !self.is_idle();
        !self.known && !waits && self.unwanted.is_empty()
    }
}

impl RoundRobin {
    fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    #[cfg(test)]
    fn size(&self) -> usize {
        assert_eq!(self.order.len(), self.rooms.len());
        self.rooms.values().map(VecDeque::len).sum()
    }

    fn push(&mut self, room: &RoomName, who: ParticipantId) {
        let waiting = self.rooms.entry(room.clone()).or_default();
        if waiting.is_empty() {
            self.order.push_back(room.clone());
        }
        waiting.push_back(who);
    }

    fn pop(&mut self) -> Option<ParticipantId> {
        let room = self.order.pop_front()?;
        let waiting = self.rooms.get_mut(&room)?;
        let who = waiting.pop_front();
        match waiting.is_empty() {
            true => drop(self.rooms.remove(&room)),
            false => self.order.push_back(room),
        }
        who
    }

    fn remove(&mut self, room: &RoomName, who: ParticipantId) {
        let Some(waiting) = self.rooms.get_mut(room) else {
            return;
        };
        waiting.retain(|other| *other != who);
        if waiting.is_empty() {
            self.rooms.remove(room);
            self.order.retain(|other| other != room);
        }
    }
}
