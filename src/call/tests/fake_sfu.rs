//! A model of the SFU: it connects with whom it is told to, and carries the microphone and the camera of
//! each to all others, as far as it hears them.

use std::collections::BTreeMap;

use super::{client::Client, dice::Dice, fake_peer::FakePeer, *};
use crate::{
    call::sections::SectionCounts,
    protocol::{MediaKind, TrackMapping, TrackSource, Tracks},
    sfu::{SfuCommand, SfuEvent},
};

/// How long it takes to find out that somebody is not heard any more.
const DEAF: Duration = Duration::from_secs(10);

/// The SFU of one run of the server.
#[derive(Debug, Default)]
pub struct FakeSfu {
    sessions: BTreeMap<ParticipantId, Session>,
    begun: u32,
}

#[derive(Debug)]
struct Session {
    generation: u32,
    peer: FakePeer,
    /// When something was heard last.
    heard: Option<Duration>,
    /// What the participant was told of last.
    told: Vec<TrackMapping>,
}

/// What it says, to whom and when.
type Says = Vec<(Duration, ParticipantId, SfuEvent)>;

impl FakeSfu {
    pub fn handle_task(&mut self, now: Duration, task: SfuCommand, dice: &mut Dice) -> Says {
        let (id, action) = match task {
            SfuCommand::Begin {
                participant,
                generation,
                ..
            } => {
                self.begun += 1;
                let name = format!("unit.{}", self.begun);
                let mut peer = FakePeer::new(self.begun, name, true);
                for kind in MediaKind::ALL {
                    peer.perform(now, PeerAction::AddTransceiver(kind), dice);
                }
                let session = Session {
                    generation,
                    peer,
                    heard: None,
                    told: Vec::new(),
                };
                self.sessions.insert(participant, session);
                (participant, PeerAction::Offer { restart_ice: false })
            }
            SfuCommand::Signal {
                participant,
                generation,
                signal,
            } => {
                let session = self.sessions.get(&participant);
                if session.is_none_or(|session| session.generation != generation) {
                    return Vec::new();
                }
                match signal {
                    Signal::Answer { sdp } => {
                        assert!(
                            SectionCounts::of(&sdp).hold(SectionCounts::ALL),
                            "all are answered"
                        );
                        (participant, PeerAction::Accept(sdp))
                    }
                    Signal::Candidate { candidate } => {
                        (participant, PeerAction::AddCandidate(candidate))
                    }
                    Signal::Renegotiate { .. } => {
                        (participant, PeerAction::Offer { restart_ice: true })
                    }
                    other => panic!("not for the SFU: {other:?}"),
                }
            }
            SfuCommand::TellAgain(participant) => {
                if let Some(session) = self.sessions.get_mut(&participant) {
                    session.told.clear();
                }
                return Vec::new();
            }
            SfuCommand::End(participant) => {
                self.sessions.remove(&participant);
                return Vec::new();
            }
            SfuCommand::SetSubscription { .. } => panic!("nobody wants a smaller camera here"),
        };
        let Some(session) = self.sessions.get_mut(&id) else {
            return Vec::new();
        };
        let generation = session.generation;
        let says = |event| {
            let signal = match event {
                PeerEvent::Offered(sdp) => Signal::Offer { sdp },
                PeerEvent::Candidate(candidate) => Signal::Candidate { candidate },
                _ => return None,
            };
            Some(SfuEvent::Signal { generation, signal })
        };
        let reports = session.peer.perform(now, action, dice);
        let said = reports
            .into_iter()
            .filter_map(|(at, event)| Some((at, id, says(event)?)));
        said.collect()
    }

    /// Whether media flows between it and a client.
    pub fn joins(&self, client: &Client, peer: &FakePeer) -> bool {
        let session = client.you.and_then(|you| self.sessions.get(&you));
        session.is_some_and(|session| session.peer.joins(peer))
    }

    /// Hears who is to be heard, and says what it carries.
    pub fn pass_time(&mut self, now: Duration, joined: &[ParticipantId]) -> Says {
        for id in joined {
            if let Some(session) = self.sessions.get_mut(id) {
                session.heard = Some(now);
            }
        }
        let heard = self
            .sessions
            .iter()
            .filter(|(_, session)| session.heard.is_some_and(|heard| now < heard + DEAF));
        let heard: Vec<_> = heard.map(|(id, _)| *id).collect();
        let mut says = Vec::new();
        for (id, session) in &mut self.sessions {
            let others = heard.iter().filter(|other| *other != id);
            let places = others.flat_map(|from| {
                TrackSource::FIRST.map(|source| TrackMapping {
                    mid: format!("{from}-{source:?}").into(),
                    participant: *from,
                    source,
                })
            });
            let places: Vec<_> = places.collect();
            if joined.contains(id) && session.told != places {
                session.told = places.clone();
                says.push((
                    now,
                    *id,
                    SfuEvent::Tracks(Tracks {
                        tracks: places,
                        missing: Vec::new(),
                    }),
                ));
            }
        }
        says
    }

    /// The sections in which something arrives at a participant.
    pub fn flows(&self, id: ParticipantId) -> impl Iterator<Item = Box<str>> {
        let told = self.sessions.get(&id).into_iter();
        told.flat_map(|session| session.told.iter().map(|place| place.mid.clone()))
    }
}
