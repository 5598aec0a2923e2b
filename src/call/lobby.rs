//! In front of a room: looking in, a locked door, and knocking at it.

use std::time::Duration;

use super::{
    Call,
    io::{EndReason, Notice, Output, Phase},
    session::{Entry, Session},
};
use crate::protocol::{
    ClientEvent, Knock, KnockResult, Lobby, LobbyReply, LobbyWatch, Refused, RoomName, ServerEvent,
};

impl Call {
    /// The link is there, and no room is entered.
    pub(super) fn begin_outside(&mut self, now: Duration) {
        match &self.session {
            None => {
                if let Some(room) = self.approached.clone() {
                    self.watch_lobby(room);
                }
            }
            Some(session) => match session.entry_state {
                Entry::Open => self.enter(now),
                Entry::Locked => self.enter_phase(Phase::Locked),
                Entry::Knocking => {
                    self.enter_phase(Phase::Knocking);
                    self.knock();
                }
            },
        }
    }

    pub(super) fn handle_approach(&mut self, now: Duration, room: RoomName) {
        if self.session.is_some() {
            return;
        }
        self.approached = Some(room.clone());
        self.open_link(now);
        if self.link.is_outside() {
            self.watch_lobby(room);
        }
    }

    pub(super) fn handle_knock(&mut self) {
        if let Some(session) = &mut self.session
            && session.entry_state == Entry::Locked
            && session.presence.name.is_some()
        {
            session.entry_state = Entry::Knocking;
            self.outputs.phase(Phase::Knocking);
            self.knock();
        }
    }

    /// The room is locked. One who was let in and finds it locked all the same knocks again.
    pub(super) fn handle_locked(&mut self) {
        self.link.handle_refused();
        let Some(session) = &mut self.session else {
            return;
        };
        if session.entry_state == Entry::Knocking {
            return self.knock();
        }
        session.entry_state = Entry::Locked;
        self.enter_phase(Phase::Locked);
    }

    pub(super) fn handle_lobby(&mut self, reply: LobbyReply) {
        // One that is not shown who is inside can enter all the same.
        if let LobbyReply::Seen(lobby) = reply {
            self.show_lobby(lobby);
        }
    }

    /// What the server says to one who is in no room.
    pub(super) fn handle_event_outside(&mut self, now: Duration, event: ServerEvent) {
        match event {
            ServerEvent::LobbyState(lobby) => self.show_lobby(lobby),
            ServerEvent::KnockResult(KnockResult { admitted }) if self.is_knocking() => {
                if admitted {
                    self.enter(now);
                } else {
                    self.end(EndReason::NotAdmitted);
                }
            }
            ServerEvent::Refused(refused) if self.is_knocking() && &*refused.code == "kicked" => {
                self.end(EndReason::Refused(refused));
            }
            ServerEvent::Refused(refused)
                if self.is_knocking() && is_of_a_knock(&refused) && refused.is_rate_limited() =>
            {
                self.link.rest(now);
            }
            ServerEvent::Refused(refused) if self.is_knocking() && is_of_a_knock(&refused) => {
                if let Some(session) = &mut self.session {
                    session.entry_state = Entry::Locked;
                }
                self.outputs.notice(Notice::Refused(refused));
                self.outputs.phase(Phase::Locked);
            }
            _ => {}
        }
    }

    /// The server had asked to be left alone for a while, which is over.
    pub(super) fn retry_enter(&mut self, now: Duration) {
        let knocks = |session: &Session| session.entry_state == Entry::Knocking;
        if self.session.as_ref().is_some_and(knocks) {
            self.knock();
        } else {
            self.enter(now);
        }
    }

    fn is_knocking(&self) -> bool {
        let knocks = |session: &Session| session.entry_state == Entry::Knocking;
        self.link.is_outside() && self.session.as_ref().is_some_and(knocks)
    }

    fn enter_phase(&mut self, phase: Phase) {
        self.outputs.phase(phase);
        if let Some(room) = self.session.as_ref().map(|session| session.room.clone()) {
            self.watch_lobby(room);
        }
    }

    fn watch_lobby(&mut self, room: RoomName) {
        self.outputs
            .emit(ClientEvent::LobbyWatch(LobbyWatch { room }));
    }

    fn knock(&mut self) {
        let Some(session) = self.session.as_ref().filter(|_| self.link.is_outside()) else {
            return;
        };
        if let Some(name) = session.presence.name.clone() {
            let room = session.room.clone();
            self.outputs.emit(ClientEvent::Knock(Knock { room, name }));
        }
    }

    fn show_lobby(&mut self, lobby: Lobby) {
        if !self.link.is_open() {
            self.outputs.push(Output::Notice(Notice::Lobby(lobby)));
        }
    }
}

fn is_of_a_knock(refused: &Refused) -> bool {
    refused.event.as_deref() == Some("knock")
}
