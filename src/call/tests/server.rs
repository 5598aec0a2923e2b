//! The server's adapter around the rooms, as thin as it can be.

use super::*;
use crate::{
    protocol::{LobbyReply, MessageBody, ResumeToken, WireEvent},
    room::{
        self, Authenticator, Claim, ConnectionId, Limits, MeetingId, MeetingRecord, Network,
        RecordChange, Rooms, SfuConfig,
    },
    sfu::{SfuCommand, SfuEvent},
};

/// A run of the server.
pub struct Server {
    rooms: Rooms,
    started: Duration,
    forwards: bool,
}

/// What the server does with a connection.
pub enum Sent {
    /// Sends this.
    To(ConnectionId, Input),
    /// Closes it.
    Close(ConnectionId),
    /// Gives this to the SFU.
    Unit(SfuCommand),
    /// Keeps this over a restart.
    Keep(RecordChange),
}

impl Server {
    /// `sfu`: from how many on media is forwarded, and until how few; or without an SFU.
    pub fn start(
        boot: u64,
        now: Duration,
        sfu: Option<(usize, usize)>,
        records: Vec<MeetingRecord>,
    ) -> Self {
        let limits = Limits {
            participants: 8,
            rooms: 8,
        };
        let mut rooms = Rooms::new(limits, Authenticator::new([7; 32]), now);
        if let Some((from, until)) = sfu {
            let sfu = ParticipantId::from_random([100 + boot as u8; 20]);
            rooms = rooms.with_sfu(SfuConfig {
                sfu,
                from,
                until,
                most: 1_000,
                running: true,
            });
        }
        rooms.recall(records);
        Self {
            rooms,
            started: now,
            forwards: sfu.is_some(),
        }
    }

    pub fn sfu_says(
        &mut self,
        now: Duration,
        participant: ParticipantId,
        says: SfuEvent,
    ) -> Vec<Sent> {
        let room = RoomName::parse("standup").unwrap();
        let input = room::Input::Sfu {
            room,
            participant,
            says,
        };
        self.serve(now, input).unwrap()
    }

    pub fn pass_time(&mut self, now: Duration) -> Vec<Sent> {
        self.serve(now, room::Input::Timeout).unwrap()
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        Some(self.started + self.rooms.poll_timeout()?)
    }

    pub fn connect(&mut self, now: Duration, connection: ConnectionId) -> Vec<Sent> {
        let network = Network::V4([127, 0, 0, 1]);
        let input = room::Input::Connect {
            connection,
            network,
        };
        self.serve(now, input).unwrap()
    }

    pub fn lose(&mut self, now: Duration, connection: ConnectionId) -> Vec<Sent> {
        self.serve(now, room::Input::Lost(connection)).unwrap()
    }

    pub fn handle_event(
        &mut self,
        now: Duration,
        connection: ConnectionId,
        event: ClientEvent,
    ) -> Vec<Sent> {
        let name = event.name();
        let is_chat =
            matches!(&event, ClientEvent::Message(say) if matches!(say.body, MessageBody::Chat(_)));
        let input = match event {
            ClientEvent::CreateSession(entry) => {
                let claim = entry
                    .resume
                    .as_deref()
                    .map(|token| claim(token, &entry.room));
                room::Input::Enter {
                    connection,
                    entry,
                    fresh: fresh(0, connection),
                    claim,
                }
            }
            ClientEvent::ConnInit(about) => room::Input::Prepared(connection, about),
            ClientEvent::PeerRestart(about) => room::Input::PeerRestart(connection, about),
            ClientEvent::SfuRequest(about) => room::Input::SfuRequest(connection, about),
            ClientEvent::SfuUnreachable(_) => room::Input::SfuUnreachable(connection),
            ClientEvent::PeerRequest(about) => room::Input::PeerRequest(connection, about),
            ClientEvent::PeerRelease(about) => room::Input::PeerRelease(connection, about),
            ClientEvent::ConnSignal(signal) => room::Input::Signal(connection, signal),
            ClientEvent::ParticipantState(presence) => room::Input::Present(connection, presence),
            ClientEvent::LeaveSession(_) => room::Input::Leave(connection),
            ClientEvent::Message(say) => room::Input::Message(connection, say),
            ClientEvent::Host(action) => room::Input::Host(connection, action),
            ClientEvent::Echo(_) => return vec![Sent::To(connection, Input::Echoed)],
            ClientEvent::LobbyWatch(look) => room::Input::LobbyWatch(connection, look.room),
            ClientEvent::Knock(knock) => room::Input::Knock {
                connection,
                knock,
                fresh: fresh(1, connection),
            },
        };
        match self.serve(now, input) {
            Ok(sent) => sent,
            Err(refusal) => {
                let refused = Refused::new(&refusal, None);
                let input = match name {
                    "create-session" => Input::Reply(SessionReply::Refused(refused)),
                    "lobby-watch" => Input::Lobby(LobbyReply::Refused(refused)),
                    _ if is_chat => Input::MessageReply(Err(refused)),
                    _ => Input::Event(ServerEvent::Refused(Refused::new(&refusal, Some(name)))),
                };
                vec![Sent::To(connection, input)]
            }
        }
    }

    fn serve(&mut self, now: Duration, input: room::Input) -> Result<Vec<Sent>, Refusal> {
        self.rooms.handle_input(now - self.started, input)?;
        let mut sent = Vec::new();
        while let Some(output) = self.rooms.poll_output() {
            sent.push(match output {
                room::Output::Admit(connection, admitted) => {
                    Sent::To(connection, self.admit(admitted))
                }
                room::Output::Send(connection, event) => Sent::To(connection, Input::Event(event)),
                room::Output::Stamped(connection, stamped) => {
                    Sent::To(connection, Input::MessageReply(Ok(stamped)))
                }
                room::Output::Token(connection, claim) => {
                    let resume = token(&claim).into();
                    let event = ServerEvent::ResumeToken(ResumeToken { resume });
                    Sent::To(connection, Input::Event(event))
                }
                room::Output::Lobby(connection, lobby) => {
                    Sent::To(connection, Input::Lobby(LobbyReply::Seen(lobby)))
                }
                room::Output::Close(connection) => Sent::Close(connection),
                room::Output::Sfu(task) => Sent::Unit(task),
            });
        }
        sent.extend(self.rooms.take_changes().into_iter().map(Sent::Keep));
        Ok(sent)
    }

    fn admit(&self, admitted: room::Admitted) -> Input {
        let admission = Admission {
            you: admitted.claim.participant,
            resume: token(&admitted.claim).into(),
            room: admitted.claim.room,
            meeting: Some(admitted.meeting),
            state: admitted.state,
            resumed: admitted.resumed,
            recovering: admitted.recovering,
            participants: admitted.participants,
            prepared: admitted.prepared,
            sfu_available: self.forwards,
            ..admission()
        };
        Input::Reply(SessionReply::Admitted(Box::new(admission)))
    }
}

/// An id for a connection; of the same number come different ones for different purposes.
fn fresh(purpose: u8, connection: ConnectionId) -> ParticipantId {
    let mut bytes = [0; 20];
    bytes[17..].copy_from_slice(&[
        purpose,
        (connection.0 / 64) as u8,
        (connection.0 % 64) as u8,
    ]);
    ParticipantId::from_random(bytes)
}

fn token(claim: &Claim) -> String {
    let Claim {
        meeting,
        token_number: generation,
        participant,
        issued,
        ..
    } = claim;
    let meeting = u128::from_be_bytes(meeting.0);
    format!("{meeting}:{generation}:{participant}:{issued}")
}

fn claim(token: &str, room: &RoomName) -> Claim {
    let parts: Vec<_> = token.split(':').collect();
    Claim {
        room: room.clone(),
        meeting: MeetingId(parts[0].parse::<u128>().unwrap().to_be_bytes()),
        participant: ParticipantId::parse(parts[2]).unwrap(),
        token_number: parts[1].parse().unwrap(),
        issued: parts[3].parse().unwrap(),
    }
}
