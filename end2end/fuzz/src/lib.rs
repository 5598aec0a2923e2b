//! an SFU with one participant, who has been made an offer.

use std::{
    net::SocketAddr,
    time::Instant,
};

use roundtable::{
    protocol::{ParticipantId, RoomName, Signal},
    sfu::{Input, Output, Sfu, SfuCommand, SfuEvent},
};

const ADDRESS: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
    4000,
);

/// How many times the SFU is told that time has passed.
const TIMEOUTS: usize = 20;

/// The SFU, and the last offer that it made.
pub struct Negotiation {
    sfu: Sfu,
    now: Instant,
    offer: String,
}

impl Negotiation {
    /// Introduces the participant.
    pub fn begin() -> Self {
        let sfu = Sfu::new(vec![ADDRESS], 3, [7; 32]).expect("the address is one to be reached at");
        let mut negotiation = Self {
            sfu,
            now: Instant::now(),
            offer: String::new(),
        };
        negotiation.task(SfuCommand::Begin {
            room: RoomName::parse("fuzz").expect("this is a name"),
            participant: participant(),
            generation: 1,
        });
        assert!(!negotiation.offer.is_empty(), "an offer is made");
        negotiation
    }

    /// The last offer.
    pub fn offer(&self) -> &str {
        &self.offer
    }

    /// The user fragment that the SFU has offered.
    pub fn ufrag(&self) -> &str {
        let mut lines = self.offer.lines();
        lines
            .find_map(|line| line.strip_prefix("a=ice-ufrag:"))
            .unwrap_or_default()
    }

    /// The participant says something.
    pub fn signal(&mut self, signal: Signal) {
        self.task(SfuCommand::Signal {
            participant: participant(),
            generation: 1,
            signal,
        });
    }

    /// A datagram comes from one of some addresses.
    pub fn datagram(&mut self, from: u8, bytes: &[u8]) {
        let input = Input::Datagram {
            source: SocketAddr::from(([198, 51, 100, from], 5000)),
            destination: ADDRESS,
            bytes,
        };
        self.sfu.handle_input(self.now, input);
        self.drain();
    }

    /// Lets what is due happen, a few times: what is due at once again and again would be a loop that never waits.
    pub fn settle(&mut self) {
        let begun = self.now;
        for _ in 0..TIMEOUTS {
            match self.sfu.poll_timeout() {
                Some(due) => self.now = self.now.max(due),
                None => return,
            }
            self.sfu.handle_input(self.now, Input::Timeout);
            self.drain();
        }
        assert!(self.now > begun, "the SFU comes to rest");
    }

    fn task(&mut self, task: SfuCommand) {
        self.sfu.handle_input(self.now, Input::Task(task));
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.sfu.poll_output() {
            if let Output::Say {
                says:
                    SfuEvent::Signal {
                        signal: Signal::Offer { sdp },
                        ..
                    },
                ..
            } = output
            {
                self.offer = sdp.as_str().to_owned();
            }
        }
    }
}

fn participant() -> ParticipantId {
    ParticipantId::from_random([1; 20])
}

/// An answer as a browser makes it that sends whatever it may: the offer, seen from the other side.
pub fn answer_to(offer: &str) -> String {
    let mut answer = String::new();
    for line in offer.lines() {
        let line = match line {
            "a=recvonly" => "a=sendonly",
            "a=sendonly" => "a=recvonly",
            "a=setup:actpass" => "a=setup:active",
            "a=ice-lite" | "a=end-of-candidates" => continue,
            _ if line.starts_with("a=candidate:") || line.starts_with("a=ssrc") => continue,
            _ if line.starts_with("a=ice-ufrag:") => "a=ice-ufrag:remote",
            _ if line.starts_with("a=ice-pwd:") => "a=ice-pwd:remoteremoteremoteremote",
            _ => line,
        };
        answer.push_str(line);
        answer.push_str("\r\n");
    }
    answer
}
