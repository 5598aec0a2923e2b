//! The browser's half of a meeting as a sans-IO state machine: the link to the server, who is in the
//! room, and the negotiation with every peer.
//!
//! [`Call::handle_input`] takes what happened and the time; then **[`Call::poll_output`] is called until
//! it is empty**, and [`Call::poll_timeout`] tells when to come back with [`Input::Timeout`]. Nothing here
//! touches a socket, a clock, a media device or a source of randomness; `now` is the time since any fixed
//! moment.
//!
//! Three things keep a call alive. The link is opened again and again ([`server_link`]), and peers outlive it.
//! The server introduces two participants and numbers the introductions; a peer belongs to one of them.
//! A peer whose connection fails restarts ICE first and asks for another introduction then
//! ([`connection_monitor`]).
//! All of that waits while the server, or the other participant's socket, is away.
//!
//! Beside that go [`messages`]: the chat is held by the pages of those inside alone ([`chat`]), and so are the [`files`] that are
//! offered there. Media may take the way by the SFU ([`sfu_routing`]). In front of a room one looks in, and knocks where it is
//! locked ([`lobby`]).

mod answerer;
mod candidates;
mod chat;
mod connection_monitor;
mod deferred_start;
mod device;
mod device_switch;
pub mod diagnostics;
mod direct_need;
pub mod files;
mod host_view;
mod inbound_limits;
mod io;
mod link_quality;
mod link_reader;
mod lobby;
mod messages;
mod names;
mod offerer;
mod outgoing_message;
mod peer;
mod remote;
mod remote_participant;
mod roster;
mod sections;
mod server_link;
mod session;
mod sfu_routing;
pub mod stats;
#[cfg(test)]
pub(crate) mod tests;
mod transceiver_requests;
mod transport;
mod video_quality;
mod voice;

use std::time::Duration;

pub use chat::{CHAT_LINES, ChatChange, ChatLine, DeliveryState};
pub use deferred_start::{DeferredStart, StartStep};
pub use device::{CaptureSource, DeviceDecision, DeviceSnapshot};
pub use device_switch::{
    CurrentDevice, DeviceConstraint, DeviceRequest, DeviceSwitch, SwitchAction, SwitchReason,
};
pub use io::{
    ConnectionState, EndReason, Input, Intent, Notice, Output, PeerAction, PeerEvent, PeerLink,
    Phase, ResumePoint, Share,
};
pub use names::{Names, label, tell_apart};
pub use outgoing_message::OutgoingMessage;
pub use transport::Transport;
pub use video_quality::{VideoQualities, VideoQuality};

pub use link_quality::{Grade, LinkQuality, Measured};
pub use link_reader::{FrameOutcome, LinkEvent, read_frame, write_frame};
pub use voice::{DeadMicrophone, MutedTalk, Voice};

use crate::protocol::{
    ClientEvent, Empty, HostAction, Presence, Refused, RoomName, ServerEvent, SessionReply,
};
use io::{Outputs, peer_ref};
use server_link::{Due, Lost, RetryAction, ServerLink};
use session::Session;

/// Attempts to reach the server in vain before it is said to be away.
const SILENT_ATTEMPTS: u32 = 3;

/// How long the other page may take to come in. Where it never does, this one comes back whatever the answer is.
const MAKES_WAY: Duration = Duration::from_secs(30);

/// A person's call. See the [module](self) for how it is driven.
#[derive(Debug)]
pub struct Call {
    link: ServerLink,
    /// Which room to look into before the join.
    approached: Option<RoomName>,
    /// From the join to the end.
    session: Option<Session>,
    outputs: Outputs,
}

impl Call {
    /// Makes a call that waits for [`Intent::Join`]. `seed` spreads the attempts of many clients to come
    /// back; it is no secret.
    pub fn new(seed: u64) -> Self {
        Self {
            link: ServerLink::new(seed),
            approached: None,
            session: None,
            outputs: Outputs::default(),
        }
    }

    /// Takes what happened at `now`. **Drain [`poll_output`](Self::poll_output) after every call.**
    ///
    /// Nothing can fail: what does not fit the state (an answer that comes too late, an event of a peer
    /// that is closed) is ignored.
    pub fn handle_input(&mut self, now: Duration, input: Input) {
        if input.is_from_server() {
            self.link.handle_traffic(now);
        }
        match input {
            Input::Heard => return,
            Input::Timeout => self.handle_timeout(now),
            Input::Intent(Intent::Approach { room }) => self.handle_approach(now, room),
            Input::Intent(Intent::Join { room, presence }) => {
                self.handle_join(now, room, presence, None);
            }
            Input::Intent(Intent::Return {
                room,
                presence,
                from,
            }) => self.handle_join(now, room, presence, Some(from)),
            Input::Intent(Intent::Present(presence)) => self.handle_present(presence),
            Input::Intent(Intent::UseSfu { with }) => {
                if let Some(session) = self.session.as_mut().filter(|_| self.link.is_open()) {
                    session.prefer_sfu();
                    self.outputs
                        .emit(ClientEvent::SfuRequest(peer_ref(with, 0)));
                }
            }
            Input::Intent(Intent::KeepDirect { with, keep }) => {
                if let Some(session) = &mut self.session {
                    session.keep_direct(now, with, keep);
                }
            }
            Input::Intent(Intent::Share(share)) => self.handle_share(now, share),
            Input::Intent(Intent::Send(utterance)) => {
                if let Some(session) = &mut self.session {
                    session.send_message(now, utterance, self.link.is_open(), &mut self.outputs);
                }
            }
            Input::Intent(Intent::Host(action)) => self.handle_host(action),
            Input::Intent(Intent::Knock) => self.handle_knock(),
            Input::Intent(Intent::Hurry) => self.handle_hurry(now),
            Input::Intent(Intent::MakeWay) => {
                if let Some(session) = &mut self.session {
                    session.makes_way = Some(now + MAKES_WAY);
                }
            }
            Input::Intent(Intent::Leave) => self.handle_leave(),
            Input::LinkOpened => self.handle_opened(now),
            Input::LinkHandshake { longest_silence } => {
                self.link.handle_handshake(now, longest_silence);
            }
            Input::LinkLost => self.handle_lost(now),
            Input::LinkRefused(refused) => self.handle_link_refused(refused),
            Input::Echoed => self.link.echoed(),
            Input::Reply(SessionReply::Admitted(admission)) => {
                if let Some(session) = self.session.as_mut().filter(|_| self.link.is_entering()) {
                    self.link.admitted();
                    session.handle_admission(now, *admission, &mut self.outputs);
                    self.outputs.phase(Phase::InRoom);
                }
            }
            Input::Reply(SessionReply::Refused(refused)) => self.handle_refusal(now, refused),
            Input::Lobby(reply) => self.handle_lobby(reply),
            Input::MessageReply(reply) => {
                if let Some(session) = self.session.as_mut().filter(|_| self.link.is_open()) {
                    session.handle_said(now, reply, &mut self.outputs);
                }
            }
            Input::Event(event) => self.handle_event(now, event),
            Input::Peer { id, serial, event } => {
                if let Some(session) = &mut self.session {
                    session.handle_peer(
                        now,
                        id,
                        serial,
                        event,
                        self.link.is_open(),
                        &mut self.outputs,
                    );
                }
            }
        }
        if let Some(session) = &mut self.session {
            session.settle(now, self.link.is_open(), &mut self.outputs);
        }
    }

    /// The next thing to do, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop()
    }

    /// How long the pages may be drawn later than they could, as long as nothing else happens. Drawing keeps the browser busy
    /// for as long as it takes to connect two, so the descriptions that somebody waits for go first.
    pub fn render_delay(&self, now: Duration) -> Duration {
        let session = self.session.as_ref();
        session.map_or(Duration::ZERO, |session| session.render_delay(now))
    }

    /// When to come back with [`Input::Timeout`], if nothing else happens.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let session = self.session.as_ref().filter(|_| self.link.is_open());
        [
            self.link.poll_timeout(),
            session.and_then(Session::poll_timeout),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn handle_timeout(&mut self, now: Duration) {
        match self.link.handle_timeout(now) {
            Some(Due::Open) => self.push_open(),
            Some(Due::GiveUp) => {
                self.outputs.push(Output::AbandonLink);
                self.handle_lost(now);
            }
            Some(Due::Enter) => self.retry_enter(now),
            None => {}
        }
        if let Some(session) = self.session.as_mut().filter(|_| self.link.is_open()) {
            session.handle_timeout(now, &mut self.outputs);
        }
    }

    fn handle_join(
        &mut self,
        now: Duration,
        room: RoomName,
        presence: Presence,
        from: Option<ResumePoint>,
    ) {
        if self.session.is_some() {
            return;
        }
        let mut session = Session::new(room, presence);
        if let Some(from) = from {
            session.resume_from(from);
        }
        self.session = Some(session);
        self.outputs.phase(Phase::Joining);
        self.open_link(now);
        self.enter(now);
    }

    fn open_link(&mut self, now: Duration) {
        if self.link.open(now) {
            self.push_open();
        }
    }

    fn push_open(&mut self) {
        let transport = self.link.transport();
        self.outputs.push(Output::OpenLink(transport));
    }

    /// What would be tried a while later is tried now, and a link that is open has to show it.
    fn handle_hurry(&mut self, now: Duration) {
        match self.link.retry_now(now) {
            Some(RetryAction::Open) => self.push_open(),
            Some(RetryAction::Probe) => self.outputs.emit(ClientEvent::Echo(Empty {})),
            None => {}
        }
    }

    /// Asks to be let in, if that is wanted and can be asked.
    fn enter(&mut self, now: Duration) {
        if let Some(session) = self.session.as_ref().filter(|_| self.link.is_outside()) {
            self.link.entering(now);
            self.outputs
                .emit(ClientEvent::CreateSession(session.entry()));
        }
    }

    fn handle_present(&mut self, presence: Presence) {
        let Some(session) = &mut self.session else {
            return;
        };
        session.presence = presence.clone();
        if self.link.is_open() {
            self.outputs.emit(ClientEvent::ParticipantState(presence));
        }
    }

    fn handle_share(&mut self, now: Duration, share: Option<Share>) {
        if let Some(session) = &mut self.session {
            session.share(now, share, self.link.is_open(), &mut self.outputs);
        }
    }

    fn handle_host(&mut self, action: HostAction) {
        if self.link.is_open() {
            self.outputs.emit(ClientEvent::Host(action));
        }
    }

    fn handle_leave(&mut self) {
        // Behind a `create-session` it undoes it.
        if self.link.is_open() || self.link.is_entering() {
            self.outputs.emit(ClientEvent::LeaveSession(Empty {}));
        }
        self.end(EndReason::Left);
    }

    fn end(&mut self, reason: EndReason) {
        self.link.close();
        self.approached = None;
        self.outputs.push(Output::CloseLink);
        if let Some(mut session) = self.session.take() {
            session.close_peers(&mut self.outputs);
            self.outputs.phase(Phase::Ended(reason));
        }
    }

    fn handle_opened(&mut self, now: Duration) {
        self.link.opened();
        if self.link.is_outside() {
            self.begin_outside(now);
        }
    }

    fn handle_lost(&mut self, now: Duration) {
        match self.link.lost(now) {
            Some(Lost::Open) => self.push_open(),
            Some(Lost::Wait(attempt)) => {
                if let Some(session) = &mut self.session {
                    session.cut();
                    if session.is_inside() {
                        self.outputs.phase(Phase::Reconnecting);
                    } else if attempt > SILENT_ATTEMPTS {
                        self.outputs.phase(Phase::ServerAway);
                    }
                }
            }
            None => {}
        }
    }

    /// The server answers, and will not have this page: trying again would not help.
    fn handle_link_refused(&mut self, refused: Refused) {
        if self.link.is_closed() {
            return;
        }
        let is_before = self.session.is_none();
        self.end(EndReason::Refused(refused.clone()));
        if is_before {
            self.outputs
                .phase(Phase::Ended(EndReason::Refused(refused)));
        }
    }

    /// What another page needs to come back as the same participant; `None` outside.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        self.session.as_ref()?.resume_point()
    }

    fn handle_refusal(&mut self, now: Duration, refused: Refused) {
        let Some(session) = self.session.as_mut().filter(|_| self.link.is_entering()) else {
            return;
        };
        if refused.is_rate_limited() {
            self.link.rest(now);
        } else if &*refused.code == "resume-refused"
            && session.makes_way.is_some_and(|until| now < until)
        {
            // The other page has come in while this one was away.
            self.end(EndReason::SessionReplaced);
        } else if &*refused.code == "resume-refused"
            && session.forget(refused.last_message, &mut self.outputs)
        {
            self.link.entering(now);
            self.outputs
                .emit(ClientEvent::CreateSession(session.entry()));
        } else if &*refused.code == "locked" {
            self.handle_locked();
        } else {
            self.end(EndReason::Refused(refused));
        }
    }

    /// The reply to `create-session` comes before every event of the room.
    fn handle_event(&mut self, now: Duration, event: ServerEvent) {
        let Some(session) = self.session.as_mut().filter(|_| self.link.is_open()) else {
            return self.handle_event_outside(now, event);
        };
        match event {
            ServerEvent::Kicked(_) => self.end(EndReason::Kicked),
            ServerEvent::MeetingEnded(_) => self.end(EndReason::MeetingEnded),
            ServerEvent::SessionReplaced(_) => self.end(EndReason::SessionReplaced),
            event => session.handle_event(now, event, &mut self.outputs),
        }
    }
}
