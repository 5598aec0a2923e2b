//! The person's own sound and pictures.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{MediaStream, MediaStreamTrack, MediaStreamTrackState};

use crate::protocol::Kind;

/// The tracks that are sent, at most one of each kind, in one stream that stays the same. Dropping it
/// stops the devices.
pub struct Media {
    stream: MediaStream,
    /// Whether the microphone is heard; a track that comes later obeys it.
    audible: Cell<bool>,
}

impl Media {
    /// Nothing to send yet; `None` where the browser has no streams.
    pub fn new() -> Option<Self> {
        Some(Self {
            stream: MediaStream::new().ok()?,
            audible: Cell::new(true),
        })
    }

    /// The stream that all tracks belong to: the same one, for the browser has a method `clone` too, which
    /// copies the tracks and keeps their devices running.
    pub fn stream(&self) -> MediaStream {
        Clone::clone(&self.stream)
    }

    /// The track of a kind, if there is one that has not ended.
    pub fn track(&self, kind: Kind) -> Option<MediaStreamTrack> {
        self.tracks()
            .into_iter()
            .find(|track| is(track, kind) && track.ready_state() == MediaStreamTrackState::Live)
    }

    /// Puts a track in the place of the one of its kind, which is stopped.
    pub fn put(&self, track: &MediaStreamTrack) {
        let kind = if is(track, Kind::Audio) {
            Kind::Audio
        } else {
            Kind::Video
        };
        self.stop(kind);
        if kind == Kind::Audio {
            track.set_enabled(self.audible.get());
        }
        self.stream.add_track(track);
    }

    /// Stops the device of a kind and lets go of it.
    pub fn stop(&self, kind: Kind) {
        for track in self.tracks().iter().filter(|track| is(track, kind)) {
            track.stop();
            self.stream.remove_track(track);
        }
    }

    /// Whether the microphone is heard. It stays open, so that this is instant both ways.
    pub fn set_audible(&self, audible: bool) {
        self.audible.set(audible);
        for track in self.tracks().iter().filter(|track| is(track, Kind::Audio)) {
            track.set_enabled(audible);
        }
    }

    fn tracks(&self) -> Vec<MediaStreamTrack> {
        self.stream
            .get_tracks()
            .iter()
            .map(JsCast::unchecked_into)
            .collect()
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        Kind::ALL.into_iter().for_each(|kind| self.stop(kind));
    }
}

fn is(track: &MediaStreamTrack, kind: Kind) -> bool {
    track.kind() == kind.as_str()
}
