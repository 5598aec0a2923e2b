//! Coming into a room, for the first time or again.

use std::{collections::VecDeque, time::Duration};

use super::{Admitted, Claim, ConnectionId, Output, Rooms, pair::Pair, room::Room, seat::Line};
use crate::protocol::{CreateSession, ParticipantId, RESTART_GRACE, Refusal, ServerEvent};

impl Rooms {
    pub(super) fn handle_entry(
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

    pub(super) fn handle_return(
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
}
