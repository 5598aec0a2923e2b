//! What is not carried, since one of the two ends knows no format that the SFU passes on.

use super::Sfu;
use crate::{
    protocol::{MissingTrack, ParticipantId, RoomName, Side, TrackSource, Tracks},
    sfu::{SfuEvent, downtracks::Track},
};

impl Sfu {
    /// No session comes about with somebody, whoever asks again: both sides are told, and look for another way.
    pub(super) fn fail_session(&mut self, who: ParticipantId, room: RoomName, why: &str) {
        tracing::info!(participant = %who, why, "nothing is forwarded to and from somebody");
        // Whoever is in the room without a session gets nothing, and is found when there is news.
        self.rooms.entry(room.clone()).or_default().insert(who);
        self.failed.insert(who, (room, Tracks::default()));
        self.update_failed(who, true);
    }

    /// Somebody is gone with whom no session came about.
    pub(super) fn forget_failed(&mut self, who: ParticipantId) {
        self.retries.remove(&who);
        let Some((name, _)) = self.failed.remove(&who) else {
            return;
        };
        if let Some(room) = self.rooms.get_mut(&name) {
            room.remove(&who);
            if room.is_empty() {
                self.forget_room(&name);
            }
        }
        self.update_others(&name, who);
    }

    /// Tells the others in a room what is news to them.
    pub(super) fn update_others(&mut self, room: &RoomName, but: ParticipantId) {
        let others = self.rooms.get(room).into_iter().flatten();
        let others: Vec<_> = others.filter(|other| **other != but).copied().collect();
        for other in others {
            self.send_tracks_update(other, false);
            self.update_failed(other, false);
        }
    }

    /// Tells one with whom no session comes about that nothing is carried, if that is news or to be told again.
    pub(super) fn update_failed(&mut self, who: ParticipantId, again: bool) {
        let Some((room, told)) = self.failed.get(&who) else {
            return;
        };
        let room = room.clone();
        let others = self.rooms.get(&room).into_iter().flatten();
        let missing = others.filter(|from| **from != who).flat_map(|from| {
            TrackSource::ALL.map(|source| MissingTrack {
                participant: *from,
                source,
                side: Side::Receiver,
            })
        });
        let carried = Tracks {
            tracks: Vec::new(),
            missing: missing.collect(),
        };
        if carried == *told && !again {
            return;
        }
        self.failed.insert(who, (room.clone(), carried.clone()));
        self.say(room, who, SfuEvent::Tracks(carried));
    }

    /// What of the others in the room is not carried to a participant, since one of the two has no format for it.
    pub(super) fn missing_tracks(&self, who: ParticipantId, room: &RoomName) -> Vec<MissingTrack> {
        let session = self.sessions.get(&who);
        let receives =
            |track: &Track| session.is_some_and(|session| session.downtracks.fits(*track));
        let wanted = self.wanted_tracks(who, room).into_iter();
        let not_received = wanted
            .filter(|track| !receives(track))
            .map(|Track { from, source }| (from, source, Side::Receiver));
        let others = self.rooms.get(room).into_iter().flatten();
        let others = others.filter(|other| **other != who);
        let not_sent = others.flat_map(|from| {
            let unfit: Vec<_> = match self.sessions.get(from) {
                Some(session) => session.uptracks.unsupported_sources().collect(),
                None if self.failed.contains_key(from) => TrackSource::ALL.to_vec(),
                None => Vec::new(),
            };
            let from = *from;
            unfit
                .into_iter()
                .map(move |source| (from, source, Side::Sender))
        });
        let all = not_received.chain(not_sent);
        all.map(|(from, source, side)| MissingTrack {
            participant: from,
            source,
            side,
        })
        .collect()
    }
}
