//! Who gets which tracks of the others in the room.

use std::time::Instant;

use super::Sfu;
use crate::{
    protocol::{ParticipantId, RoomName, TrackSource},
    sfu::{
        downtracks::{Change, Track},
        session::Session,
        uptracks::Subscriber,
    },
};

impl Sfu {
    /// What of the others in the room a participant is to get.
    pub(super) fn wanted_tracks(&self, who: ParticipantId, room: &RoomName) -> Vec<Track> {
        let unwanted = self.unwanted.get(&who);
        let others = self.rooms.get(room).into_iter().flatten();
        let mut wanted: Vec<_> = others
            .filter(|other| **other != who)
            .filter_map(|other| self.sessions.get(other).map(|session| (*other, session)))
            .flat_map(|(from, session)| {
                session
                    .uptracks
                    .active_sources()
                    .map(move |source| Track { from, source })
            })
            .filter(|track| {
                let may_be_unwanted = track.source == TrackSource::Camera;
                !may_be_unwanted || !unwanted.is_some_and(|ids| ids.contains(&track.from))
            })
            .collect();
        wanted.sort_unstable();
        wanted
    }

    pub(super) fn refresh_others(&mut self, now: Instant, room: &RoomName, but: ParticipantId) {
        let others = self.rooms.get(room).into_iter().flatten();
        let others: Vec<_> = others.filter(|other| **other != but).copied().collect();
        for other in others {
            self.refresh(now, other);
        }
    }

    /// Has a participant get what it is to get now.
    pub(super) fn refresh(&mut self, now: Instant, who: ParticipantId) {
        let Some(room) = self.sessions.get(&who).map(|session| session.room.clone()) else {
            return;
        };
        let wanted = self.wanted_tracks(who, &room);
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let changes = session.downtracks.allocate(&wanted);
        if changes.is_empty() {
            // What has begun may be missing.
            self.send_tracks_update(who, false);
            return;
        }
        for change in changes {
            self.subscribe(who, change);
        }
        self.offer(now, who);
        self.drain(now, who, now);
        self.send_tracks_update(who, false);
        self.ask_key_frames_for(now, who);
    }

    fn subscribe(&mut self, who: ParticipantId, change: Change) {
        if let Some(Track { from, source }) = change.was
            && let Some(subscribers) = self.subscribers(from, source)
        {
            subscribers.retain(|other| !other.is(who, change.downtrack));
        }
        if let Some(Track { from, source }) = change.is
            && let Some(subscribers) = self.subscribers(from, source)
        {
            subscribers.push(Subscriber::new(who, change.downtrack));
        }
    }

    pub(super) fn ask_key_frames_for(&mut self, now: Instant, who: ParticipantId) {
        let session = self.sessions.get(&who);
        let tracks = session.map(Session::awaiting_key_frames);
        for track in tracks.unwrap_or_default() {
            self.ask_key_frame(now, track);
        }
    }

    pub(super) fn ask_key_frame(&mut self, now: Instant, track: Track) {
        let Some(session) = self.sessions.get_mut(&track.from) else {
            return;
        };
        match session.ask_key_frame(now, track.source) {
            true => self.drain(now, track.from, now),
            false => self.schedule(track.from),
        }
    }
}
