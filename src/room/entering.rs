//! Coming into a room, for the first time or again.

use std::{collections::VecDeque, time::Duration};

use super::{
    Admitted, Claim, ConnectionId, Network, Output, Rooms, UnitTask, pair::Pair, room::Room,
    seat::Line,
};
use crate::protocol::{CreateSession, Nothing, ParticipantId, RESTART_GRACE, Refusal, ServerEvent};

impl Rooms {
    pub(super) fn handle_entry(
        &mut self,
        connection: ConnectionId,
        mut entry: CreateSession,
        fresh: ParticipantId,
    ) -> Result<(), Refusal> {
        let network = self.network_of(connection)?;
        match self.rooms.get(&entry.room) {
            Some(_) if self.keeps_out(&entry.room, connection) => return Err(Refusal::Kicked),
            Some(room) if !room.door.admits(connection) => return Err(Refusal::Locked),
            Some(room) if room.seats.len() >= self.limits.participants => {
                return Err(Refusal::RoomFull(self.limits.participants));
            }
            None if self.rooms.len() >= self.limits.rooms => {
                return Err(Refusal::TooManyRooms(self.limits.rooms));
            }
            _ => {}
        }
        self.go_away(connection);
        self.seated.insert(connection, (entry.room.clone(), fresh));
        let name = entry.room.clone();
        let room = self.rooms.entry(name.clone()).or_insert_with(|| {
            let meeting = self.seal.meeting(fresh);
            Room::new(meeting, name.clone(), self.boot, self.forwarding)
        });
        // From before a restart comes only who has a token.
        entry.peers.clear();
        let knows_ready = entry.ready;
        room.take_seat(fresh, (connection, network), entry, 1);
        room.welcome(fresh);
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
                claim: room.claim(fresh),
                resumed: false,
                reforming: false,
                state: room.state(),
                participants: room.others(fresh),
                ready,
            },
        ));
        room.forward(&mut news);
        self.outputs.append(&mut news);
        self.look_again(&name);
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
        let network = self.network_of(connection)?;
        self.sit_again((connection, network), entry, claim, reforming);
        Ok(())
    }

    fn network_of(&self, connection: ConnectionId) -> Result<Network, Refusal> {
        let network = self.connections.get(&connection).copied();
        network.ok_or(Refusal::NotInRoom)
    }

    /// The return is granted: the seat gets its connection, and what the cut has lost is said again.
    fn sit_again(
        &mut self,
        (connection, network): (ConnectionId, Network),
        entry: CreateSession,
        claim: Claim,
        reforming: bool,
    ) {
        let you = claim.participant;
        self.go_away(connection);
        self.seated.insert(connection, (entry.room.clone(), you));
        let name = entry.room.clone();
        let room = self.rooms.entry(name.clone()).or_insert_with(|| {
            let meeting = self.seal.meeting(you);
            Room::new(meeting, name.clone(), self.boot, self.forwarding)
        });
        let mut mailbox = VecDeque::new();
        let mut is_another_host = false;
        let mut generation = claim.generation.saturating_add(1);
        if let Some(seat) = room.seats.get_mut(&you) {
            generation = generation.max(seat.generation.saturating_add(1));
            seat.show_again(entry.presence, &mut room.hands);
            seat.ready = entry.ready;
            seat.forward = entry.forward;
            seat.generation = generation;
            seat.confirmed = false;
            seat.brought = entry.peers;
            seat.network = network;
            match std::mem::replace(&mut seat.line, Line::Live(connection)) {
                Line::Live(old) => {
                    let moved = ServerEvent::Moved(Nothing {});
                    self.outputs.push_back(Output::Send(old, moved));
                    self.outputs.push_back(Output::Close(old));
                    self.seated.remove(&old);
                    self.connections.remove(&old);
                    // What was sent there since the cut is lost: the others are to know that it was away.
                    room.announce_away(you, &mut self.outputs);
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
            room.take_seat(you, (connection, network), entry, generation);
            is_another_host = room.welcome_back(you, &claim);
        }
        self.outputs.push_back(Output::Admit(
            connection,
            Admitted {
                claim: room.claim(you),
                resumed: true,
                reforming,
                state: room.state(),
                participants: room.others(you),
                ready: Vec::new(),
            },
        ));
        if is_another_host {
            room.tell_state(Some(you), &mut self.outputs);
        }
        room.say_again(you, &mut self.outputs);
        room.announce(you, &mut self.outputs);
        for other in room.in_order(you) {
            room.meet_again(you, other, &mut self.outputs);
        }
        if let Some(unit) = room.unit_of(you) {
            room.meet_again(you, unit, &mut self.outputs);
            let again = UnitTask::TellAgain(you);
            self.outputs.push_back(Output::Unit(again));
        }
        room.forward(&mut self.outputs);
        for (from, signal) in mailbox {
            room.relay(from, you, signal, &mut self.outputs);
        }
        self.look_again(&name);
    }
}
