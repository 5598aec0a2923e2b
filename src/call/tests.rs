//! One machine by itself, with everything around it played by hand; and two or three machines wired
//! through the server's own, over a network that loses and reorders, in virtual time.

mod alone;
mod chatting;
mod floods;
mod forwarding;
mod knocking;
mod negotiating;
mod remembering;
mod talking;
mod wired;

mod client;
pub(crate) mod dice;
mod fake_peer;
mod fake_sfu;
mod page;
mod server;
mod shown;
mod world;

use std::time::Duration;

use super::*;
use crate::protocol::{
    Admission, Candidate, ChatMessage, Member, ParticipantId, PeerRef, Prepare, Refusal, RoomState,
    Sdp, Signal, SignalMessage,
};

const SECOND: Duration = Duration::from_secs(1);

fn ada() -> ParticipantId {
    ParticipantId::from_random([1; 20])
}

fn ben() -> ParticipantId {
    ParticipantId::from_random([2; 20])
}

fn member(id: ParticipantId) -> Member {
    Member {
        id,
        presence: Presence::unnamed(),
        hand: None,
        away: false,
    }
}

fn sdp(text: &str) -> Sdp {
    Sdp::parse(format!("v=0\r\ns={text}\r\nm=audio 9\r\nm=video 9\r\n")).unwrap()
}

fn candidate(text: &str) -> Candidate {
    Candidate {
        candidate: text.into(),
        sdp_mid: None,
        sdp_m_line_index: Some(0),
    }
}

fn admission() -> Admission {
    Admission {
        you: ada(),
        resume: "token-1".into(),
        room: RoomName::parse("standup").unwrap(),
        meeting: None,
        resumed: false,
        recovering: false,
        state: RoomState::default(),
        participants: vec![member(ben())],
        prepared: Vec::new(),
        sfu_available: false,
        ice_servers: Vec::new(),
        max_participants: 8,
    }
}

/// A machine and the time.
struct Driver {
    call: Call,
    now: Duration,
}

impl Driver {
    /// Outside.
    fn new() -> Self {
        Self {
            call: Call::new(7),
            now: 1_000 * SECOND,
        }
    }

    /// Inside a room, as `ada`, where `ben` is.
    fn inside() -> Self {
        let mut driver = Self::new();
        driver.join();
        driver.give(Input::LinkOpened);
        driver.reply(admission());
        driver
    }

    /// Inside, with a peer that initiates; its serial is 1.
    fn initiating() -> Self {
        let mut driver = Self::inside();
        driver.event(ServerEvent::ConnInit(PeerRef {
            conn_user_socket_id: ben(),
            generation: Some(1),
        }));
        driver
    }

    /// Inside, with a peer that answers; its serial is 1.
    fn answering() -> Self {
        let mut driver = Self::inside();
        driver.event(ServerEvent::ConnPrepare(Prepare {
            just_joined_user_socket_id: ben(),
            generation: 1,
            sfu: false,
        }));
        driver
    }

    fn give(&mut self, input: Input) -> Vec<Output> {
        self.call.handle_input(self.now, input);
        std::iter::from_fn(|| self.call.poll_output()).collect()
    }

    fn approach(&mut self) -> Vec<Output> {
        let room = RoomName::parse("standup").unwrap();
        self.give(Input::Intent(Intent::Approach { room }))
    }

    fn join(&mut self) -> Vec<Output> {
        let room = RoomName::parse("standup").unwrap();
        self.give(Input::Intent(Intent::Join {
            room,
            presence: Presence::unnamed(),
        }))
    }

    fn reply(&mut self, admission: Admission) -> Vec<Output> {
        self.give(Input::Reply(SessionReply::Admitted(Box::new(admission))))
    }

    fn refuse(&mut self, refusal: &Refusal) -> Vec<Output> {
        self.give(Input::Reply(SessionReply::Refused(Refused::new(
            refusal, None,
        ))))
    }

    fn event(&mut self, event: ServerEvent) -> Vec<Output> {
        self.give(Input::Event(event))
    }

    /// Ben says something.
    fn signal(&mut self, signal: Signal) -> Vec<Output> {
        let signalled = SignalMessage {
            conn_user_socket_id: ben(),
            signal,
            generation: Some(1),
        };
        self.event(ServerEvent::ConnSignal(signalled))
    }

    /// The peer with Ben says something.
    fn peer(&mut self, event: PeerEvent) -> Vec<Output> {
        self.give(Input::Peer {
            id: ben(),
            serial: 1,
            event,
        })
    }

    /// Lets time pass, and everything be done that is due meanwhile, each at its time.
    fn wait(&mut self, wait: Duration) -> Vec<Output> {
        let until = self.now + wait;
        let mut outputs = Vec::new();
        while let Some(at) = self.call.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            outputs.extend(self.give(Input::Timeout));
        }
        self.now = until;
        outputs
    }
}

/// What an initiating peer with Ben is asked for.
fn act(action: PeerAction) -> Output {
    Output::Peer {
        id: ben(),
        serial: 1,
        action,
    }
}

fn signalled(signal: Signal) -> Output {
    Output::Emit(ClientEvent::ConnSignal(SignalMessage {
        conn_user_socket_id: ben(),
        signal,
        generation: Some(1),
    }))
}

fn linked(link: PeerLink) -> Output {
    Output::Notice(Notice::Link(ben(), link))
}

fn renewed() -> Output {
    Output::Emit(ClientEvent::PeerRestart(PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(1),
    }))
}
