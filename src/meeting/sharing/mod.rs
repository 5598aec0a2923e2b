//! The person shares a screen, a window or a tab, beside the camera.

pub(super) mod lazy;
mod sharpness;

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MediaStream, MediaStreamTrack};

use super::{
    handle::{Meeting, Runtime},
    state::MeetingStage,
};
use crate::{
    platform::{
        capture_error::CaptureError,
        js::Listener,
        screen_capture::{self, Screen, Surface},
        sender_parameters::Sharpness,
    },
    protocol::TrackSource,
    words::{Phrase, Word, say, t},
};

/// What the person shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sharing {
    /// What was chosen; the own tab is to be warned about.
    pub surface: Surface,
    /// Whether nothing of it comes at the moment, because the browser or the system holds it back.
    pub paused: bool,
    /// Whether its sound is shared too.
    pub sound: bool,
}

impl Meeting {
    /// Asks for a screen, and shares it with everybody; another one is in its place from then on. Only from a
    /// click, and only in a room.
    pub fn share_screen(&self, sharpness: Sharpness) {
        let inside = self.stage.get_untracked() == MeetingStage::InRoom;
        let begins = |runtime: &Runtime| !runtime.choosing_screen.replace(true);
        if !inside || !self.with_runtime(begins).unwrap_or(false) {
            return;
        }
        let meeting = *self;
        spawn_local(async move {
            if lazy::ask_for_screen(meeting, sharpness).await.is_err() {
                meeting.with_runtime(|runtime| runtime.choosing_screen.set(false));
                let why = meeting.load_failure_reason().await;
                if why == Word::ChunkReplaced {
                    // Only said, so it is the browser's own button that is used.
                    meeting.expect_reload();
                }
                meeting.announce_text(t(why).to_owned());
            }
        });
    }

    pub(in crate::meeting) fn ask_for_screen(&self, sharpness: Sharpness) {
        let meeting = *self;
        spawn_local(async move {
            let opened = screen_capture::open(sharpness).await;
            meeting.with_runtime(|runtime| runtime.choosing_screen.set(false));
            if meeting.is_late(opened.iter().flat_map(Screen::tracks)) {
                return;
            }
            match opened {
                Ok(screen) => meeting.take_screen(Rc::new(screen), sharpness),
                Err(trouble) => meeting.announce_text(sentence(&trouble)),
            }
        });
    }

    /// Shares nothing any more.
    pub fn stop_sharing(&self) {
        if self.sharing.try_get_untracked().flatten().is_some() {
            self.with_runtime(|runtime| {
                TrackSource::SHARED
                    .into_iter()
                    .for_each(|slot| runtime.media.stop(slot));
                runtime.screen_listeners.take();
            });
            self.tell_sharing(None);
            self.announce_text(t(Word::SharingEnded).to_owned());
        }
    }

    fn take_screen(&self, screen: Rc<Screen>, sharpness: Sharpness) {
        let meeting = *self;
        let picture = &screen.picture;
        // The browser's own button, a window that is closed.
        let ends = Listener::new(picture, "ended", move |_| meeting.stop_sharing());
        // Another tab in its place, or the mark of this one is seen only now.
        let same = screen.clone();
        let changes = Listener::new(picture, "capturehandlechange", move |_| {
            meeting.look_again(&same);
        });
        self.with_runtime(|runtime| {
            runtime.media.sharpness.set(sharpness);
            runtime.media.put(TrackSource::Screen, picture);
            match &screen.sound {
                Some(sound) => runtime.media.put(TrackSource::ScreenSound, sound),
                None => runtime.media.stop(TrackSource::ScreenSound),
            }
            runtime.screen_listeners.replace(Some([ends, changes]));
        });
        self.tell_sharing(Some(Sharing {
            surface: screen.surface(),
            paused: false,
            sound: screen.sound.is_some(),
        }));
        self.announce_text(t(Word::SharingBegun).to_owned());
    }

    fn look_again(&self, screen: &Screen) {
        let surface = screen.surface();
        if let Some(Some(sharing)) = self.sharing.try_get_untracked()
            && surface != sharing.surface
        {
            self.sharing.set(Some(Sharing { surface, ..sharing }));
        }
    }

    /// Takes note of whether what is shared is held back.
    pub(in crate::meeting) fn note_pause(&self) {
        let Some(Some(sharing)) = self.sharing.try_get_untracked() else {
            return;
        };
        let paused =
            self.with_runtime(|runtime| is_paused(&runtime.media.stream(TrackSource::Screen)));
        if let Some(paused) = paused.filter(|paused| *paused != sharing.paused) {
            self.sharing.set(Some(Sharing { paused, ..sharing }));
        }
    }

    /// Brings the pages, the peers and what the others see to what is shared.
    fn tell_sharing(&self, sharing: Option<Sharing>) {
        let stream = self.with_runtime(|runtime| runtime.media.stream(TrackSource::Screen));
        self.own_screen.set(stream.filter(|_| sharing.is_some()));
        self.sharing.set(sharing);
        self.with_runtime(|runtime| runtime.driver.share());
        self.send_presence();
    }
}

/// Whether no pictures come of what a stream shows (`muted` of W3C Media Capture section 4.3.1).
pub fn is_paused(stream: &MediaStream) -> bool {
    let first = stream.get_video_tracks().get(0);
    first
        .dyn_ref::<MediaStreamTrack>()
        .is_some_and(MediaStreamTrack::muted)
}

fn sentence(trouble: &CaptureError) -> String {
    let word = match trouble {
        CaptureError::Denied | CaptureError::Dismissed => Word::SharingNothing,
        CaptureError::NotFound => Word::SharingUnsupported,
        CaptureError::DeniedBySystem
        | CaptureError::InUse
        | CaptureError::Constraint
        | CaptureError::Timeout => Word::SharingUnable,
        CaptureError::Other(reason) => return say(Phrase::SharingFailed { reason }),
    };
    t(word).to_owned()
}
