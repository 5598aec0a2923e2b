//! The state machine: inputs to outputs.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use super::{
    Admitted, Claim, ConnectionId, Input, Limits, Output,
    pair::{Pair, Stage},
    room::Room,
    seat::Line,
};
use crate::protocol::{
    CreateSession, Introduced, Left, ParticipantId, Presence, RESTART_GRACE, RESUME_GRACE, Refusal,
    RoomName, ServerEvent, Signalled,
};

/// All rooms of a server. See the [module](super) for how it is driven.
#[derive(Debug)]
pub struct Rooms {
    limits: Limits,
    boot: u64,
    rooms: BTreeMap<RoomName, Room>,
    seated: BTreeMap<ConnectionId, (RoomName, ParticipantId)>,
    deadlines: BTreeMap<(Duration, ParticipantId), RoomName>,
    /// Who left since the server started: their tokens from before it are spent too.
    departed: BTreeSet<ParticipantId>,
    outputs: VecDeque<Output>,
}

impl Rooms {
    /// Makes a server without rooms. `boot` names this run of it.
    pub fn new(limits: Limits, boot: u64) -> Self {
        Self {
            limits,
            boot,
            rooms: BTreeMap::new(),
            seated: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            departed: BTreeSet::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes what happened at `now`, the time since the server started. **Drain
    /// [`poll_output`](Self::poll_output) after every call.**
    ///
    /// # Errors
    /// [`Refusal`] for what the connection may not do; nothing has changed then.
    pub fn handle_input(&mut self, now: Duration, input: Input) -> Result<(), Refusal> {
        match input {
            Input::Timeout => self.handle_timeout(now),
            Input::Enter {
                connection,
                entry,
                fresh,
                claim,
            } => {
                if self.seated.contains_key(&connection) {
                    return Err(Refusal::AlreadyInRoom);
                }
                match claim {
                    Some(claim) => self.handle_return(now, connection, entry, claim)?,
                    None => self.handle_entry(connection, entry, fresh)?,
                }
            }
            Input::Ready(connection, about) => self.handle_ready(connection, about)?,
            Input::Renew(connection, about) => self.handle_renew(connection, about)?,
            Input::Signal(connection, signal) => self.handle_signal(connection, signal)?,
            Input::Present(connection, presence) => self.handle_presence(connection, presence)?,
            Input::Leave(connection) => self.handle_leave(now, connection)?,
            Input::Lost(connection) => self.handle_lost(now, connection),
        }
        Ok(())
    }

    /// The next thing to do, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to come back with [`Input::Timeout`], if nothing else happens.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.deadlines.keys().next().map(|(at, _)| *at)
    }

    /// How many rooms there are.
    pub fn room_count(&self) -> usize {
        self.rooms.len()
    }

    fn handle_entry(
        &mut self,
        connection: ConnectionId,
        mut entry: CreateSession,
        fresh: ParticipantId,
    ) -> Result<(), Refusal> {
        match self.rooms.get(&entry.room) {
            Some(room) if room.seats.len() >= self.limits.participants => {
                return Err(Refusal::RoomFull(self.limits.participants));
            }
            None if self.rooms.len() >= self.limits.rooms => {
                return Err(Refusal::TooManyRooms(self.limits.rooms));
            }
            _ => {}
        }
        self.seated.insert(connection, (entry.room.clone(), fresh));
        let room = self
            .rooms
            .entry(entry.room.clone())
            .or_insert_with(|| Room::new(entry.room.clone()));
        // From before a restart comes only who has a token.
        entry.peers.clear();
        let knows_ready = entry.ready;
        room.take_seat(fresh, connection, entry, 1);
        let mut news = VecDeque::new();
        room.announce(fresh, &mut news);
        let mut ready = Vec::new();
        for other in room.in_order(fresh) {
            ready.extend(room.prepare(Pair::new(fresh, other), &mut news));
        }
        if !knows_ready {
            let told = ready.drain(..).map(ServerEvent::ConnInit);
            news.extend(told.map(|event| Output::Send(connection, event)));
        }
        self.outputs.push_back(Output::Admit(
            connection,
            Admitted {
                you: fresh,
                room: room.name.clone(),
                generation: 1,
                resumed: false,
                reforming: false,
                participants: room.others(fresh),
                ready,
            },
        ));
        self.outputs.append(&mut news);
        Ok(())
    }

    fn handle_return(
        &mut self,
        now: Duration,
        connection: ConnectionId,
        entry: CreateSession,
        claim: Claim,
    ) -> Result<(), Refusal> {
        if claim.room != entry.room {
            return Err(Refusal::ResumeRefused);
        }
        let you = claim.participant;
        let seat = self
            .rooms
            .get(&claim.room)
            .and_then(|room| room.seats.get(&you));
        let reforming = claim.boot != self.boot;
        match seat {
            Some(seat) if !seat.accepts(claim.generation) => return Err(Refusal::ResumeRefused),
            Some(_) => {}
            None if !reforming || now > RESTART_GRACE || self.departed.contains(&you) => {
                return Err(Refusal::ResumeRefused);
            }
            None if !self.rooms.contains_key(&claim.room)
                && self.rooms.len() >= self.limits.rooms =>
            {
                return Err(Refusal::TooManyRooms(self.limits.rooms));
            }
            None => {}
        }
        self.sit_again(connection, entry, claim, reforming);
        Ok(())
    }

    /// The return is granted: the seat gets its connection, and what the cut has lost is said again.
    fn sit_again(
        &mut self,
        connection: ConnectionId,
        entry: CreateSession,
        claim: Claim,
        reforming: bool,
    ) {
        let you = claim.participant;
        self.seated.insert(connection, (entry.room.clone(), you));
        let room = self
            .rooms
            .entry(entry.room.clone())
            .or_insert_with(|| Room::new(entry.room.clone()));
        let mut mailbox = VecDeque::new();
        let mut generation = claim.generation.saturating_add(1);
        if let Some(seat) = room.seats.get_mut(&you) {
            generation = generation.max(seat.generation.saturating_add(1));
            seat.presence = entry.presence;
            seat.ready = entry.ready;
            seat.generation = generation;
            seat.confirmed = false;
            seat.brought = entry.peers;
            match std::mem::replace(&mut seat.line, Line::Live(connection)) {
                Line::Live(old) => {
                    self.seated.remove(&old);
                    self.outputs.push_back(Output::Close(old));
                }
                Line::Away {
                    until,
                    mailbox: kept,
                } => {
                    self.deadlines.remove(&(until, you));
                    mailbox = kept;
                }
            }
        } else {
            room.take_seat(you, connection, entry, generation);
        }
        self.outputs.push_back(Output::Admit(
            connection,
            Admitted {
                you,
                room: room.name.clone(),
                generation,
                resumed: true,
                reforming,
                participants: room.others(you),
                ready: Vec::new(),
            },
        ));
        room.announce(you, &mut self.outputs);
        for other in room.in_order(you) {
            room.meet_again(you, other, &mut self.outputs);
        }
        for (from, signal) in mailbox {
            room.relay(from, you, signal, &mut self.outputs);
        }
    }

    fn handle_ready(&mut self, connection: ConnectionId, about: Introduced) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.seated, connection)?;
        let newcomer = about.conn_user_socket_id;
        let always = room.seats.get(&you).is_some_and(|seat| seat.ready);
        let pair = room.pair(you, newcomer)?;
        let current = about.introduction.is_none_or(|n| n == pair.introduction);
        if pair.preparer != you || !current {
            return Err(Refusal::NotPrepared(newcomer));
        }
        match pair.stage {
            Stage::Prepared => {
                pair.stage = Stage::Introduced;
                // A newcomer whose socket is away is told when it is back: see `Room::meet_again`.
                let event = ServerEvent::ConnInit(pair.ready());
                room.send(newcomer, event, &mut self.outputs);
                Ok(())
            }
            Stage::Introduced if always => Ok(()),
            Stage::Introduced | Stage::Pending => Err(Refusal::NotPrepared(newcomer)),
        }
    }

    fn handle_renew(&mut self, connection: ConnectionId, about: Introduced) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.seated, connection)?;
        let pair = room.pair(you, about.conn_user_socket_id)?;
        let current = about.introduction.is_none_or(|n| n == pair.introduction);
        // Both may ask at once, and one renewal serves both.
        if pair.stage == Stage::Introduced && current {
            pair.renew();
            let pair = *pair;
            room.introduce(pair, &mut self.outputs);
        }
        Ok(())
    }

    fn handle_signal(
        &mut self,
        connection: ConnectionId,
        signal: Signalled,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.seated, connection)?;
        let to = signal.conn_user_socket_id;
        let pair = room.pair(you, to)?;
        if pair.stage != Stage::Introduced && pair.introduction == 1 {
            return Err(Refusal::NotPrepared(to));
        }
        room.relay(you, to, signal, &mut self.outputs);
        Ok(())
    }

    fn handle_presence(
        &mut self,
        connection: ConnectionId,
        presence: Presence,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.seated, connection)?;
        if let Some(seat) = room.seats.get_mut(&you)
            && seat.presence != presence
        {
            seat.presence = presence;
            room.announce(you, &mut self.outputs);
        }
        Ok(())
    }

    fn handle_leave(&mut self, now: Duration, connection: ConnectionId) -> Result<(), Refusal> {
        let (name, you) = self.seated.remove(&connection).ok_or(Refusal::NotInRoom)?;
        self.remove(now, &name, you);
        Ok(())
    }

    fn handle_lost(&mut self, now: Duration, connection: ConnectionId) {
        let Some((name, you)) = self.seated.remove(&connection) else {
            return;
        };
        let Some(room) = self.rooms.get_mut(&name) else {
            return;
        };
        match room.seats.get_mut(&you) {
            Some(seat) if seat.resumable => {
                let until = now.saturating_add(RESUME_GRACE);
                seat.line = Line::away(until);
                self.deadlines.insert((until, you), name);
                room.announce(you, &mut self.outputs);
            }
            _ => self.remove(now, &name, you),
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        while let Some(entry) = self.deadlines.first_entry()
            && entry.key().0 <= now
        {
            let ((_, who), name) = entry.remove_entry();
            self.remove(now, &name, who);
        }
    }

    fn remove(&mut self, now: Duration, name: &RoomName, who: ParticipantId) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        room.seats.remove(&who);
        room.pairs.forget(who);
        for other in room.in_order(who) {
            room.send(
                other,
                ServerEvent::ParticipantLeft(Left { id: who }),
                &mut self.outputs,
            );
        }
        if room.seats.is_empty() {
            self.rooms.remove(name);
        }
        if now <= RESTART_GRACE {
            self.departed.insert(who);
        } else {
            self.departed.clear();
        }
    }
}

/// The room and the id of a connection that has just said something.
fn locate<'a>(
    rooms: &'a mut BTreeMap<RoomName, Room>,
    seated: &BTreeMap<ConnectionId, (RoomName, ParticipantId)>,
    connection: ConnectionId,
) -> Result<(&'a mut Room, ParticipantId), Refusal> {
    let (name, you) = seated.get(&connection).ok_or(Refusal::NotInRoom)?;
    let room = rooms.get_mut(name).ok_or(Refusal::NotInRoom)?;
    if let Some(seat) = room.seats.get_mut(you) {
        seat.confirmed = true;
    }
    Ok((room, *you))
}
