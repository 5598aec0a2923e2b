//! Being in a room: what the server says of it, and how to come back to it.

use std::time::Duration;

use super::{
    host_view::HostView,
    io::{Notice, Outputs, PeerEvent, ResumePoint, Share, peer_ref},
    messages::{LocalUser, Messages},
    outgoing_message::OutgoingMessage,
    peer::{Introduction, PeerConfig},
    roster::Roster,
    sfu_routing::{Circumstances, SfuRouting},
};
use crate::protocol::{
    Admission, ClientEvent, CreateSession, FileStep, HostRequested, IceServer, Member, MessageBody,
    MessageFrom, ParticipantId, PeerRef, Prepare, Presence, Refused, RoomName, ServerEvent,
    Stamped, Topology, TrackMapping, TrackSource, VideoSubscription,
};

/// How far someone has come who wants to be in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// Goes in whenever the link is there.
    Open,
    /// Was refused; it is the person's turn.
    Locked,
    /// Waits for the host.
    Knocking,
}

/// A stay in a room, which outlives the link.
#[derive(Debug)]
pub(super) struct Session {
    pub room: RoomName,
    pub entry_state: Entry,
    /// What the person shows of itself.
    pub presence: Presence,
    /// Until when another page that has the token, too, may have taken this one's track.
    pub makes_way: Option<Duration>,
    share: Option<Share>,
    resume: Option<Box<str>>,
    you: Option<ParticipantId>,
    ice_servers: Vec<IceServer>,
    /// Whether the server has an SFU.
    sfu_available: bool,
    roster: Roster,
    sfu_routing: SfuRouting,
    /// How media goes in the room.
    topology: Topology,
    /// Whether media is to come by the SFU though the room is a mesh.
    prefers_sfu: bool,
    host_view: HostView,
    messages: Messages,
}

impl Session {
    pub fn new(room: RoomName, presence: Presence) -> Self {
        Self {
            room,
            entry_state: Entry::Open,
            presence,
            makes_way: None,
            share: None,
            resume: None,
            you: None,
            ice_servers: Vec::new(),
            sfu_available: false,
            roster: Roster::default(),
            sfu_routing: SfuRouting::default(),
            topology: Topology::Mesh,
            prefers_sfu: false,
            host_view: HostView::default(),
            messages: Messages::default(),
        }
    }

    /// Comes back as the participant that an earlier page was.
    pub fn resume_from(&mut self, point: ResumePoint) {
        self.resume = Some(point.token);
        self.messages.resume_from(point.last_message);
    }

    /// What another page needs to come back as this participant.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        Some(ResumePoint {
            token: self.resume.clone()?,
            last_message: self.messages.said(),
        })
    }

    /// Asks to be let in, or back in.
    pub fn entry(&self) -> CreateSession {
        let peers = match self.resume {
            Some(_) => self.roster.held_peers(),
            None => Vec::new(),
        };
        CreateSession {
            room: self.room.clone(),
            presence: self.presence.clone(),
            resume: self.resume.clone(),
            peers,
            auto_prepare: true,
            supports_sfu: true,
            resumable: true,
        }
    }

    pub fn handle_admission(&mut self, now: Duration, admission: Admission, out: &mut Outputs) {
        let Admission {
            you,
            resume,
            room,
            meeting,
            resumed,
            recovering,
            state,
            participants,
            prepared,
            ice_servers,
            sfu_available,
            ..
        } = admission;
        if !resumed {
            self.roster.clear(out);
        }
        self.you = Some(you);
        self.entry_state = Entry::Open;
        self.makes_way = None;
        self.resume = Some(resume);
        self.ice_servers = ice_servers;
        self.sfu_available = sfu_available;
        out.notice(Notice::Admitted { you, room, resumed });
        self.topology = state.topology;
        self.roster.forget_released();
        self.sfu_routing.forget_released();
        self.host_view.begin(you, state, out);
        self.roster.keep(now, &participants, recovering, out);
        let here = participants.iter().filter(|member| !member.away);
        let here = here.map(|member| member.id).collect();
        for member in participants {
            self.roster.show(member, None, out);
        }
        for peer in prepared {
            self.handle_ready(now, &peer, out);
        }
        // This also tells the server that the token has arrived.
        out.emit(ClientEvent::ParticipantState(self.presence.clone()));
        self.roster.handle_signaling_restored(now, None, out);
        self.roster.resend_direct_pause(None, out);
        self.messages.enter(now, you, (meeting, here), out);
    }

    /// Forgets the earlier stay, if there was one: the server does, which has passed on lines of the chat so far.
    pub fn forget(&mut self, said: Option<u32>, out: &mut Outputs) -> bool {
        self.messages.give_up(said);
        self.roster.clear(out);
        self.messages.resume_from(0);
        self.resume.take().is_some()
    }

    pub fn handle_event(&mut self, now: Duration, event: ServerEvent, out: &mut Outputs) {
        match event {
            ServerEvent::ConnPrepare(prepare) => self.handle_prepare(now, &prepare, out),
            ServerEvent::ConnInit(ready) => self.handle_ready(now, &ready, out),
            ServerEvent::ConnSignal(signalled) => self.roster.handle_signal(now, signalled, out),
            ServerEvent::ParticipantState(member) => {
                let id = member.id;
                if Some(id) != self.you && self.roster.show(member, Some(now), out) {
                    self.roster.handle_signaling_restored(now, Some(id), out);
                    self.messages.send_subscription(id, out);
                    self.roster.resend_direct_pause(Some(id), out);
                }
            }
            ServerEvent::ParticipantLeft(left) => {
                self.roster.remove(left.id, out);
                self.messages.forget(left.id);
            }
            ServerEvent::Refused(refused) if is_stale_target(&refused) => {}
            // What tries again by itself: connections that do not come to be, questions for the chat, signs.
            ServerEvent::Refused(refused)
                if refused.is_rate_limited() && is_of_its_own(&refused) =>
            {
                self.messages.handle_rate_limited(now);
            }
            ServerEvent::Refused(refused) => out.notice(Notice::Refused(refused)),
            ServerEvent::ResumeToken(token) => self.resume = Some(token.resume),
            ServerEvent::RoomState(state) => {
                self.topology = state.topology;
                self.host_view.show(self.you, state, out);
            }
            ServerEvent::PeerClosed(PeerRef {
                conn_user_socket_id,
                generation,
            }) => {
                let generation = generation.unwrap_or(u32::MAX);
                self.roster.close_peer(conn_user_socket_id, generation, out);
            }
            ServerEvent::Knocking(knocking) => self.host_view.wait(knocking.waiting, out),
            ServerEvent::HostRequest(asks) => self.apply_host_request(asks, out),
            ServerEvent::Tracks(tracks) => {
                let unwanted = |track: &&TrackMapping| {
                    track.source == TrackSource::Camera
                        && self.messages.subscription(track.participant) != VideoSubscription::Full
                };
                for track in tracks.tracks.iter().filter(unwanted) {
                    self.messages.send_subscription(track.participant, out);
                }
                self.sfu_routing.handle_tracks(tracks);
            }
            ServerEvent::Message(MessageFrom {
                from,
                body: MessageBody::DirectPause { sources },
            }) => {
                if let Some(participant) = self.roster.participant(from) {
                    participant.direct_pause.set(sources);
                    participant.apply_direct_pause(now);
                }
            }
            ServerEvent::Message(said) => {
                self.messages.receive(now, said, out);
            }
            // Of before the room, or acted on by who holds the link.
            ServerEvent::KnockResult(_)
            | ServerEvent::LobbyState(_)
            | ServerEvent::Kicked(_)
            | ServerEvent::MeetingEnded(_)
            | ServerEvent::SessionReplaced(_) => {}
            // Media goes on; what is to be done follows when the link is lost.
            ServerEvent::ServerClosing(_) => {}
        }
    }

    /// Shares this with everybody who is here, and with those to come.
    pub fn share(&mut self, now: Duration, share: Option<Share>, open: bool, out: &mut Outputs) {
        self.share = share;
        self.roster.share(now, share, open, out);
    }

    /// The person says something.
    pub fn send_message(
        &mut self,
        now: Duration,
        utterance: OutgoingMessage,
        open: bool,
        out: &mut Outputs,
    ) {
        if self.topology == Topology::Sfu
            && let OutgoingMessage::File {
                to,
                author,
                n,
                step: FileStep::Ask,
            } = utterance
            && let Some(participant) = self.roster.participant(to)
            && !participant.is_connected_straight()
        {
            return participant.ask_later(author, n);
        }
        if let Some(you) = self.you {
            let name = self.presence.name.clone();
            let speaker = LocalUser { you, name, open };
            self.messages.send(now, speaker, utterance, out);
        }
    }

    /// The server answers what was said.
    pub fn handle_said(
        &mut self,
        now: Duration,
        reply: Result<Stamped, Refused>,
        out: &mut Outputs,
    ) {
        self.messages.handle_reply(now, reply, out);
    }

    /// Whether the participant has been let in.
    pub fn is_inside(&self) -> bool {
        self.you.is_some()
    }

    /// The link is lost.
    pub fn cut(&mut self) {
        self.messages.cut();
    }

    pub fn handle_peer(
        &mut self,
        now: Duration,
        id: ParticipantId,
        serial: u32,
        event: PeerEvent,
        open: bool,
        out: &mut Outputs,
    ) {
        if let PeerEvent::Flows(mid) = event {
            return self.sfu_routing.handle_flow(serial, mid);
        }
        if let PeerEvent::Arrives(source) = event {
            if let Some(participant) = self.roster.participant(id) {
                participant.handle_arrival(serial, source);
            }
            return;
        }
        self.roster.handle_peer(now, (id, serial), event, open, out);
    }

    /// Draws the conclusions of what has happened.
    pub fn settle(&mut self, now: Duration, open: bool, out: &mut Outputs) {
        let Self {
            sfu_routing,
            roster,
            messages,
            topology,
            prefers_sfu,
            ..
        } = self;
        let circumstances = Circumstances {
            now,
            is_mesh: *topology == Topology::Mesh,
            prefers_sfu: *topology == Topology::Sfu || *prefers_sfu,
            open,
        };
        sfu_routing.settle(roster, circumstances, |id| messages.subscription(id), out);
        if open {
            roster.send_deferred_asks(out);
        }
    }

    /// Media is to come by the SFU, though the room may be a mesh.
    pub fn prefer_sfu(&mut self) {
        self.prefers_sfu = true;
    }

    /// Keeps a connection of our own with someone for files, or no more.
    pub fn keep_direct(&mut self, now: Duration, with: ParticipantId, keep: bool) {
        if let Some(participant) = self.roster.participant(with) {
            participant.direct_need.keep_for_files(now, keep);
        }
    }

    pub fn render_delay(&self, now: Duration) -> Duration {
        self.roster.render_delay(now)
    }

    pub fn close_peers(&mut self, out: &mut Outputs) {
        self.roster.close_peers(out);
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        [self.roster.poll_timeout(), self.messages.poll_timeout()]
            .into_iter()
            .flatten()
            .min()
    }

    pub fn handle_timeout(&mut self, now: Duration, out: &mut Outputs) {
        self.roster.handle_timeout(now, out);
        self.messages.handle_timeout(now, out);
    }

    /// The others see it as done: so it is.
    fn apply_host_request(&mut self, asks: HostRequested, out: &mut Outputs) {
        asks.request.carry_out(&mut self.presence);
        out.emit(ClientEvent::ParticipantState(self.presence.clone()));
        out.notice(Notice::HostRequest(asks.request));
    }

    fn handle_prepare(&mut self, now: Duration, prepare: &Prepare, out: &mut Outputs) {
        let (with, number) = (prepare.just_joined_user_socket_id, prepare.generation);
        // Said again when the answer may be lost.
        if self.introduce(
            now,
            Introduction {
                with,
                number,
                initiator: false,
            },
            prepare.sfu,
            out,
        ) {
            out.emit(ClientEvent::ConnInit(peer_ref(with, number)));
        }
    }

    fn handle_ready(&mut self, now: Duration, ready: &PeerRef, out: &mut Outputs) {
        let (with, number) = (ready.conn_user_socket_id, ready.generation.unwrap_or(0));
        self.introduce(
            now,
            Introduction {
                with,
                number,
                initiator: true,
            },
            false,
            out,
        );
    }

    fn introduce(
        &mut self,
        now: Duration,
        new: Introduction,
        sfu: bool,
        out: &mut Outputs,
    ) -> bool {
        if Some(new.with) == self.you {
            return false;
        }
        if sfu {
            self.roster.expect_sfu(new.with, out);
        }
        if !self.roster.contains(new.with) {
            // A server that says nothing more of its participants, as the seed's.
            self.roster.show(
                Member {
                    id: new.with,
                    presence: Presence::unnamed(),
                    hand: None,
                    away: false,
                },
                None,
                out,
            );
        }
        let config = PeerConfig {
            ice_servers: &self.ice_servers,
            share: self.share,
            sfu_available: self.sfu_available,
        };
        self.roster.introduce(now, new, config, out)
    }
}

/// Whether something was said to one who was leaving, or being introduced anew, at that moment.
fn is_stale_target(refused: &Refused) -> bool {
    let event = refused.event.as_deref().unwrap_or_default();
    matches!(&*refused.code, "not-here" | "not-prepared" | "not-asked") && is_signaling(event)
}

/// Whether the program has sent it by itself, rather than the person.
fn is_of_its_own(refused: &Refused) -> bool {
    is_signaling(refused.event.as_deref().unwrap_or_default())
}

fn is_signaling(event: &str) -> bool {
    event.starts_with("conn-")
        || matches!(
            event,
            "peer-restart" | "peer-request" | "peer-release" | "sfu-request" | "message"
        )
}
