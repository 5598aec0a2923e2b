//! The host of a room: who it is, and what it may do.

use std::{collections::VecDeque, time::Duration};

use super::{
    Claim, ConnectionId, LeaveReason, MembershipChange, Output, Rooms, kicking::KickOptions,
    lobby::answer, participant::Connection, room::Room, rooms::locate,
};
use crate::protocol::{
    Empty, HostAction, HostRequest, HostRequested, ParticipantId, Refusal, RoomName, RoomState,
    ServerEvent,
};

impl Room {
    /// Who the host is, whether newcomers have to knock, and how media goes.
    pub fn state(&self) -> RoomState {
        RoomState {
            host: self.host_state.host,
            locked: self.waiting_room.is_locked(),
            topology: self.topology,
        }
    }

    /// A token for a participant, given `now`, which is `wall` since 1970.
    pub fn claim(&mut self, who: ParticipantId, now: Duration, wall: Duration) -> Claim {
        let mut token_number = 0;
        if let Some(participant) = self.participants.get_mut(&who) {
            token_number = participant.token_number;
            participant.token_at = now;
        }
        Claim {
            room: self.name.clone(),
            meeting: self.meeting,
            participant: who,
            token_number,
            issued: wall.as_secs(),
        }
    }

    /// A newcomer is the host if there is none. Whoever is told of it is told with the admission.
    pub fn handle_newcomer(&mut self, who: ParticipantId) {
        let is_able = self
            .participants
            .get(&who)
            .is_some_and(|participant| participant.resumable);
        if self.host_state.host.is_none() && is_able {
            self.promote(who);
        }
    }

    fn promote(&mut self, host: ParticipantId) {
        self.host_state.host = Some(host);
        self.changed = true;
    }

    /// Finds another host when there is none any more: the one of those who are there, or else of those who are
    /// away, who has been here longest. Without one, nobody could open the door: it is unlocked.
    pub fn ensure_host(&mut self, outputs: &mut VecDeque<Output>) {
        let is_kept =
            |host| self.participants.get(&host).is_some() || self.take_reserved(host).is_some();
        if self.host_state.host.is_some_and(is_kept) {
            return;
        }
        self.changed = true;
        let able = self
            .participants
            .iter()
            .filter(|(_, participant)| participant.resumable);
        let successor =
            able.min_by_key(|(_, participant)| (participant.is_away(), participant.joined));
        match successor.map(|(id, _)| *id) {
            Some(successor) => self.hand_over(successor, outputs),
            // The first who comes back is the host.
            None if !self.awaited.is_empty() => self.host_state.host = None,
            None => {
                self.host_state.host = None;
                self.unlock(outputs);
            }
        }
    }

    /// Makes someone the host, and tells everyone.
    fn hand_over(&mut self, to: ParticipantId, outputs: &mut VecDeque<Output>) {
        self.promote(to);
        self.send_host_state(None, outputs);
        self.waiting_changed |= self.waiting_room.has_waiting();
    }

    /// Has newcomers knock, or not any more; everyone is told if that is new.
    pub fn set_lock(&mut self, locked: bool, outputs: &mut VecDeque<Output>) {
        if locked == self.waiting_room.is_locked() {
            return;
        }
        if locked {
            self.waiting_room.lock();
        } else {
            self.unlock(outputs);
        }
        self.changed = true;
        self.send_host_state(None, outputs);
    }

    /// Nobody has to wait any more.
    pub fn unlock(&mut self, outputs: &mut VecDeque<Output>) {
        self.waiting_changed |= self.waiting_room.has_waiting();
        let waiting = self.waiting_room.unlock().into_iter();
        outputs.extend(waiting.map(|connection| answer(connection, true)));
    }

    /// Says to one who is back what the host has asked meanwhile, and to the host who waits.
    pub fn repeat_requests(&self, who: ParticipantId, outputs: &mut VecDeque<Output>) {
        let asked = self
            .participants
            .get(&who)
            .map(|participant| &participant.host_requests);
        for what in asked.into_iter().flatten().copied() {
            self.send_extension(
                who,
                ServerEvent::HostRequest(HostRequested { request: what }),
                outputs,
            );
        }
        if self.host_state.host == Some(who) && self.waiting_room.has_waiting() {
            self.send_knocks(outputs);
        }
    }

    /// Asks someone for something, which the others see as done.
    fn ask(
        &mut self,
        who: ParticipantId,
        what: HostRequest,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), Refusal> {
        let participant = self
            .participants
            .get_mut(&who)
            .ok_or(Refusal::NotHere(who))?;
        if !participant.resumable {
            return Err(Refusal::Unsupported(who));
        }
        if participant.ask(what) {
            self.send_extension(
                who,
                ServerEvent::HostRequest(HostRequested { request: what }),
                outputs,
            );
            self.unsaid.push(who);
        }
        Ok(())
    }

    /// Tells everyone but one the [`state`](Self::state).
    pub fn send_host_state(&self, except: Option<ParticipantId>, outputs: &mut VecDeque<Output>) {
        let state = self.state();
        for id in self.order().filter(|id| Some(*id) != except) {
            self.send_extension(id, ServerEvent::RoomState(state), outputs);
        }
    }

    /// Tells the host who waits.
    pub fn send_knocks(&self, outputs: &mut VecDeque<Output>) {
        if let Some(host) = self.host_state.host {
            let event = ServerEvent::Knocking(self.waiting_room.knocking());
            self.send_extension(host, event, outputs);
        }
    }
}

impl Rooms {
    pub(super) fn handle_host(
        &mut self,
        connection: ConnectionId,
        action: HostAction,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        if room.host_state.host != Some(you) {
            return Err(Refusal::NotHost);
        }
        if !room.charge_fan_out(self.now, you, room.participants.len()) {
            return Err(Refusal::RateLimited);
        }
        let name = room.name.clone();
        let out = &mut self.outputs;
        match action {
            HostAction::Lock { locked } => room.set_lock(locked, out),
            HostAction::Admit { id, admit } => {
                let knocker = room
                    .waiting_room
                    .answer(id, admit)
                    .ok_or(Refusal::NotHere(id))?;
                out.push_back(answer(knocker, admit));
                room.waiting_changed = true;
                let change = match admit {
                    true => MembershipChange::Admitted,
                    false => MembershipChange::Denied,
                };
                self.note(&name, id, Some(knocker), change);
            }
            HostAction::Mute { id } => room.ask(id, HostRequest::Mute, out)?,
            HostAction::LowerHand { id } => room.ask(id, HostRequest::LowerHand, out)?,
            HostAction::MuteAll => {
                for other in room.others_in_order(you) {
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
                let participant = room.participant(you, id)?;
                if !participant.resumable {
                    return Err(Refusal::Unsupported(id));
                }
                room.hand_over(id, out);
            }
            HostAction::Kick { id, address, lock } => {
                let removal = KickOptions { id, address, lock };
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
        let members = room.order().collect::<Vec<_>>();
        self.note_end(name, LeaveReason::MeetingEnded);
        for id in members {
            self.expel(name, id, ServerEvent::MeetingEnded(Empty {}));
        }
        if let Some(mut room) = self.close_room(name) {
            let waiting = room.waiting_room.unlock().into_iter();
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
        let Some(participant) = room.participants.get(&who) else {
            return;
        };
        match &participant.connection {
            Connection::Live(connection) => {
                self.connections_inside.remove(connection);
                self.outputs.push_back(if participant.resumable {
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
