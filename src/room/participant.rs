//! A participant's place in a room, which outlives its socket for a while.

use std::time::Duration;

use super::{
    ConnectionId, Network,
    budget::Budget,
    mailbox::{Mailbox, MailboxBudget},
    throttle::Throttle,
};
use crate::protocol::{HeldPeer, HostRequest, Member, ParticipantId, Presence};

/// A participant's place in a room.
#[derive(Debug)]
pub(super) struct Participant {
    pub presence: Presence,
    pub connection: Connection,
    /// Where its connection comes from, or came from last.
    pub network: Network,
    /// Whether newcomers need not wait for its `conn-init`.
    pub auto_prepare: bool,
    /// Whether it may be introduced to the SFU.
    pub supports_sfu: bool,
    /// Whether it has found no way to the SFU, as it says, and has not got everything from there since.
    pub sfu_unreachable: bool,
    /// Whether the participant knows how to come back.
    pub resumable: bool,
    /// The number of the newest token.
    pub token_number: u32,
    /// Whether the client has said something since it was given the newest token: then the one before
    /// is spent. Until then the reply with the newest may have been lost with its socket.
    pub confirmed: bool,
    /// Counts the places of the room, for their order.
    pub joined: u64,
    /// While its hand is up: how many went up in the room until then.
    pub hand: Option<u32>,
    /// What the host asked of it and its client has not been seen to do. Others see it as done.
    pub host_requests: Vec<HostRequest>,
    pub budget: Budget,
    /// When the others are told what it shows.
    pub told: Throttle,
    /// How far its lines of the chat have been passed on, by its own count.
    pub last_message: u32,
    /// Whom it has asked for the chat, and how many parts of the answer have come.
    pub chat_syncs: Vec<(ParticipantId, u32)>,
    /// When it was given the newest token.
    pub token_at: Duration,
    /// The peers that it brought from before a restart of the server.
    pub held_peers: Vec<HeldPeer>,
}

/// The way to a participant.
#[derive(Debug)]
pub(super) enum Connection {
    /// By this connection.
    Live(ConnectionId),
    /// The socket is gone; the place is kept until then.
    Away { until: Duration, mailbox: Mailbox },
}

impl Participant {
    pub fn is_away(&self) -> bool {
        matches!(self.connection, Connection::Away { .. })
    }

    pub fn member(&self, id: ParticipantId) -> Member {
        Member {
            id,
            presence: self.presence.clone(),
            hand: self.hand,
            away: self.is_away(),
        }
    }

    /// Shows something else; `hands` have gone up in the room. Whether that changes anything.
    pub fn set_presence(&mut self, presence: Presence, hands: &mut u32) -> bool {
        self.host_requests.retain(|asked| !asked.is_done(&presence));
        if self.presence == presence {
            return false;
        }
        self.presence = presence;
        if !self.presence.hand {
            self.hand = None;
        } else if self.hand.is_none() {
            *hands = hands.saturating_add(1);
            self.hand = Some(*hands);
        }
        true
    }

    /// Shows something else after a while without a socket: what was asked meanwhile is to be done still.
    pub fn merge_presence(&mut self, mut presence: Presence, hands: &mut u32) {
        self.host_requests.retain(|asked| !asked.is_done(&presence));
        for asked in &self.host_requests {
            asked.carry_out(&mut presence);
        }
        let still = std::mem::take(&mut self.host_requests);
        self.set_presence(presence, hands);
        self.host_requests = still;
    }

    /// Sees something as done that the host asks for. Whether it was not so already.
    pub fn ask(&mut self, what: HostRequest) -> bool {
        if what.is_done(&self.presence) {
            return false;
        }
        what.carry_out(&mut self.presence);
        if what == HostRequest::LowerHand {
            self.hand = None;
        }
        if !self.host_requests.contains(&what) {
            self.host_requests.push(what);
        }
        true
    }

    /// Whether a token of this number may bring the participant back.
    pub fn accepts_token(&self, token_number: u32) -> bool {
        self.resumable && token_number >= self.oldest_token()
    }

    /// The number of the oldest token that may.
    pub fn oldest_token(&self) -> u32 {
        let unconfirmed = u32::from(!self.confirmed);
        self.token_number.saturating_sub(unconfirmed)
    }
}

impl Connection {
    pub fn away(until: Duration, mail: &MailboxBudget) -> Self {
        Self::Away {
            until,
            mailbox: Mailbox::new(mail),
        }
    }
}
