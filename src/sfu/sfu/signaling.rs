//! What the rooms ask for, and what participants are told.

use std::time::Instant;

use super::Sfu;
use crate::{
    protocol::{ParticipantId, RoomName, Sdp, Signal},
    sfu::{SfuCommand, SfuEvent},
    sfu::{negotiation::AnswerOutcome, session::Session},
};

/// Most cameras that one participant has said not to want.
const UNWANTED: usize = 256;

impl Sfu {
    pub(super) fn handle_command(&mut self, now: Instant, task: SfuCommand) {
        match task {
            SfuCommand::Begin {
                room,
                participant,
                generation,
            } => self.begin(now, room, participant, generation),
            SfuCommand::Signal {
                participant,
                generation,
                signal,
            } => {
                let session = self.sessions.get(&participant);
                if session.is_some_and(|session| session.generation == generation) {
                    self.handle_signal(now, participant, signal);
                }
            }
            SfuCommand::SetSubscription {
                participant,
                of,
                camera,
            } => self.handle_subscription(now, participant, of, camera),
            SfuCommand::TellAgain(participant) => {
                self.send_tracks_update(participant, true);
                self.update_failed(participant, true);
            }
            SfuCommand::End(participant) => {
                self.unwanted.remove(&participant);
                self.unwanted.retain(|_, unwanted| {
                    unwanted.remove(&participant);
                    !unwanted.is_empty()
                });
                self.end(now, participant);
                self.forget_failed(participant);
            }
        }
    }

    fn begin(&mut self, now: Instant, room: RoomName, participant: ParticipantId, generation: u32) {
        self.end(now, participant);
        let retry = self.retries.get(&participant);
        if retry.is_some_and(|at| *at <= now) {
            self.forget_failed(participant);
        }
        if self.failed.contains_key(&participant) {
            self.update_failed(participant, true);
            return;
        }
        let session = Session::new(&self.config, now, room.clone(), generation);
        self.sessions.insert(participant, session);
        self.rooms.entry(room).or_default().insert(participant);
        self.drain(now, participant, now);
        self.refresh(now, participant);
        self.offer(now, participant);
        self.drain(now, participant, now);
    }

    fn handle_signal(&mut self, now: Instant, who: ParticipantId, signal: Signal) {
        match signal {
            Signal::Answer { sdp } => self.handle_answer(now, who, &sdp),
            Signal::Renegotiate { .. } => {
                if let Some(session) = self.sessions.get_mut(&who) {
                    session.request_ice_restart();
                }
                self.offer(now, who);
                self.drain(now, who, now);
            }
            // An ICE-lite agent has no use for candidates, and there is a section for every track.
            Signal::Candidate { .. } | Signal::TransceiverRequest { .. } | Signal::Offer { .. } => {
            }
        }
    }

    fn handle_answer(&mut self, now: Instant, who: ParticipantId, sdp: &Sdp) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let before: Vec<_> = session.uptracks.unsupported_sources().collect();
        let is_first = !session.has_answered;
        match session.answer(sdp) {
            AnswerOutcome::Unfit => {
                tracing::debug!(participant = %who, "an answer does not fit the offer");
                return;
            }
            AnswerOutcome::Hopeless(_) => {
                self.drain(now, who, now);
                return;
            }
            AnswerOutcome::Taken { restart: true } => self.addresses.restart(who),
            AnswerOutcome::Taken { restart: false } => {}
        }
        let is_news = is_first || !session.uptracks.unsupported_sources().eq(before);
        let room = session.room.clone();
        self.drain(now, who, now);
        self.refresh(now, who);
        if is_news {
            self.update_others(&room, who);
        }
        self.offer(now, who);
        self.drain(now, who, now);
        self.send_tracks_update(who, false);
        self.ask_key_frames_for(now, who);
    }

    fn handle_subscription(
        &mut self,
        now: Instant,
        who: ParticipantId,
        of: ParticipantId,
        camera: bool,
    ) {
        let unwanted = self.unwanted.entry(who).or_default();
        match camera {
            true => unwanted.remove(&of),
            false if unwanted.len() < UNWANTED => unwanted.insert(of),
            false => false,
        };
        if unwanted.is_empty() {
            self.unwanted.remove(&who);
        }
        self.refresh(now, who);
    }

    pub(super) fn offer(&mut self, now: Instant, who: ParticipantId) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let Some(offer) = session.offer(now, &self.candidates) else {
            return;
        };
        self.addresses.add_ufrag(who, &offer.ufrag);
        let says = SfuEvent::Signal {
            generation: session.generation,
            signal: Signal::Offer { sdp: offer.sdp },
        };
        let room = session.room.clone();
        self.say(room, who, says);
    }

    pub(super) fn send_tracks_update(&mut self, who: ParticipantId, again: bool) {
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let room = session.room.clone();
        let missing = self.missing_tracks(who, &room);
        let session = self.sessions.get_mut(&who);
        if let Some(carried) = session.and_then(|session| session.tracks_update(missing, again)) {
            self.say(room, who, SfuEvent::Tracks(carried));
        }
    }
}
