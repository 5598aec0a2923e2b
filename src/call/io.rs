//! What goes into a [`Call`](super::Call) and what comes out of it.

use std::{collections::VecDeque, time::Duration};

use super::{chat::line::ChatChange, outgoing_message::OutgoingMessage, transport::Transport};
use crate::protocol::{
    Candidate, ClientEvent, FileStep, HostAction, HostRequest, IceServer, Knocker, Lobby,
    LobbyReply, MediaKind, Member, ParticipantId, PeerRef, Presence, Reaction, Refused, RoomName,
    RoomState, Sdp, ServerEvent, SessionReply, Side, Stamped, TrackSource, TrackSources,
    VideoSubscription,
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Time has passed.
    Timeout,
    /// The person wants something.
    Intent(Intent),
    /// The link is inside the namespace: events may be emitted.
    LinkOpened,
    /// The link is gone, or could not be opened. Said at most once for every [`Output::OpenLink`], and
    /// not after [`Output::CloseLink`].
    LinkLost,
    /// The other end of a link that is being opened has told how long it may be silent.
    LinkHandshake {
        /// Longest silence of a server that is there.
        longest_silence: Duration,
    },
    /// The server will have no link with this page, whatever is tried. Said instead of [`Input::LinkLost`].
    LinkRefused(Refused),
    /// The reply to `echo`.
    Echoed,
    /// Something else that the server has sent.
    Heard,
    /// The reply to `create-session`.
    Reply(SessionReply),
    /// The reply to `lobby-watch`.
    Lobby(LobbyReply),
    /// The reply to a `say` of the chat. They come in the order of what they reply to.
    MessageReply(Result<Stamped, Refused>),
    /// An event from the server.
    Event(ServerEvent),
    /// A peer has something to say.
    Peer {
        /// With whom.
        id: ParticipantId,
        /// As in its [`PeerAction::Create`]; what an older one says is ignored.
        serial: u32,
        /// What it says.
        event: PeerEvent,
    },
}

impl Input {
    /// Whether it shows that the server is there.
    pub(super) fn is_from_server(&self) -> bool {
        matches!(
            self,
            Self::Heard | Self::Reply(_) | Self::Lobby(_) | Self::MessageReply(_) | Self::Event(_)
        )
    }
}

/// What the person wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// To be about to enter a room: has the link open by then, and looks in. Ignored while in one.
    Approach {
        /// Which.
        room: RoomName,
    },
    /// To enter a room. Ignored while in one: leave it first.
    Join {
        /// Which.
        room: RoomName,
        /// What the others see.
        presence: Presence,
    },
    /// To enter a room as the participant that an earlier page was there, or as another one if that is gone. Ignored while
    /// in one.
    Return {
        /// Which.
        room: RoomName,
        /// What the others see.
        presence: Presence,
        /// What the earlier page has left.
        from: ResumePoint,
    },
    /// To show something else from now on, a hand that is up among it.
    Present(Presence),
    /// To have someone's media by the SFU, as far as there is one. Not done while the server is away.
    UseSfu {
        /// Whose.
        with: ParticipantId,
    },
    /// To keep a connection of our own with someone, for files, or no more.
    KeepDirect {
        /// With whom.
        with: ParticipantId,
        /// Which of the two.
        keep: bool,
    },
    /// To share this with everybody in the room, or nothing from now on. Means nothing outside.
    Share(Option<Share>),
    /// To say something.
    Send(OutgoingMessage),
    /// To use a power of the host. Not done while the server is away.
    Host(HostAction),
    /// To be let into the room that was found [locked](Phase::Locked); takes a name.
    Knock,
    /// Not to wait with the next attempt to reach the server, and to look whether a link is still one: something tells that
    /// the server may be reached again, or no more.
    Hurry,
    /// To let another page take the place of this one: when it has within 30 seconds, this one does not come back.
    MakeWay,
    /// To leave for good.
    Leave,
}

/// What a page needs to come back as the participant that an earlier page was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumePoint {
    /// The resume token.
    pub token: Box<str>,
    /// How many messages of the chat the participant has said, so that the next one is not taken for one of them.
    pub last_message: u32,
}

/// A shared screen: a picture, and perhaps its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Whether there is sound.
    pub sound: bool,
}

/// What becomes of the actions of a peer, and of its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerEvent {
    /// [`PeerAction::Offer`] has made and set this description.
    Offered(Sdp),
    /// [`PeerAction::Answer`] has made and set this description.
    Answered(Sdp),
    /// [`PeerAction::Accept`] or [`PeerAction::Answer`] has set the other side's description.
    RemoteSet,
    /// A way to reach this side was found.
    Candidate(Candidate),
    /// The state of the connection changed.
    Connection(ConnectionState),
    /// The first media of a source has arrived, straight from a participant.
    Arrives(TrackSource),
    /// The first media has arrived in a section that is for no source (RFC 5888 section 4 names it): as the
    /// SFU's connection has them.
    Flows(Box<str>),
    /// An action other than [`PeerAction::AddCandidate`] was rejected, with this reason.
    Failed(String),
}

/// The state of a connection (W3C WebRTC section 4.3.3, `RTCPeerConnectionState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nothing yet.
    New,
    /// On the way.
    Connecting,
    /// There.
    Connected,
    /// Silent, and may come back by itself.
    Disconnected,
    /// Given up.
    Failed,
    /// Closed.
    Closed,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Open a link to the server by this transport, instead of one that there may be, to be followed by
    /// [`Input::LinkOpened`], [`Input::LinkLost`] or [`Input::LinkRefused`].
    OpenLink(Transport),
    /// Close the link, or stop opening it; harmless when there is none.
    CloseLink,
    /// Let go of the link without a word: it is dead, or the attempt to open it has come to nothing. A farewell that arrives
    /// late would be taken for the person's leaving.
    AbandonLink,
    /// Send an event. `create-session`, `lobby-watch`, `echo` and a `say` of the chat ask for a reply, the others do not.
    Emit(ClientEvent),
    /// Do something with a peer. The actions of one peer are done one after the other, in order.
    Peer {
        /// With whom.
        id: ParticipantId,
        /// Names the peer; every [`PeerAction::Create`] has a greater one than all before it.
        serial: u32,
        /// What to do.
        action: PeerAction,
    },
    /// Show what a participant sends for a source as it arrives here.
    RouteTrack {
        /// Whose.
        id: ParticipantId,
        /// Which.
        source: TrackSource,
        /// In a section of another peer's connection, or straight again.
        track: Option<(ParticipantId, Box<str>)>,
    },
    /// Send nothing of these sources straight to a participant, but everything else, of this peer and of those to come.
    PauseSending {
        /// To whom.
        id: ParticipantId,
        /// Which.
        sources: TrackSources,
    },
    /// Something to show.
    Notice(Notice),
}

/// What a peer is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerAction {
    /// Come into being: the first action.
    Create {
        /// Whether it makes the offers; then it sends and receives sound and pictures from the start,
        /// and opens a data channel.
        initiator: bool,
        /// STUN and TURN servers to use.
        ice_servers: Vec<IceServer>,
    },
    /// Close and be forgotten: the last action.
    Close,
    /// Make an offer and set it: [`PeerEvent::Offered`].
    Offer {
        /// With new ICE credentials.
        restart_ice: bool,
    },
    /// Set this answer: [`PeerEvent::RemoteSet`].
    Accept(Sdp),
    /// Set this offer: [`PeerEvent::RemoteSet`]; then make an answer and set it: [`PeerEvent::Answered`].
    Answer(Sdp),
    /// Add the other side's candidate; one that does not fit is no failure.
    AddCandidate(Candidate),
    /// Make another place for media of this kind, both ways, to be offered next: the second of a kind is a
    /// screen's.
    AddTransceiver(MediaKind),
}

/// Something to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The call as a whole is in another state.
    Phase(Phase),
    /// Inside the room.
    Admitted {
        /// The own id.
        you: ParticipantId,
        /// The room's name as it was first typed.
        room: RoomName,
        /// Whether the same participant came back.
        resumed: bool,
    },
    /// Someone is new, or shows something else.
    Member(Member),
    /// Someone is gone. Not said of those who are there when the call ends.
    Gone(ParticipantId),
    /// The connection with someone is in another state.
    Link(ParticipantId, PeerLink),
    /// Pictures of someone cannot come by the SFU, since this end of the way knows none of its formats; or they
    /// can again. They come straight where there is a way.
    Unfit(ParticipantId, Option<Side>),
    /// What is seen of the room from outside.
    Lobby(Lobby),
    /// Who the host is, and whether newcomers have to knock.
    Room(RoomState),
    /// Who knocks, to the host: those who came first in front.
    Waiting(Vec<Knocker>),
    /// The host has asked for this, and the others see it as done: from now on the person shows it so.
    HostRequest(HostRequest),
    /// Another line of the chat, or one less.
    Chat(ChatChange),
    /// A passing sign, of the own person too.
    Reaction {
        /// Whose.
        from: ParticipantId,
        /// Which.
        reaction: Reaction,
    },
    /// Someone wants this of the own camera from now on.
    Wanted {
        /// Who.
        by: ParticipantId,
        /// How much.
        video: VideoSubscription,
    },
    /// Someone wants something about the bytes of a file.
    File {
        /// Who.
        from: ParticipantId,
        /// Who offered the file.
        author: ParticipantId,
        /// In which of their messages.
        n: u32,
        /// What is to happen.
        step: FileStep,
    },
    /// Something that was sent is refused.
    Refused(Refused),
}

/// The state of the call as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Not begun.
    Idle,
    /// On the way in.
    Joining,
    /// In front of a locked room, until [`Intent::Knock`].
    Locked,
    /// Waiting for the host to answer.
    Knocking,
    /// Inside.
    InRoom,
    /// Inside, and the server is not there; it is tried again.
    Reconnecting,
    /// On the way in, and the server could not be reached several times; it is tried again.
    ServerAway,
    /// Over, until the next [`Intent::Join`].
    Ended(EndReason),
}

/// Why a call is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndReason {
    /// The person left.
    Left,
    /// The server does not let the person in.
    Refused(Refused),
    /// The host does not let the person in.
    NotAdmitted,
    /// The host has put the person out.
    Kicked,
    /// The host has ended the meeting.
    MeetingEnded,
    /// The person came back in another place.
    SessionReplaced,
}

/// The state of the connection with one participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerLink {
    /// Not connected yet.
    Connecting,
    /// Connected.
    Connected,
    /// Was connected, and is being mended.
    Restarting,
}

/// What there is to do, in order.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    queue: VecDeque<Output>,
    serial: u32,
}

impl Outputs {
    pub fn push(&mut self, output: Output) {
        self.queue.push_back(output);
    }

    pub fn pop(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }

    pub fn emit(&mut self, event: ClientEvent) {
        self.push(Output::Emit(event));
    }

    pub fn notice(&mut self, notice: Notice) {
        self.push(Output::Notice(notice));
    }

    pub fn phase(&mut self, phase: Phase) {
        self.notice(Notice::Phase(phase));
    }

    /// A serial that no peer has had.
    pub fn next_serial(&mut self) -> u32 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }
}

/// Names an introduction to the server; `number` 0 names none.
pub(super) fn peer_ref(with: ParticipantId, number: u32) -> PeerRef {
    PeerRef {
        conn_user_socket_id: with,
        generation: (number > 0).then_some(number),
    }
}
