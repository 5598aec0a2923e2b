//! Other pages of this browser in the same room: who has joined in one of them is told so in the lobby of the next, and may
//! take the meeting along. Pages of one origin hear each other by a `BroadcastChannel` (HTML section 9.6); where there is
//! none, each page is alone.

use std::cell::RefCell;

use gloo_timers::future::TimeoutFuture;
use js_sys::Math;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{EventTarget, MessageEvent};

use super::{handle::Meeting, state::MeetingStage};
use crate::{
    call::{Intent, ResumePoint},
    platform::js::{self, Listener},
};

/// Milliseconds in which a page hands the meeting over. One that does not is gone.
const ANSWER_TIMEOUT: u32 = 2_000;
/// Most other pages that are noted.
const PAGES: usize = 16;

/// The other pages. Dropping it, the page is not heard of any more.
pub struct OtherPages {
    channel: JsValue,
    /// What this page is called among them.
    own: String,
    /// Those that are in the room.
    inside: RefCell<Vec<String>>,
    _listener: Listener,
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
    fn open(meeting: Meeting) -> Option<Self> {
        let room = meeting.room.with_value(|room| room.folded().to_owned());
        let name = ["roundtable.room.", &room].concat();
        let channel = js::make("BroadcastChannel", &[name.into()]).ok()?;
        let target: &EventTarget = channel.unchecked_ref();
        let listener = Listener::new(target, "message", move |event| {
            let message = event.unchecked_into::<MessageEvent>().data();
            meeting.handle_page_message(&message);
        });
        let own = [Math::random(), Math::random()].map(|number| (number * 9e15) as u64);
        Some(Self {
            channel,
            own: own.map(|number| number.to_string()).join("-"),
            inside: RefCell::default(),
            _listener: listener,
        })
    }

    /// Says something to all of them, or to one.
    fn say(&self, kind: &str, to: Option<&str>, more: &[(&str, JsValue)]) {
        let message = js::object(more);
        js::set(&message, "kind", kind.into());
        js::set(&message, "from", self.own.as_str().into());
        if let Some(to) = to {
            js::set(&message, "to", to.into());
        }
        let _ = js::invoke(&self.channel, "postMessage", &[message]);
    }

    fn note(&self, page: String, is_inside: bool) {
        let mut inside = self.inside.borrow_mut();
        inside.retain(|other| *other != page);
        if is_inside && inside.len() < PAGES {
            inside.push(page);
        }
    }
}

impl Drop for OtherPages {
    fn drop(&mut self) {
        let _ = js::invoke(&self.channel, "close", &[]);
    }
}

impl Meeting {
    /// Asks the others whether one of them is in the room.
    pub(in crate::meeting) fn find_other_pages(&self) {
        let pages = OtherPages::open(*self);
        if let Some(pages) = &pages {
            pages.say(kind::ASK, None, &[]);
        }
        self.with_runtime(|runtime| runtime.other_pages.replace(pages));
    }

    /// Tells the others whether this page is in the room.
    pub(in crate::meeting) fn tell_other_pages(&self, is_inside: bool) {
        let kind = if is_inside { kind::HERE } else { kind::GONE };
        self.with_pages(|pages| pages.say(kind, None, &[]));
    }

    /// Takes the meeting from another page of this browser: as the same participant, with what was switched on there.
    pub fn move_here(&self) {
        let asked = self.with_pages(|pages| {
            let page = pages.inside.borrow().last().cloned();
            if let Some(page) = &page {
                pages.say(kind::MOVE, Some(page), &[]);
            }
            page
        });
        let Some(page) = asked.flatten() else {
            return self.moving_here.set(false);
        };
        self.moving_here.set(true);
        let meeting = *self;
        spawn_local(async move {
            TimeoutFuture::new(ANSWER_TIMEOUT).await;
            if meeting.moving_here.try_get_untracked() == Some(true) {
                // It is gone, and has not said so.
                meeting.with_pages(|pages| pages.note(page, false));
                meeting.moving_here.set(false);
                meeting.show_other_pages();
            }
        });
    }

    fn handle_page_message(&self, message: &JsValue) {
        let text = |name| js::property(message, name).and_then(|value| value.as_string());
        let (Some(kind), Some(from)) = (text("kind"), text("from")) else {
            return;
        };
        let is_mine = self.with_pages(|pages| text("to").is_none_or(|to| to == pages.own));
        if is_mine != Some(true) {
            return;
        }
        let is_inside = self.stage.try_get_untracked() == Some(MeetingStage::InRoom);
        match &*kind {
            kind::ASK if is_inside => self.tell_other_pages(true),
            kind::HERE | kind::GONE => {
                self.with_pages(|pages| pages.note(from, kind == kind::HERE));
                self.show_other_pages();
            }
            kind::MOVE if is_inside => self.hand_session_to(&from),
            kind::YOURS => self.take_session(message),
            _ => {}
        }
    }

    fn show_other_pages(&self) {
        let any = self.with_pages(|pages| !pages.inside.borrow().is_empty());
        self.in_other_page.try_set(any.unwrap_or(false));
    }

    /// The other page comes in by what this one has; the server ends this one then.
    fn hand_session_to(&self, page: &str) {
        let point = self
            .with_runtime(|runtime| runtime.driver.resume_point())
            .flatten();
        let Some(ResumePoint {
            token,
            last_message: said,
        }) = point
        else {
            return;
        };
        self.send_intent(Intent::MakeWay);
        let [microphone, camera] = [self.microphone, self.camera].map(|on| on.get_untracked());
        let more = [
            ("token", (&*token).into()),
            ("said", said.into()),
            ("name", self.name.get_untracked().into()),
            ("microphone", microphone.into()),
            ("camera", camera.into()),
        ];
        self.with_pages(|pages| pages.say(kind::YOURS, Some(page), &more));
    }

    fn take_session(&self, message: &JsValue) {
        if self.stage.get_untracked() != MeetingStage::Lobby || !self.moving_here.get_untracked() {
            return;
        }
        let value = |name| js::property(message, name);
        let text = |name| value(name).and_then(|value| value.as_string());
        let is_on = |name| value(name).is_some_and(|value| value.is_truthy());
        let (Some(token), Some(said)) =
            (text("token"), value("said").and_then(|said| said.as_f64()))
        else {
            return;
        };
        self.moving_here.set(false);
        if let Some(name) = text("name") {
            self.name.set(name);
        }
        self.microphone.set(is_on("microphone"));
        self.camera.set(is_on("camera"));
        let point = ResumePoint {
            token: token.into(),
            last_message: said as u32,
        };
        self.with_runtime(|runtime| {
            runtime.media.set_audible(is_on("microphone"));
            runtime.resume_point.replace(Some(point));
        });
        self.join();
    }

    fn with_pages<T>(&self, action: impl FnOnce(&OtherPages) -> T) -> Option<T> {
        self.with_runtime(|runtime| runtime.other_pages.borrow().as_ref().map(action))
            .flatten()
    }
}
