//! Whether media goes straight or by the SFU, and who is connected with whom because of that.
//!
//! A room is a mesh or an SFU room. It becomes an SFU room when so many are inside who know of the SFU, and a mesh again when few
//! are left; between the two numbers it stays what it is. In an SFU room two who are both served by the SFU are not introduced
//! to each other: their pair is [apart](PairState::Apart), until one of them needs a connection of their own.
//!
//! Every move is made before it breaks. Into an SFU room, all are introduced to the SFU, and what they have straight stays until
//! both of a pair say that they need it no more. Back into a mesh, every two are introduced, and the SFU's sessions end when
//! all say that they need them no more.

use std::collections::VecDeque;

use super::{
    ConnectionId, MembershipChange, Output, Rooms, pair::PairState, room::Room, rooms::locate,
};
use crate::protocol::{ParticipantId, PeerRef, Refusal, ServerEvent, Topology};

impl Room {
    /// Draws the conclusions of how many are here, and of whether the SFU runs.
    pub fn update_topology(&mut self, forwarded: &mut usize, outputs: &mut VecDeque<Output>) {
        let next = self.next_topology();
        if next != self.topology {
            self.topology = next;
            self.changed = true;
            self.send_host_state(None, outputs);
            if next == Topology::Mesh {
                self.begin_mesh(outputs);
            }
        }
        if self.topology == Topology::Sfu {
            for who in self.order() {
                if self.may_use_sfu(who) {
                    self.introduce_sfu(who, forwarded, outputs);
                }
            }
        }
    }

    fn next_topology(&self) -> Topology {
        let Some(config) = self.forwarding.filter(|config| config.running) else {
            return Topology::Mesh;
        };
        let able = self.order().filter(|who| self.may_use_sfu(*who)).count();
        let inside = self.participants.len() + self.awaited.len();
        match self.topology {
            Topology::Mesh if able >= config.from => Topology::Sfu,
            Topology::Sfu if inside <= config.until => Topology::Mesh,
            same => same,
        }
    }

    /// Every two are introduced who are not, and what was needed no more in the SFU room is needed again.
    fn begin_mesh(&mut self, outputs: &mut VecDeque<Output>) {
        let mut apart = Vec::new();
        for pair in self.pairs.iter_mut() {
            pair.released = None;
            if pair.stage == PairState::Apart {
                pair.restart();
                apart.push(*pair);
            }
        }
        for pair in apart {
            self.introduce(pair, outputs);
        }
    }

    /// Whether two need a connection of their own from the start.
    pub fn need_direct(&self, one: ParticipantId, other: ParticipantId) -> bool {
        let is_mesh = self.topology == Topology::Mesh;
        is_mesh || !self.is_served_by_sfu(one) || !self.is_served_by_sfu(other)
    }

    /// Whether a participant gets everything by the SFU, as far as is known.
    fn is_served_by_sfu(&self, who: ParticipantId) -> bool {
        let sfu = self.forwarding.map(|config| config.sfu);
        let participant = self.participants.get(&who);
        sfu.is_some_and(|sfu| self.pairs.has(sfu, who))
            && participant.is_some_and(|participant| !participant.sfu_unreachable)
    }

    /// In an SFU room, one of a pair needs their connection no more.
    fn release(
        &mut self,
        you: ParticipantId,
        other: ParticipantId,
        outputs: &mut VecDeque<Output>,
    ) {
        let pair = self.pairs.find(you, other);
        let Some(pair) = pair.filter(|pair| pair.stage == PairState::Introduced) else {
            return;
        };
        match pair.released {
            Some(who) if who != you => {
                pair.stage = PairState::Apart;
                pair.released = None;
                let generation = pair.generation;
                self.send_closed(you, other, generation, outputs);
                self.send_closed(other, you, generation, outputs);
            }
            _ => pair.released = Some(you),
        }
        // It has what it needs by the SFU.
        if let Some(participant) = self.participants.get_mut(&you) {
            participant.sfu_unreachable = false;
        }
    }

    /// Tells a participant that its connection with another one is over.
    pub fn send_closed(
        &self,
        to: ParticipantId,
        other: ParticipantId,
        generation: u32,
        outputs: &mut VecDeque<Output>,
    ) {
        let about = PeerRef {
            conn_user_socket_id: other,
            generation: Some(generation),
        };
        self.send(to, ServerEvent::PeerClosed(about), outputs);
    }

    /// In a mesh again, the SFU's sessions end once nobody needs them any more.
    pub fn end_sfu_sessions(&mut self, forwarded: &mut usize, outputs: &mut VecDeque<Output>) {
        let Some(config) = self.forwarding else {
            return;
        };
        if self.topology == Topology::Sfu {
            return;
        }
        let mut released = Vec::new();
        for who in self.order() {
            match self.pairs.find(config.sfu, who) {
                Some(pair) if pair.released.is_none() => return,
                Some(_) => released.push(who),
                None => {}
            }
        }
        for who in released {
            self.leave_sfu(who, forwarded, outputs);
            self.pairs.remove(config.sfu, who);
            self.detach_sfu(config.sfu, who, outputs);
        }
    }
}

impl Rooms {
    /// A participant finds no way to the SFU: it is connected with everybody straight.
    pub(super) fn handle_sfu_unreachable(
        &mut self,
        connection: ConnectionId,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        let Some(participant) = room.participants.get_mut(&you) else {
            return Err(Refusal::NotInRoom);
        };
        let is_news = !std::mem::replace(&mut participant.sfu_unreachable, true);
        for other in room.others_in_order(you) {
            let pair = room.pairs.find(you, other);
            if pair.is_some_and(|pair| pair.stage == PairState::Apart) {
                room.reintroduce_for(now, you, other, &mut self.outputs);
            }
        }
        let name = room.name.clone();
        self.schedule_deferred(&name);
        if is_news {
            self.note_said(connection, MembershipChange::SfuUnreachable);
        }
        Ok(())
    }

    /// A participant needs a connection with another one of their own.
    pub(super) fn handle_peer_request(
        &mut self,
        connection: ConnectionId,
        about: &PeerRef,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        let other = about.conn_user_socket_id;
        room.participant(you, other)?;
        let pair = room.pair(you, other)?;
        pair.released.take_if(|who| *who == you);
        if pair.stage == PairState::Apart {
            room.charge_restart(now, you, other)?;
            let pair = room.pair(you, other)?;
            pair.restart();
            let pair = *pair;
            room.introduce(pair, &mut self.outputs);
        }
        Ok(())
    }

    /// A participant needs its connection with another one, or with the SFU, no more.
    pub(super) fn handle_peer_release(
        &mut self,
        connection: ConnectionId,
        about: &PeerRef,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.connections_inside, connection)?;
        let other = about.conn_user_socket_id;
        let topology = room.topology;
        let is_sfu = room.is_sfu(other);
        let pair = room.pair(you, other)?;
        if about
            .generation
            .is_some_and(|number| number != pair.generation)
        {
            return Ok(());
        }
        match (topology, is_sfu) {
            (Topology::Sfu, false) => room.release(you, other, &mut self.outputs),
            (Topology::Mesh, true) => {
                pair.released = Some(you);
                room.end_sfu_sessions(&mut self.forwarded, &mut self.outputs);
            }
            (Topology::Mesh, false) | (Topology::Sfu, true) => {}
        }
        Ok(())
    }
}
