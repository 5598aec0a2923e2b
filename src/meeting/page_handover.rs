//! A newer build on the server: the parts of this page that are not loaded yet are gone there. Another page takes over then,
//! under the same identity and with the devices as they were.

use std::cell::RefCell;

use super::{
    call_handle::CallHandle,
    local_state::LocalState,
    settings::choices::{value_of, word_for},
};
use crate::{
    call::ResumePoint,
    platform::{clock, driver::Driver, page, storage, task::Timeout},
    words::Word,
};

/// The one thing that is handed from page to page.
const KEY: &str = "roundtable.seat";
/// Milliseconds for which it counts: a tab that is opened again much later is to enter nothing by itself.
const VALID_FOR: u64 = 60_000;
/// Milliseconds from being told to load the page again until a page that goes is one that is closed.
const RELOADS_WITHIN: u32 = 30_000;
/// Why a part could not be loaded: [`Word::ChunkReplaced`] where the server has another build, else
/// [`Word::ChunkFailed`].
pub async fn load_failure_reason() -> Word {
    match page::is_replaced().await {
        true => Word::ChunkReplaced,
        false => Word::ChunkFailed,
    }
}

/// The page that takes this one's place, or the one whose place this one takes. A handle.
#[derive(Debug, Clone, Copy)]
pub struct PageHandover {
    call: CallHandle,
    runtime: LocalState<HandoverRuntime>,
}

#[derive(Default)]
struct HandoverRuntime {
    /// By what the person comes back as the participant that an earlier page was.
    resume_point: RefCell<Option<ResumePoint>>,
    /// While another page takes the place of this one when it goes.
    timer: RefCell<Option<Timeout>>,
}

/// What one page hands to the next, besides its place in the room.
#[derive(Debug)]
pub(in crate::meeting) struct PageState {
    pub name: String,
    pub microphone: bool,
    pub camera: bool,
    /// Whether it had devices.
    pub devices: bool,
}

impl PageHandover {
    pub(in crate::meeting) fn new(call: CallHandle) -> Self {
        Self {
            call,
            runtime: LocalState::default(),
        }
    }

    /// Loads the page again, which takes this one's place.
    pub fn reload(&self) {
        self.expect_reload();
        page::reload();
    }

    /// The page is about to be loaded again, and the next one takes its place; if that does not happen, the person leaves
    /// with the page, as ever.
    pub(in crate::meeting) fn expect_reload(&self) {
        let handover = *self;
        let over = Timeout::new(RELOADS_WITHIN, move || {
            handover.runtime.with(|runtime| runtime.timer.take());
        });
        self.runtime
            .with(|runtime| runtime.timer.replace(Some(over)));
    }

    /// Comes back by this when the person joins.
    pub(in crate::meeting) fn set_resume_point(&self, point: ResumePoint) {
        self.runtime
            .with(|runtime| runtime.resume_point.replace(Some(point)));
    }

    /// By what the person comes back, for once.
    pub(in crate::meeting) fn take_resume_point(&self) -> Option<ResumePoint> {
        self.runtime
            .with(|runtime| runtime.resume_point.take())
            .flatten()
    }

    /// The page is about to go: the next one takes its place, if it is to and there is one. Returns whether it will.
    pub(in crate::meeting) fn store(&self, page: &PageState) -> bool {
        let expected = self
            .runtime
            .with(|runtime| runtime.timer.borrow().is_some());
        let point = self.call.driver(Driver::resume_point).flatten();
        let (Some(true), Some(point), Some(room)) = (expected, point, self.call.room()) else {
            return false;
        };
        let said = point.last_message.to_string();
        let until = (clock::unix_millis() + VALID_FOR).to_string();
        let fields = [
            room.as_str(),
            &until,
            &point.token,
            &said,
            word_for(page.microphone),
            word_for(page.camera),
            word_for(page.devices),
            &page.name,
        ];
        storage::write_for_session(KEY, &fields.join("\n"))
    }

    /// Takes what an earlier page has handed on, if there was one.
    pub(in crate::meeting) fn restore(&self) -> Option<PageState> {
        // For once: whoever loads the page yet again begins in the lobby.
        let kept = storage::take_for_session(KEY)?;
        let fields: Vec<&str> = kept.splitn(8, '\n').collect();
        let [room, until, token, said, microphone, camera, devices, name] =
            fields.try_into().ok()?;
        let is_late = until
            .parse()
            .is_ok_and(|until: u64| clock::unix_millis() > until);
        if is_late || self.call.room()?.as_str() != room {
            return None;
        }
        let page = PageState {
            name: name.to_owned(),
            microphone: value_of(microphone)?,
            camera: value_of(camera)?,
            devices: value_of(devices)?,
        };
        self.set_resume_point(ResumePoint {
            token: token.into(),
            last_message: said.parse().ok()?,
        });
        Some(page)
    }
}
