//! Who is connected with the SFU. To a room it is one more participant, without a place, who makes every offer.

use std::{collections::VecDeque, time::Duration};

use super::{
    ConnectionId, MembershipChange, Output, Rooms, pair::Pair, room::Room, rooms::locate,
    sfu_config::SfuConfig,
};
use crate::{
    protocol::{
        ParticipantId, ParticipantLeft, PeerRef, Refusal, RoomName, ServerEvent, SignalMessage,
    },
    sfu::{SfuCommand, SfuEvent},
};

impl Room {
    /// Whether this is the SFU.
    pub fn is_sfu(&self, who: ParticipantId) -> bool {
        self.forwarding
            .is_some_and(|forwarding| forwarding.sfu == who)
    }

    /// The SFU, if a participant was introduced to it.
    pub fn sfu_of(&mut self, who: ParticipantId) -> Option<ParticipantId> {
        let sfu = self.forwarding?.sfu;
        self.pairs.find(sfu, who).map(|_| sfu)
    }

    /// Has the SFU do something about a pair that is introduced.
    pub fn begin(&self, pair: Pair, outputs: &mut VecDeque<Output>) {
        outputs.push_back(Output::Sfu(SfuCommand::Begin {
            room: self.name.clone(),
            participant: pair.preparer,
            generation: pair.generation,
        }));
    }

    /// Whether a participant may be introduced to the SFU.
    pub fn may_use_sfu(&self, who: ParticipantId) -> bool {
        self.participants
            .get(&who)
            .is_some_and(|participant| participant.supports_sfu)
    }

    /// Introduces a participant to the SFU, if it was not yet and there is room.
    pub fn introduce_sfu(
        &mut self,
        who: ParticipantId,
        forwarded: &mut usize,
        outputs: &mut VecDeque<Output>,
    ) {
        if let Some(SfuConfig { sfu, most, .. }) = self.forwarding
            && self.pairs.find(sfu, who).is_none()
            && *forwarded < most
        {
            *forwarded += 1;
            self.introduce(Pair::new(sfu, who), outputs);
        }
    }

    /// A participant has no place any more: what the SFU has for it ends.
    pub fn leave_sfu(
        &mut self,
        who: ParticipantId,
        forwarded: &mut usize,
        outputs: &mut VecDeque<Output>,
    ) {
        if self.sfu_of(who).is_some() {
            *forwarded = forwarded.saturating_sub(1);
            outputs.push_back(Output::Sfu(SfuCommand::End(who)));
        }
    }

    /// Whether this is the SFU, and it does not run: it is introduced to nobody then.
    pub fn is_sfu_gone(&self, who: ParticipantId) -> bool {
        self.forwarding
            .is_some_and(|forwarding| forwarding.sfu == who && !forwarding.running)
    }

    /// Somebody is back who was introduced to the SFU. What it has missed is said again: what is carried, or that the
    /// unit is gone.
    pub fn resume_sfu(
        &mut self,
        now: Duration,
        you: ParticipantId,
        outputs: &mut VecDeque<Output>,
    ) {
        let Some(sfu) = self.sfu_of(you) else {
            return;
        };
        if self.is_sfu_gone(sfu) {
            return self.detach_sfu(sfu, you, outputs);
        }
        self.reintroduce(now, you, sfu, outputs);
        outputs.push_back(Output::Sfu(SfuCommand::TellAgain(you)));
    }

    /// Tells a participant that the SFU is gone, so that it gives up the connection with it at once.
    pub fn detach_sfu(
        &self,
        sfu: ParticipantId,
        you: ParticipantId,
        outputs: &mut VecDeque<Output>,
    ) {
        self.send(
            you,
            ServerEvent::ParticipantLeft(ParticipantLeft { id: sfu }),
            outputs,
        );
    }

    /// Another SFU is introduced to all who were introduced to the one before.
    fn reintroduce_sfu(&mut self, outputs: &mut VecDeque<Output>) {
        let Some(SfuConfig { sfu, .. }) = self.forwarding else {
            return;
        };
        for who in self.order() {
            if let Some(pair) = self.pairs.find(sfu, who) {
                pair.restart();
                let pair = *pair;
                self.introduce(pair, outputs);
            }
        }
    }

    /// The SFU does not run any more. Whoever was introduced to it keeps the place there, to be introduced to the next one.
    fn handle_sfu_lost(&mut self, outputs: &mut VecDeque<Output>) {
        let Some(SfuConfig { sfu, .. }) = self.forwarding else {
            return;
        };
        for who in self.order() {
            if let Some(pair) = self.pairs.find(sfu, who) {
                pair.restart();
                self.detach_sfu(sfu, who, outputs);
            }
        }
    }
}

impl Rooms {
    /// With an SFU, whose tasks are [`Output::Sfu`].
    pub fn with_sfu(mut self, forwarding: SfuConfig) -> Self {
        self.set_sfu_config(forwarding);
        self
    }

    fn set_sfu_config(&mut self, forwarding: SfuConfig) {
        self.forwarding = Some(forwarding);
        for room in self.rooms.values_mut() {
            room.forwarding = self.forwarding;
        }
    }

    /// Two who find no way to each other are brought to the SFU, if both know of it.
    pub(super) fn handle_sfu_request(
        &mut self,
        connection: ConnectionId,
        about: &PeerRef,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        let other = about.conn_user_socket_id;
        room.participant(you, other)?;
        let both = [you, other];
        if both.iter().all(|who| room.may_use_sfu(*who)) {
            if both.iter().any(|who| room.sfu_of(*who).is_none()) {
                room.charge_restart(self.now, you, other)?;
            }
            for who in both {
                room.introduce_sfu(who, &mut self.forwarded, &mut self.outputs);
            }
            self.note_said(connection, MembershipChange::NeedsSfu(other));
        }
        Ok(())
    }

    /// The rooms form again around another SFU: everybody who was introduced to it is told to prepare for it anew.
    pub(super) fn handle_sfu_restart(&mut self) {
        let Some(forwarding) = self.forwarding else {
            return;
        };
        self.set_sfu_config(SfuConfig {
            running: true,
            ..forwarding
        });
        for room in self.rooms.values_mut() {
            room.reintroduce_sfu(&mut self.outputs);
            room.update_topology(&mut self.forwarded, &mut self.outputs);
        }
    }

    /// There is no SFU until the next restart of it: everybody goes back to the straight connections at once, instead of
    /// when the one with the SFU is missed.
    pub(super) fn handle_sfu_gone(&mut self) {
        let Some(forwarding) = self.forwarding.filter(|forwarding| forwarding.running) else {
            return;
        };
        self.set_sfu_config(SfuConfig {
            running: false,
            ..forwarding
        });
        for room in self.rooms.values_mut() {
            room.handle_sfu_lost(&mut self.outputs);
            room.update_topology(&mut self.forwarded, &mut self.outputs);
        }
    }

    /// Passes on what the SFU says; a participant who is gone meanwhile is told nothing.
    pub(super) fn handle_sfu_event(&mut self, name: &RoomName, to: ParticipantId, says: SfuEvent) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        let Some(sfu) = room.sfu_of(to) else {
            return;
        };
        match says {
            SfuEvent::Signal { generation, signal } => {
                let signal = SignalMessage {
                    conn_user_socket_id: to,
                    signal,
                    generation: Some(generation),
                };
                room.relay(sfu, to, signal, &mut self.outputs);
            }
            SfuEvent::Tracks(carried) => {
                room.send(to, ServerEvent::Tracks(carried), &mut self.outputs);
            }
        }
    }
}
