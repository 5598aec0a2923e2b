//! A server with an SFU, and what came of the last input.

use super::*;
use crate::{protocol::PeerRef, room::SfuConfig, sfu::SfuCommand};

/// A server with an SFU, and what came of the last input.
pub struct ServerWithSfu {
    pub rooms: Rooms,
    pub sent: Vec<Output>,
}

pub fn sfu() -> ParticipantId {
    id(4_000)
}

impl ServerWithSfu {
    /// One whose rooms are moved to the SFU from so many on.
    pub fn new(from: usize) -> Self {
        Self::until(from, 0)
    }

    /// And back when so few are left.
    pub fn until(from: usize, until: usize) -> Self {
        let rooms =
            Rooms::new(LIMITS, Authenticator::new([7; 32]), Duration::ZERO).with_sfu(SfuConfig {
                sfu: sfu(),
                from,
                until,
                most: 3,
                running: true,
            });
        let rooms = connected(rooms);
        let sent = Vec::new();
        Self { rooms, sent }
    }

    pub fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let done = self.rooms.handle_input(Duration::ZERO, input);
        self.sent = std::iter::from_fn(|| self.rooms.poll_output()).collect();
        done
    }

    /// Someone enters, who knows of the SFU or does not.
    pub fn enter(&mut self, number: u64, forward: bool) -> ParticipantId {
        self.come(number, forward, Vec::new(), None);
        id(number)
    }

    /// Someone who knows of the SFU comes back with what was held, by the connection of this number.
    pub fn come_back(&mut self, number: u64, peers: Vec<HeldPeer>, claim: Claim) {
        self.come(number, true, peers, Some(claim));
    }

    fn come(
        &mut self,
        number: u64,
        supports_sfu: bool,
        peers: Vec<HeldPeer>,
        claim: Option<Claim>,
    ) {
        let entry = CreateSession {
            auto_prepare: true,
            supports_sfu,
            resumable: true,
            peers,
            ..CreateSession::named(room(1))
        };
        self.give(Input::Enter {
            connection: ConnectionId(number),
            entry,
            fresh: id(number),
            claim,
        })
        .unwrap();
    }

    /// What who has entered last was told.
    pub fn admitted(&self) -> &Admitted {
        let admitted = self.sent.iter().find_map(|output| match output {
            Output::Admit(_, admitted) => Some(admitted),
            _ => None,
        });
        admitted.unwrap()
    }

    /// And by what it comes back.
    pub fn claim(&self) -> Claim {
        self.admitted().claim.clone()
    }

    pub fn ask(&mut self, number: u64, other: ParticipantId) -> Result<(), Refusal> {
        let about = PeerRef {
            conn_user_socket_id: other,
            generation: None,
        };
        self.give(Input::SfuRequest(ConnectionId(number), about))
    }

    pub fn tasks(&self) -> Vec<&SfuCommand> {
        let tasks = self.sent.iter().filter_map(|output| match output {
            Output::Sfu(task) => Some(task),
            _ => None,
        });
        tasks.collect()
    }

    /// Who is to be connected with the SFU, and who is told so.
    pub fn begun(&self) -> (Vec<ParticipantId>, Vec<ConnectionId>) {
        let begins = self.tasks().into_iter().map(|task| match task {
            SfuCommand::Begin { participant, .. } => *participant,
            other => panic!("{other:?}"),
        });
        let told = self.sent.iter().filter_map(|output| match output {
            Output::Send(to, ServerEvent::ConnPrepare(prepare)) if prepare.sfu => {
                assert_eq!(prepare.just_joined_user_socket_id, sfu());
                Some(*to)
            }
            _ => None,
        });
        (begins.collect(), told.collect())
    }

    /// Who is told that the SFU is gone.
    pub fn sfu_left(&self) -> Vec<u64> {
        let told = self.sent.iter().filter_map(|output| match output {
            Output::Send(to, ServerEvent::ParticipantLeft(left)) if left.id == sfu() => Some(to.0),
            _ => None,
        });
        told.collect()
    }
}
