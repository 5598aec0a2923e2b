//! Other pages of this browser in the same room: who has joined in one of them is told so in the lobby of the next, and may
//! take the meeting along.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;

use super::{
    call_handle::CallHandle, local_state::LocalState, page_handover::PageState, state::MeetingStage,
};
use crate::{
    call::{Intent, ResumePoint},
    platform::{
        driver::Driver,
        page_channel::{PageChannel, PageMessage},
        task::{sleep, spawn_local},
    },
};

/// Milliseconds in which a page hands the meeting over. One that does not is gone.
const ANSWER_TIMEOUT: u32 = 2_000;
/// Most other pages that are noted.
const PAGES: usize = 16;

/// Other pages of this browser in the same room. A handle.
#[derive(Debug, Clone, Copy)]
pub struct OtherPages {
    /// Whether the person is in the room in another page of this browser.
    pub inside: RwSignal<bool>,
    /// Whether the meeting is on its way from there.
    pub moving_here: RwSignal<bool>,
    call: CallHandle,
    runtime: LocalState<PagesRuntime>,
}

#[derive(Default)]
struct PagesRuntime {
    channel: RefCell<Option<Rc<PageChannel>>>,
    /// Those that are in the room.
    inside: RefCell<Vec<String>>,
}

impl PagesRuntime {
    fn note(&self, page: String, is_inside: bool) {
        let mut inside = self.inside.borrow_mut();
        inside.retain(|other| *other != page);
        if is_inside && inside.len() < PAGES {
            inside.push(page);
        }
    }
}

/// What another page wants, or brings.
pub(in crate::meeting) enum PageRequest {
    /// The meeting is to be handed over to that page.
    Give(String),
    /// It brings the meeting.
    Take(ResumePoint, PageState),
}

/// What pages say to each other, as `kind` of a message.
mod kind {
    /// Who is in the room?
    pub const ASK: &str = "ask";
    /// I am.
    pub const HERE: &str = "here";
    /// I am no more.
    pub const GONE: &str = "gone";
    /// Give me the meeting.
    pub const MOVE: &str = "move";
    /// It is yours.
    pub const YOURS: &str = "yours";
}

impl OtherPages {
    /// None is known.
    pub(in crate::meeting) fn new(call: CallHandle) -> Self {
        Self {
            inside: RwSignal::new(false),
            moving_here: RwSignal::new(false),
            call,
            runtime: LocalState::default(),
        }
    }

    /// Asks the others whether one of them is in the room, and hears from now on what they want.
    pub(in crate::meeting) fn find(&self, on_request: impl Fn(PageRequest) + 'static) {
        let pages = *self;
        let Some(room) = self.call.room() else { return };
        let name = ["roundtable.room.", room.folded()].concat();
        let channel = PageChannel::open(&name, move |message| {
            if let Some(request) = pages.handle_message(&message) {
                on_request(request);
            }
        });
        if let Some(channel) = &channel {
            channel.say(kind::ASK, None, &[]);
        }
        self.runtime
            .with(|runtime| runtime.channel.replace(channel.map(Rc::new)));
    }

    /// Tells the others whether this page is in the room.
    pub(in crate::meeting) fn tell(&self, is_inside: bool) {
        let kind = if is_inside { kind::HERE } else { kind::GONE };
        self.with_channel(|channel| channel.say(kind, None, &[]));
    }

    /// Takes the meeting from another page of this browser: as the same participant, with what was switched on there.
    pub fn move_here(&self) {
        let last = self
            .runtime
            .with(|runtime| runtime.inside.borrow().last().cloned());
        let Some(page) = last.flatten() else {
            return self.moving_here.set(false);
        };
        self.with_channel(|channel| channel.say(kind::MOVE, Some(&page), &[]));
        self.moving_here.set(true);
        let pages = *self;
        spawn_local(async move {
            sleep(ANSWER_TIMEOUT).await;
            if pages.moving_here.try_get_untracked() == Some(true) {
                // It is gone, and has not said so.
                pages.runtime.with(|runtime| runtime.note(page, false));
                pages.moving_here.set(false);
                pages.show();
            }
        });
    }

    fn handle_message(&self, message: &PageMessage) -> Option<PageRequest> {
        let (kind, from) = (message.text("kind")?, message.text("from")?);
        if self.with_channel(|channel| channel.is_for_me(message)) != Some(true) {
            return None;
        }
        let is_inside = self.call.is_inside();
        match &*kind {
            kind::ASK if is_inside => self.tell(true),
            kind::HERE | kind::GONE => {
                self.runtime
                    .with(|runtime| runtime.note(from, kind == kind::HERE));
                self.show();
            }
            kind::MOVE if is_inside => return Some(PageRequest::Give(from)),
            kind::YOURS => return self.take(message),
            _ => {}
        }
        None
    }

    fn show(&self) {
        let any = self
            .runtime
            .with(|runtime| !runtime.inside.borrow().is_empty());
        self.inside.try_set(any.unwrap_or(false));
    }

    /// The other page comes in by what this one has; the server ends this one then.
    pub(in crate::meeting) fn give_to(&self, page: &str, state: PageState) {
        let point = self.call.driver(Driver::resume_point).flatten();
        let Some(ResumePoint {
            token,
            last_message: said,
        }) = point
        else {
            return;
        };
        self.call.send_intent(Intent::MakeWay);
        let more = [
            ("token", (&*token).into()),
            ("said", said.into()),
            ("name", state.name.into()),
            ("microphone", state.microphone.into()),
            ("camera", state.camera.into()),
        ];
        self.with_channel(|channel| channel.say(kind::YOURS, Some(page), &more));
    }

    /// What another page gives is only taken while it was asked for.
    fn take(&self, message: &PageMessage) -> Option<PageRequest> {
        let is_awaited = self.call.stage.try_get_untracked() == Some(MeetingStage::Lobby)
            && self.moving_here.get_untracked();
        if !is_awaited {
            return None;
        }
        let point = ResumePoint {
            token: message.text("token")?.into(),
            last_message: message.number("said")? as u32,
        };
        self.moving_here.set(false);
        let state = PageState {
            name: message.text("name").unwrap_or_default(),
            microphone: message.is_on("microphone"),
            camera: message.is_on("camera"),
            devices: true,
        };
        Some(PageRequest::Take(point, state))
    }

    fn with_channel<T>(&self, action: impl FnOnce(&PageChannel) -> T) -> Option<T> {
        let channel = self
            .runtime
            .with(|runtime| runtime.channel.borrow().clone())
            .flatten()?;
        Some(action(&channel))
    }
}
