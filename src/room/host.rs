//! The host of a room: who it is, and what it may do.

use std::{collections::VecDeque, time::Duration};

use super::{
    Claim, ConnectionId, Output, Rooms, kicking::Removal, lobby::answer, participant::Connection,
    room::Room, rooms::locate,
};
use crate::protocol::{
    Empty, HostAction, HostRequest, HostRequested, ParticipantId, Refusal, RoomName, RoomState,
    ServerEvent,
};

/// Who the host is. There is one exactly while anybody is inside who can be: who entered with an object. After a
/// restart it is the one of before, as long as its place is kept.
#[derive(Debug, Default)]
pub(super) struct HostState {
    pub host: Option<ParticipantId>,
}

impl Room {
    /// Who the host is, and whether newcomers have to knock.
    pub fn state(&self) -> RoomState {
        RoomState {
            host: self.reign.host,
            locked: self.door.is_locked(),
        }
    }

    /// A token for a participant, given `now`, which is `wall` since 1970.
    pub fn claim(&mut self, who: ParticipantId, now: Duration, wall: Duration) -> Claim {
        let mut generation = 0;
        if let Some(seat) = self.seats.get_mut(&who) {
            generation = seat.generation;
            seat.token_at = now;
        }
        Claim {
            room: self.name.clone(),
            meeting: self.meeting,
            participant: who,
            generation,
            issued: wall.as_secs(),
        }
    }

    /// A newcomer is the host if there is none. Whoever is told of it is told with the admission.
    pub fn welcome(&mut self, who: ParticipantId) {
        let is_able = self.seats.get(&who).is_some_and(|seat| seat.resumable);
        if self.reign.host.is_none() && is_able {
            self.promote(who);
        }
    }

    fn promote(&mut self, host: ParticipantId) {
        self.reign.host = Some(host);
        self.changed = true;
    }

    /// Finds another host when there is none any more: the one of those who are there, or else of those who are
    /// away, who has been here longest. Without one, nobody could open the door: it is unlocked.
    pub fn settle(&mut self, outputs: &mut VecDeque<Output>) {
        let is_kept = |host| self.seats.get(&host).is_some() || self.awaits(host).is_some();
        if self.reign.host.is_some_and(is_kept) {
            return;
        }
        self.changed = true;
        let able = self.seats.iter().filter(|(_, seat)| seat.resumable);
        let heir = able.min_by_key(|(_, seat)| (seat.is_away(), seat.joined));
        match heir.map(|(id, _)| *id) {
            Some(heir) => self.hand_over(heir, outputs),
            // The first who comes back is the host.
            None if !self.awaited.is_empty() => self.reign.host = None,
            None => {
                self.reign.host = None;
                self.unlock(outputs);
            }
        }
    }

    /// Makes someone the host, and tells everyone.
    fn hand_over(&mut self, to: ParticipantId, outputs: &mut VecDeque<Output>) {
        self.promote(to);
        self.tell_state(None, outputs);
        self.door_changed |= self.door.has_waiting();
    }

    /// Has newcomers knock, or not any more; everyone is told if that is new.
    pub fn set_lock(&mut self, locked: bool, outputs: &mut VecDeque<Output>) {
        if locked == self.door.is_locked() {
            return;
        }
        if locked {
            self.door.lock();
        } else {
            self.unlock(outputs);
        }
        self.changed = true;
        self.tell_state(None, outputs);
    }

    /// Nobody has to wait any more.
    pub fn unlock(&mut self, outputs: &mut VecDeque<Output>) {
        self.door_changed |= self.door.has_waiting();
        let waiting = self.door.unlock().into_iter();
        outputs.extend(waiting.map(|connection| answer(connection, true)));
    }

    /// Says to one who is back what the host has asked meanwhile, and to the host who waits.
    pub fn repeat_requests(&self, who: ParticipantId, outputs: &mut VecDeque<Output>) {
        let asked = self.seats.get(&who).map(|seat| &seat.host_requests);
        for what in asked.into_iter().flatten().copied() {
            self.tell(
                who,
                ServerEvent::HostRequest(HostRequested { request: what }),
                outputs,
            );
        }
        if self.reign.host == Some(who) && self.door.has_waiting() {
            self.tell_who_knocks(outputs);
        }
    }

    /// Asks someone for something, which the others see as done.
    fn ask(
        &mut self,
        who: ParticipantId,
        what: HostRequest,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), Refusal> {
        let seat = self.seats.get_mut(&who).ok_or(Refusal::NotHere(who))?;
        if !seat.resumable {
            return Err(Refusal::Unsupported(who));
        }
        if seat.ask(what) {
            self.tell(
                who,
                ServerEvent::HostRequest(HostRequested { request: what }),
                outputs,
            );
            self.unsaid.push(who);
        }
        Ok(())
    }

    /// Tells everyone but one who the host is, and whether the room is locked.
    pub fn tell_state(&self, except: Option<ParticipantId>, outputs: &mut VecDeque<Output>) {
        let state = self.state();
        for id in self.order().filter(|id| Some(*id) != except) {
            self.tell(id, ServerEvent::RoomState(state), outputs);
        }
    }

    /// Tells the host who waits.
    pub fn tell_who_knocks(&self, outputs: &mut VecDeque<Output>) {
        if let Some(host) = self.reign.host {
            let event = ServerEvent::Knocking(self.door.knocking());
            self.tell(host, event, outputs);
        }
    }
}

impl Rooms {
    pub(super) fn handle_host(
        &mut self,
        connection: ConnectionId,
        action: HostAction,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.seated, connection)?;
        if room.reign.host != Some(you) {
            return Err(Refusal::NotHost);
        }
        if !room.charge_fan_out(self.now, you, room.seats.len()) {
            return Err(Refusal::RateLimited);
        }
        let name = room.name.clone();
        let out = &mut self.outputs;
        match action {
            HostAction::Lock { locked } => room.set_lock(locked, out),
            HostAction::Admit { id, admit } => {
                let knocker = room.door.answer(id, admit).ok_or(Refusal::NotHere(id))?;
                out.push_back(answer(knocker, admit));
                room.door_changed = true;
            }
            HostAction::Mute { id } => room.ask(id, HostRequest::Mute, out)?,
            HostAction::LowerHand { id } => room.ask(id, HostRequest::LowerHand, out)?,
            HostAction::MuteAll => {
                for other in room.in_order(you) {
                    // Who can't be asked goes on.
                    let _ = room.ask(other, HostRequest::Mute, out);
                }
            }
            HostAction::LowerHands => {
                for id in room.order().collect::<Vec<_>>() {
                    let _ = room.ask(id, HostRequest::LowerHand, out);
                }
            }
            HostAction::HandOver { id } => {
                let seat = room.participant(you, id)?;
                if !seat.resumable {
                    return Err(Refusal::Unsupported(id));
                }
                room.hand_over(id, out);
            }
            HostAction::Kick { id, address, lock } => {
                let removal = Removal { id, address, lock };
                self.kick(&name, you, removal)?;
            }
            HostAction::End => self.end(&name),
        }
        self.notify_watchers(&name);
        Ok(())
    }

    /// Ends a meeting: nobody is in the room any more, and nobody is let in who waits.
    fn end(&mut self, name: &RoomName) {
        let Some(room) = self.rooms.get(name) else {
            return;
        };
        for id in room.order().collect::<Vec<_>>() {
            self.expel(name, id, ServerEvent::MeetingEnded(Empty {}));
        }
        if let Some(mut room) = self.close_room(name) {
            let waiting = room.door.unlock().into_iter();
            self.outputs
                .extend(waiting.map(|connection| answer(connection, false)));
        }
    }

    /// Takes a participant's connection out of the room, with a last word. One that would not understand it is
    /// closed.
    pub(super) fn expel(&mut self, name: &RoomName, who: ParticipantId, word: ServerEvent) {
        let Some(room) = self.rooms.get(name) else {
            return;
        };
        let Some(seat) = room.seats.get(&who) else {
            return;
        };
        match &seat.connection {
            Connection::Live(connection) => {
                self.seated.remove(connection);
                self.outputs.push_back(if seat.resumable {
                    Output::Send(*connection, word)
                } else {
                    self.connections.remove(connection);
                    Output::Close(*connection)
                });
            }
            Connection::Away { until, .. } => {
                self.deadlines.remove(&(*until, who));
            }
        }
    }
}
