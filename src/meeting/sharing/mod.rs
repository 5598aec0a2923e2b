//! The person shares a screen, a window or a tab, beside the camera.

pub(super) mod lazy;
mod sharpness;
mod start;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;

use super::{
    announcer::Announcer, call_handle::CallHandle, local_state::LocalState,
    page_handover::PageHandover, people::person::Person, settings::choices::Chosen,
};
use crate::{
    platform::{
        capture_error::CaptureError,
        driver::Driver,
        js::Listener,
        media::{MediaStream, is_paused},
        screen_capture::{self, Screen, Surface},
        sender_parameters::Sharpness,
        task::spawn_local,
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

/// The screen that the person shares. A handle.
#[derive(Debug, Clone, Copy)]
pub struct ScreenShare {
    /// What is shared.
    pub current: RwSignal<Option<Sharing>>,
    /// Its pictures.
    pub own_screen: RwSignal<Option<MediaStream>, LocalStorage>,
    /// What counts for it.
    chosen: Chosen<Sharpness>,
    call: CallHandle,
    announcer: Announcer,
    handover: PageHandover,
    runtime: LocalState<ShareRuntime>,
}

#[derive(Default)]
struct ShareRuntime {
    /// The person is choosing what to share.
    choosing: Cell<bool>,
    /// Wait for what becomes of what is shared.
    listeners: RefCell<Option<[Listener; 2]>>,
}

impl ScreenShare {
    /// Nothing shared yet.
    #[inline(never)]
    pub(in crate::meeting) fn new(
        call: CallHandle,
        announcer: Announcer,
        handover: PageHandover,
        chosen: Chosen<Sharpness>,
    ) -> Self {
        Self {
            current: RwSignal::new(None),
            own_screen: RwSignal::new_local(None),
            chosen,
            call,
            announcer,
            handover,
            runtime: LocalState::default(),
        }
    }

    pub(in crate::meeting) fn ask_for_screen(&self, sharpness: Sharpness) {
        let share = *self;
        spawn_local(async move {
            let opened = screen_capture::open(sharpness).await;
            share.runtime.with(|runtime| runtime.choosing.set(false));
            if share.call.is_late(opened.iter().flat_map(Screen::tracks)) {
                return;
            }
            match opened {
                Ok(screen) => share.take_screen(Rc::new(screen), sharpness),
                Err(trouble) => share.announcer.announce(sentence(&trouble)),
            }
        });
    }

    /// Shares nothing any more.
    pub fn stop(&self) {
        if self.current.try_get_untracked().flatten().is_some() {
            self.call.media(|media| {
                TrackSource::SHARED
                    .into_iter()
                    .for_each(|source| media.stop(source))
            });
            self.runtime.with(|runtime| runtime.listeners.take());
            self.tell_sharing(None);
            self.announcer.announce(t(Word::SharingEnded));
        }
    }

    fn take_screen(&self, screen: Rc<Screen>, sharpness: Sharpness) {
        let share = *self;
        let picture = &screen.picture;
        // The browser's own button, a window that is closed.
        let ends = Listener::new(picture, "ended", move |_| share.stop());
        // Another tab in its place, or the mark of this one is seen only now.
        let same = screen.clone();
        let changes = Listener::new(picture, "capturehandlechange", move |_| {
            share.look_again(&same);
        });
        self.call.media(|media| {
            media.sharpness.set(sharpness);
            media.put(TrackSource::Screen, picture);
            match &screen.sound {
                Some(sound) => media.put(TrackSource::ScreenSound, sound),
                None => media.stop(TrackSource::ScreenSound),
            }
        });
        self.runtime
            .with(|runtime| runtime.listeners.replace(Some([ends, changes])));
        self.tell_sharing(Some(Sharing {
            surface: screen.surface(),
            paused: false,
            sound: screen.sound.is_some(),
        }));
        self.announcer.announce(t(Word::SharingBegun));
    }

    fn look_again(&self, screen: &Screen) {
        let surface = screen.surface();
        if let Some(Some(sharing)) = self.current.try_get_untracked()
            && surface != sharing.surface
        {
            self.current.set(Some(Sharing { surface, ..sharing }));
        }
    }

    /// The devices are given back, and this with them.
    pub(in crate::meeting) fn forget(&self) {
        self.own_screen.set(None);
        self.current.set(None);
    }

    /// Takes note of which screens are held back, the own and the others'.
    pub(in crate::meeting) fn poll(&self, people: &[Person]) {
        self.poll_own();
        for person in people {
            let paused = (person.screen)
                .try_with_untracked(|screen| screen.as_ref().is_some_and(is_paused))
                .unwrap_or(false);
            if person.screen_paused.try_get_untracked() == Some(!paused) {
                person.screen_paused.set(paused);
            }
        }
    }

    fn poll_own(&self) {
        let Some(Some(sharing)) = self.current.try_get_untracked() else {
            return;
        };
        let paused = self
            .call
            .media(|media| is_paused(&media.stream(TrackSource::Screen)));
        if let Some(paused) = paused.filter(|paused| *paused != sharing.paused) {
            self.current.set(Some(Sharing { paused, ..sharing }));
        }
    }

    /// Brings the pages and the peers to what is shared.
    fn tell_sharing(&self, sharing: Option<Sharing>) {
        let stream = self.call.media(|media| media.stream(TrackSource::Screen));
        self.own_screen.set(stream.filter(|_| sharing.is_some()));
        self.current.set(sharing);
        self.call.driver(Driver::share);
    }
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
