//! A meeting begins in the browser, and ends there.

use std::rc::Rc;

use leptos::prelude::*;

use super::{
    effect::effect,
    handle::Meeting,
    local_state::LocalState,
    notices,
    other_pages::PageRequest,
    page_handover::PageState,
    state::{CaptureState, MeetingStage, Trouble},
    voice_activity,
};
use crate::{
    call::Intent,
    platform::{driver::Driver, js::Listener, media::Media, page, task::Interval},
    protocol::Presence,
};

impl Meeting {
    /// Looks at what the browser can do and remembers; to be called once, in the browser.
    pub fn mount(&self) {
        let give_up = |trouble| self.call.stage.set(MeetingStage::Trouble(trouble));
        if !page::is_secure() {
            return give_up(Trouble::InsecureContext);
        }
        let Some(media) = Media::new().filter(|_| page::can_call()) else {
            return give_up(Trouble::Unsupported);
        };
        // Whoever comes back brings all that along.
        if self.people.name.read_untracked().is_empty() {
            self.people.remember();
            self.devices.remember();
        }
        let earlier = self.handover.restore();
        if let Some(earlier) = &earlier {
            self.adopt(earlier);
        }
        self.choices.remember();
        self.recording.remember();
        media.set_audible(self.devices.microphone.get_untracked());
        self.start(media);
        match earlier {
            Some(PageState { devices: true, .. }) => self.join(),
            Some(_) => {
                self.devices.continue_without();
                self.join();
            }
            None if self.had_devices() => self.devices.use_devices(),
            None => {}
        }
    }

    /// Begins what goes on until the meeting is over.
    fn start(&self, media: Media) {
        let (meeting, media) = (*self, Rc::new(media));
        let driver = Driver::new(media.clone(), move |event| notices::show(meeting, event));
        self.call.start(media, driver);
        self.devices.watch();
        let page_hides = Listener::new(&window(), "pagehide", move |_| meeting.on_pagehide());
        let ticks = Interval::new(voice_activity::PERIOD, move || meeting.tick());
        self.call.owned(|| {
            // These go with the meeting.
            LocalState::new((page_hides, ticks));
            on_cleanup(move || meeting.shut_down());
            effect(move || meeting.join_when_ready());
            let mut shown = None;
            effect(move || meeting.show_presence(&mut shown));
        });
        if let Some(room) = self.call.room() {
            self.call.send_intent(Intent::Approach { room });
        }
        self.other_pages.find(move |request| match request {
            PageRequest::Give(page) => {
                meeting.other_pages.give_to(&page, meeting.page_state());
            }
            PageRequest::Take(point, page) => {
                meeting.adopt(&page);
                (meeting.call).media(|media| media.set_audible(page.microphone));
                meeting.handover.set_resume_point(point);
                meeting.join();
            }
        });
    }

    /// Looks, ten times a second, at what tells nothing by itself.
    fn tick(&self) {
        let Some(microphone_is_on) = self.devices.microphone.try_get_untracked() else {
            return;
        };
        let people = self.people.list.get_untracked();
        self.sharing.poll(&people);
        self.voice.poll(microphone_is_on, &people);
    }

    /// Shows the others what has changed, which is followed.
    fn show_presence(&self, shown: &mut Option<Presence>) {
        let presence = self.presence();
        let is_news = shown.as_ref().is_some_and(|shown| *shown != presence);
        *shown = Some(presence.clone());
        if is_news {
            untrack(|| self.people.number_self());
            self.call.send_intent(Intent::Present(presence));
        }
    }

    /// What another page is to begin with.
    fn page_state(&self) -> PageState {
        PageState {
            name: self.people.name.get_untracked(),
            microphone: self.devices.microphone.get_untracked(),
            camera: self.devices.camera.get_untracked(),
            devices: self.devices.capture.get_untracked() == CaptureState::Ready,
        }
    }

    /// Begins with what another page had.
    fn adopt(&self, page: &PageState) {
        if !page.name.is_empty() {
            self.people.name.set(page.name.clone());
        }
        self.devices.microphone.set(page.microphone);
        self.devices.camera.set(page.camera);
    }

    /// The page goes: the person leaves, unless another page takes its place.
    fn on_pagehide(&self) {
        self.other_pages.tell(false);
        match self.handover.store(&self.page_state()) {
            true => drop(self.call.media(Media::stop_all)),
            false => self.shut_down(),
        }
    }

    fn shut_down(&self) {
        self.other_pages.tell(false);
        self.call.leave();
        self.call.media(Media::stop_all);
    }
}
