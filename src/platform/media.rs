//! The person's own sound and pictures.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::MediaStreamTrackState;

pub use web_sys::{MediaStream, MediaStreamTrack};

use super::sender_parameters::Sharpness;
use crate::protocol::TrackSource;

/// The tracks that are sent, at most one for each source, in two streams that stay the same: one of the
/// devices, one of a shared screen. Dropping it stops all of them.
pub struct Media {
    devices: MediaStream,
    screen: MediaStream,
    /// Whether the microphone is heard; a track that comes later obeys it.
    audible: Cell<bool>,
    /// How the screen's picture is sent.
    pub sharpness: Cell<Sharpness>,
}

impl Media {
    /// Nothing to send yet; `None` where the browser has no streams.
    pub fn new() -> Option<Self> {
        Some(Self {
            devices: MediaStream::new().ok()?,
            screen: MediaStream::new().ok()?,
            audible: Cell::new(true),
            sharpness: Cell::new(Sharpness::Sharp),
        })
    }

    /// The stream that the track of a source belongs to: the same one, for the browser has a method `clone` too,
    /// which copies the tracks and keeps their devices running.
    pub fn stream(&self, source: TrackSource) -> MediaStream {
        Clone::clone(match source.is_shared() {
            true => &self.screen,
            false => &self.devices,
        })
    }

    /// The track of a source, if there is one that has not ended.
    pub fn track(&self, source: TrackSource) -> Option<MediaStreamTrack> {
        self.tracks(source)
            .find(|track| track.ready_state() == MediaStreamTrackState::Live)
    }

    /// The track of a source, if it has ended by itself.
    pub fn ended(&self, source: TrackSource) -> Option<MediaStreamTrack> {
        self.tracks(source)
            .find(|track| track.ready_state() == MediaStreamTrackState::Ended)
    }

    /// Sets the track of a source; the one that was there is stopped.
    pub fn put(&self, source: TrackSource, track: &MediaStreamTrack) {
        self.stop(source);
        if source == TrackSource::Microphone {
            track.set_enabled(self.audible.get());
        }
        self.stream(source).add_track(track);
    }

    /// Stops the track of a source, and so its device, and lets go of it.
    pub fn stop(&self, source: TrackSource) {
        for track in self.tracks(source) {
            track.stop();
            self.stream(source).remove_track(&track);
        }
    }

    /// Stops everything.
    pub fn stop_all(&self) {
        TrackSource::ALL
            .into_iter()
            .for_each(|source| self.stop(source));
    }

    /// Whether the microphone is heard. It stays open, so that this is instant both ways.
    pub fn set_audible(&self, audible: bool) {
        self.audible.set(audible);
        for track in self.tracks(TrackSource::Microphone) {
            track.set_enabled(audible);
        }
    }

    fn tracks(&self, source: TrackSource) -> impl Iterator<Item = MediaStreamTrack> {
        let tracks = self.stream(source).get_tracks();
        let tracks: Vec<MediaStreamTrack> = tracks.iter().map(JsCast::unchecked_into).collect();
        tracks
            .into_iter()
            .filter(move |track| track.kind() == source.kind().as_str())
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.stop_all();
    }
}

/// Whether no pictures come of what a stream shows (`muted` of W3C Media Capture section 4.3.1).
pub fn is_paused(stream: &MediaStream) -> bool {
    let first = stream.get_video_tracks().get(0);
    first
        .dyn_ref::<MediaStreamTrack>()
        .is_some_and(MediaStreamTrack::muted)
}

/// The sound of a stream.
pub fn audio_tracks(stream: &MediaStream) -> impl Iterator<Item = MediaStreamTrack> {
    let tracks = stream.get_audio_tracks();
    tracks.into_iter().map(JsCast::unchecked_into)
}

/// Ends all that a stream has.
pub fn stop_tracks(stream: &MediaStream) {
    for track in stream.get_tracks() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
}
