//! The rooms of a server as a sans-IO state machine: who is in, and who connects with whom.
//!
//! [`Rooms::handle_input`] takes what happened and the time; then **[`Rooms::poll_output`] is called
//! until it is empty**, and [`Rooms::poll_timeout`] tells when to come back with [`Input::Timeout`].
//! Nothing here touches a socket, a clock or a source of randomness: ids, verified claims and the
//! time are inputs. A refused input changes nothing.
//!
//! | file | what it decides |
//! |---|---|
//! | `entering`, `leaving` | who gets a place, and when it is given up |
//! | `journal`, `membership` | what the operator's log tells |
//! | `record` | what outlives a restart of the server |
//! | `room`, `pair` | who is introduced to whom, and what is passed on |
//! | `topology` | whether media goes straight or by the SFU, and which two are connected because of that |
//! | `sfu_sessions` | who is connected with the SFU |
//! | `host`, `waiting_room` | who the host is and what it may do; who is let in |
//! | `kicking` | who is kept out |
//! | `lobby`, `watches` | who knocks, and who looks in |
//! | `panic_recovery` | what becomes of a room that panics |
//! | `messages` | what is said |
//! | `charging`, `churn` | how much one may have the server and the others do |
//! | `backlog` | what may be queued for one who reads slowly |
//! | `reintroducing` | whose introduction anew has to wait |
//! | `mailbox` | what is kept for who is away |
//! | `updates` | when others are told of a state that changes often |
//! | `networks`, `rates` | what one network may hold, and how often it may try |
//! | `wall_clock` | what the time of a token is |
//! | `authenticator` | what only the server can make |
//!
//! Who was inside prepares for the newcomer and says so (`conn-init`); the newcomer then initiates.
//! A [pair](pair::Pair) remembers how far the two have come, so that whatever a cut socket lost can be
//! said again, and nothing twice. A participant whose socket is cut keeps its place for
//! [`RESUME_GRACE`](crate::protocol::RESUME_GRACE).

mod authenticator;
mod backlog;
mod budget;
mod charging;
mod churn;
mod deferred_introductions;
mod entering;
mod host;
mod host_state;
mod journal;
mod kicked;
mod kicking;
mod leaving;
mod lobby;
mod mailbox;
mod meeting_record;
mod membership;
mod messages;
mod network;
mod networks;
mod pair;
mod panic_recovery;
mod participant;
mod rates;
mod recent_networks;
mod record;
mod reintroducing;
#[expect(clippy::module_inception, reason = "one of the `Rooms`")]
mod room;
mod rooms;
mod sfu_config;
mod sfu_sessions;
mod sfu_subscription;
#[cfg(test)]
mod tests;
mod throttle;
mod topology;
mod updates;
mod waiting_room;
mod wall_clock;
mod watches;

pub use authenticator::{Authenticator, MeetingId, NetworkMark};
pub use backlog::Unicast;
pub use meeting_record::{MeetingRecord, RecordChange, ReservedPlace};
pub use membership::{LeaveReason, Membership, MembershipChange};
pub use network::Network;
pub use networks::NetworkLimits;
pub use rates::Rates;
pub use rooms::Rooms;
pub use sfu_config::SfuConfig;

use crate::{
    protocol::{
        CreateSession, HostAction, Knock, Lobby, Member, MessageTo, ParticipantId, PeerRef,
        Presence, RoomName, RoomState, ServerEvent, SignalMessage, Stamp, Stamped,
    },
    sfu::{SfuCommand, SfuEvent},
};

/// Names a connection of one client. The server counts them; they are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Bounds that the host sets.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Participants in a room.
    pub participants: usize,
    /// Rooms on the server.
    pub rooms: usize,
}

/// What a verified resume token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The room that it was given for.
    pub room: RoomName,
    /// The meeting in that room.
    pub meeting: MeetingId,
    /// The participant that it was given to.
    pub participant: ParticipantId,
    /// Which of the participant's tokens it is, from 1.
    pub token_number: u32,
    /// When it was given, in seconds since 1970: it holds for [`TOKEN_LIFE`](crate::protocol::TOKEN_LIFE).
    pub issued: u64,
}

/// Something that happened.
#[derive(Debug)]
pub enum Input {
    /// Time has passed.
    Timeout,
    /// A client has connected. What comes of a connection before this, or after [`Lost`](Self::Lost), is refused.
    Connect {
        /// Which.
        connection: ConnectionId,
        /// From where.
        network: Network,
    },
    /// A connection asks to be let in, or back in with a verified claim.
    Enter {
        /// Which.
        connection: ConnectionId,
        /// What it says.
        entry: CreateSession,
        /// The id that it gets when it is new.
        fresh: ParticipantId,
        /// What its resume token says, if it has one.
        claim: Option<Claim>,
    },
    /// `conn-init`: ready for a newcomer.
    Prepared(ConnectionId, PeerRef),
    /// `peer-restart`: the connection with this participant is beyond repair.
    PeerRestart(ConnectionId, PeerRef),
    /// `conn-signal`: to a participant of the same room.
    Signal(ConnectionId, SignalMessage),
    /// `sfu-request`: there is no way between these two but by the SFU.
    SfuRequest(ConnectionId, PeerRef),
    /// `sfu-unreachable`: there is no way to the SFU.
    SfuUnreachable(ConnectionId),
    /// `peer-request`: needs a connection with this participant of their own.
    PeerRequest(ConnectionId, PeerRef),
    /// `peer-release`: needs its connection with this participant, or with the SFU, no more.
    PeerRelease(ConnectionId, PeerRef),
    /// The SFU says something.
    Sfu {
        /// In which room.
        room: RoomName,
        /// To whom.
        participant: ParticipantId,
        /// What.
        says: SfuEvent,
    },
    /// There is another SFU, in the place of one that has failed. It knows nobody.
    SfuRestarted,
    /// The SFU has failed and could not be started again. Nothing goes by it before
    /// [`SfuRestarted`](Self::SfuRestarted).
    SfuGone,
    /// `participant-state`: shows something else now.
    Present(ConnectionId, Presence),
    /// `say`: to one or all others in the room.
    Message(ConnectionId, MessageTo),
    /// `host`: something that only the host may do.
    Host(ConnectionId, HostAction),
    /// `lobby-watch`: tell me who is in a room.
    LobbyWatch(ConnectionId, RoomName),
    /// `knock`: please let me in.
    Knock {
        /// Which.
        connection: ConnectionId,
        /// Where, and who.
        knock: Knock,
        /// The id for the answer.
        fresh: ParticipantId,
    },
    /// A connection has shown a token that does not hold.
    InvalidToken(ConnectionId),
    /// `leave-session`: leaves for good; or knocks and looks in no more.
    Leave(ConnectionId),
    /// The connection is over.
    Lost(ConnectionId),
}

/// Something to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Tell a connection that it is inside.
    Admit(ConnectionId, Admitted),
    /// Send an event.
    Send(ConnectionId, ServerEvent),
    /// Tell a connection what it sees of a room from outside.
    Lobby(ConnectionId, Lobby),
    /// Tell a connection that its line of the chat was passed on, and how.
    Stamped(ConnectionId, Stamped),
    /// Give a participant a token that says this.
    Token(ConnectionId, Claim),
    /// Have the SFU do something.
    Sfu(SfuCommand),
    /// Close a connection: its participant has come back on another, or was put out and knows no word for it.
    Close(ConnectionId),
}

/// What a connection is told when it is inside; the server adds the ICE servers.
#[derive(Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Who the participant is, and in which room, as it was first typed; to be given as a token.
    pub claim: Claim,
    /// Whether it came back.
    pub resumed: bool,
    /// Whether it came back from before a restart.
    pub recovering: bool,
    /// Who the host is, and whether newcomers have to knock.
    pub state: RoomState,
    /// Names the meeting: the same for all who are in it.
    pub meeting: Stamp,
    /// The others, in the order of their joining.
    pub participants: Vec<Member>,
    /// Those of them who are ready for it already.
    pub prepared: Vec<PeerRef>,
}
