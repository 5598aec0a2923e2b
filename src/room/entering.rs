//! Coming into a room, for the first time or again.

use std::{collections::VecDeque, time::Duration};

use super::{
    Admitted, Claim, ConnectionId, MembershipChange, Network, Output, Rooms, pair::Pair,
    participant::Connection, room::Room,
};
use crate::protocol::{
    CreateSession, Empty, ParticipantId, Refusal, RoomName, ServerEvent, TOKEN_LIFE,
};

impl Rooms {
    pub(super) fn handle_entry(
        &mut self,
        now: Duration,
        connection: ConnectionId,
        mut entry: CreateSession,
        fresh: ParticipantId,
    ) -> Result<(), Refusal> {
        let network = self.network_of(connection)?;
        match self.rooms.get(&entry.room) {
            Some(_) if self.is_kicked_from(&entry.room, connection) => return Err(Refusal::Kicked),
            Some(room) if !room.waiting_room.admits(connection) => return Err(Refusal::Locked),
            Some(room)
                if room.participants.len() + room.awaited.len() >= self.limits.participants =>
            {
                return Err(Refusal::RoomFull(self.limits.participants));
            }
            None if self.rooms.len() >= self.limits.rooms => {
                return Err(Refusal::TooManyRooms(self.limits.rooms));
            }
            _ => {}
        }
        let makes_room = !self.rooms.contains_key(&entry.room);
        self.networks.may_join(network, makes_room)?;
        self.charge_entry(network, &entry.room)?;
        self.leave_lobby(connection);
        self.count_participant(&entry.room, fresh, network);
        self.connections_inside
            .insert(connection, (entry.room.clone(), fresh));
        let name = entry.room.clone();
        let wall = self.wall(now);
        let room = self.rooms.entry(name.clone()).or_insert_with(|| {
            let meeting = self.seal.meeting(fresh);
            Room::new(meeting, name.clone(), self.forwarding)
        });
        // From before a restart comes only who has a token.
        entry.peers = Vec::new();
        let knows_ready = entry.auto_prepare;
        room.add_participant(fresh, (connection, network), entry, 1);
        room.handle_newcomer(fresh);
        let mut news = VecDeque::new();
        room.announce(fresh, &mut news);
        // Who is served by the SFU is to be known before anybody is introduced.
        let mut moves = VecDeque::new();
        room.update_topology(&mut self.forwarded, &mut moves);
        let mut ready = Vec::new();
        for other in room.others_in_order(fresh) {
            let pair = Pair::new(fresh, other);
            match room.need_direct(fresh, other) {
                true => ready.extend(room.prepare(pair, &mut news)),
                false => room.pairs.insert(pair.apart()),
            }
        }
        if !knows_ready {
            let told = ready.drain(..).map(ServerEvent::ConnInit);
            news.extend(told.map(|event| Output::Send(connection, event)));
        }
        self.outputs.push_back(Output::Admit(
            connection,
            Admitted {
                claim: room.claim(fresh, now, wall),
                resumed: false,
                recovering: false,
                state: room.state(),
                meeting: self.seal.name(room.meeting),
                participants: room.others(fresh),
                prepared: ready,
            },
        ));
        self.outputs.append(&mut news);
        self.outputs.append(&mut moves);
        self.note(&name, fresh, Some(connection), MembershipChange::Joined);
        self.notify_watchers(&name);
        Ok(())
    }

    pub(super) fn handle_return(
        &mut self,
        now: Duration,
        connection: ConnectionId,
        entry: CreateSession,
        claim: Claim,
    ) -> Result<(), Refusal> {
        let network = self.network_of(connection)?;
        let you = claim.participant;
        let age = self.wall.age(now, Duration::from_secs(claim.issued));
        let room = self.rooms.get(&claim.room).filter(|room| {
            let is_this_meeting = room.meeting == claim.meeting && claim.room == entry.room;
            is_this_meeting && age <= TOKEN_LIFE
        });
        let room = room.ok_or_else(|| self.place_gone(you))?;
        match (room.participants.get(&you), room.take_reserved(you)) {
            (Some(participant), _) if participant.accepts_token(claim.token_number) => {}
            (None, Some(oldest)) if claim.token_number >= oldest => {
                if room.participants.len() >= self.limits.participants {
                    return Err(Refusal::RoomFull(self.limits.participants));
                }
                self.networks.may_join(network, false)?;
            }
            (None, None) => return Err(self.place_gone(you)),
            _ => return Err(Refusal::ResumeRefused),
        }
        self.charge_return(&claim)?;
        self.resume(now, (connection, network), entry, claim);
        Ok(())
    }

    /// The place of a participant was given up.
    fn place_gone(&self, who: ParticipantId) -> Refusal {
        let mut silenced = self.silenced.iter().rev();
        let said = silenced.find(|(other, _)| *other == who);
        said.map_or(Refusal::ResumeRefused, |(_, said)| {
            Refusal::PlaceGone(*said)
        })
    }

    /// A network has a participant, and the room if there was none. Who has moved here from another network is of this one.
    fn count_participant(&mut self, room: &RoomName, who: ParticipantId, network: Network) {
        if !self.rooms.contains_key(room) {
            self.networks.rooms.insert(room.clone(), network);
        }
        self.networks.participants.insert(who, network);
    }

    pub(super) fn network_of(&self, connection: ConnectionId) -> Result<Network, Refusal> {
        let network = self.connections.get(&connection).copied();
        network.ok_or(Refusal::NotInRoom)
    }

    /// The return is granted: the place gets its connection, and what the cut has lost is said again.
    fn resume(
        &mut self,
        now: Duration,
        (connection, network): (ConnectionId, Network),
        entry: CreateSession,
        claim: Claim,
    ) {
        let you = claim.participant;
        self.leave_lobby(connection);
        self.count_participant(&entry.room, you, network);
        let name = entry.room.clone();
        let wall = self.wall(now);
        self.connections_inside
            .insert(connection, (name.clone(), you));
        let Some(room) = self.rooms.get_mut(&name) else {
            return;
        };
        room.changed = true;
        let mut mailbox = VecDeque::new();
        let mut is_another_host = false;
        let mut reforming = false;
        let mut token_number = claim.token_number.saturating_add(1);
        if let Some(participant) = room.participants.get_mut(&you) {
            token_number = token_number.max(participant.token_number.saturating_add(1));
            participant.merge_presence(entry.presence, &mut room.hands);
            participant.auto_prepare = entry.auto_prepare;
            participant.supports_sfu = entry.supports_sfu;
            participant.token_number = token_number;
            participant.confirmed = false;
            participant.held_peers = entry.peers;
            participant.network = network;
            match std::mem::replace(&mut participant.connection, Connection::Live(connection)) {
                Connection::Live(old) => {
                    let moved = ServerEvent::SessionReplaced(Empty {});
                    self.outputs.push_back(Output::Send(old, moved));
                    self.outputs.push_back(Output::Close(old));
                    self.connections_inside.remove(&old);
                    self.connections.remove(&old);
                    // What was sent there since the cut is lost: the others are to know that it was away.
                    room.announce_away(you, &mut self.outputs);
                }
                Connection::Away {
                    until,
                    mailbox: mut kept,
                } => {
                    self.deadlines.remove(&(until, you));
                    mailbox = kept.take();
                }
            }
        } else {
            room.add_participant(you, (connection, network), entry, token_number);
            room.end_waiting_for(you);
            let before = room.state();
            room.handle_newcomer(you);
            is_another_host = room.state() != before;
            reforming = true;
        }
        // Who is served by the SFU is to be known before anybody is introduced.
        let mut moves = VecDeque::new();
        let knew_sfu = room.sfu_of(you).is_some();
        room.update_topology(&mut self.forwarded, &mut moves);
        self.outputs.push_back(Output::Admit(
            connection,
            Admitted {
                claim: room.claim(you, now, wall),
                resumed: true,
                recovering: reforming,
                state: room.state(),
                meeting: self.seal.name(room.meeting),
                participants: room.others(you),
                prepared: Vec::new(),
            },
        ));
        if is_another_host {
            room.send_host_state(Some(you), &mut self.outputs);
        }
        room.repeat_requests(you, &mut self.outputs);
        room.announce(you, &mut self.outputs);
        for other in room.others_in_order(you) {
            room.reintroduce(now, you, other, &mut self.outputs);
        }
        if knew_sfu {
            room.resume_sfu(now, you, &mut self.outputs);
        }
        if room.awaited.is_empty() {
            room.forget_held_peers();
        }
        self.outputs.append(&mut moves);
        for (from, signal) in mailbox {
            room.relay(from, you, signal, &mut self.outputs);
        }
        let change = match reforming {
            true => MembershipChange::Recovered,
            false => MembershipChange::Resumed,
        };
        self.note(&name, you, Some(connection), change);
        self.schedule_deferred(&name);
        self.notify_watchers(&name);
    }
}
