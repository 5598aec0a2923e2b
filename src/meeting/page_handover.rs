//! A newer build on the server: the parts of this page that are not loaded yet are gone there. Another page takes over then,
//! under the same identity and with the devices as they were.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Response, Storage};

use super::{
    handle::Meeting,
    settings::choices::{value_of, word_for},
    state::CaptureState,
};
use crate::{
    call::ResumePoint,
    platform::{js, promise},
    words::Word,
};

/// The one thing that is handed from page to page.
const KEY: &str = "roundtable.seat";
/// Milliseconds for which it counts: a tab that is opened again much later is to enter nothing by itself.
const VALID_FOR: u64 = 60_000;
/// Milliseconds from being told to load the page again until a page that goes is one that is closed.
const RELOADS_WITHIN: u32 = 30_000;
/// The status of what is not there (RFC 9110 section 15.5.5).
const NOT_FOUND: u16 = 404;

/// Whether the server has another build by now: it does not have the scripts of this page any more.
async fn is_replaced() -> bool {
    let own = document().query_selector("link[rel=modulepreload]");
    let Some(address) = own
        .ok()
        .flatten()
        .and_then(|link| link.get_attribute("href"))
    else {
        return false;
    };
    let options = js::object(&[("method", "HEAD".into()), ("cache", "no-store".into())]);
    let Ok(asked) = js::invoke(&window(), "fetch", &[address.into(), options]) else {
        return false;
    };
    let answer = promise::wait(asked.unchecked_into()).await;
    answer.is_ok_and(|answer| answer.unchecked_into::<Response>().status() == NOT_FOUND)
}

impl Meeting {
    /// Why a part could not be loaded: [`Word::ChunkReplaced`] where the server has another build, else
    /// [`Word::ChunkFailed`].
    pub async fn load_failure_reason(&self) -> Word {
        match is_replaced().await {
            true => Word::ChunkReplaced,
            false => Word::ChunkFailed,
        }
    }

    /// Loads the page again, which takes this one's place.
    pub fn reload(&self) {
        self.expect_reload();
        reload_page();
    }

    /// The page is about to be loaded again, and the next one takes its place; if that does not happen, the person leaves
    /// with the page, as ever.
    pub(in crate::meeting) fn expect_reload(&self) {
        let meeting = *self;
        let over = Timeout::new(RELOADS_WITHIN, move || {
            meeting.with_runtime(|runtime| runtime.handover_timer.take());
        });
        self.with_runtime(|runtime| runtime.handover_timer.replace(Some(over)));
    }

    /// The page is shown. One that comes out of the cache of the browser (HTML section 7.4.6) has left, and its devices
    /// are stopped: it begins anew.
    pub(in crate::meeting) fn handle_pageshow(&self, event: &JsValue) {
        if js::property(event, "persisted").is_some_and(|kept| kept.is_truthy()) {
            reload_page();
        }
    }

    /// The page is about to go: the next one takes its place, if it is to and there is one. Returns whether it will.
    pub(in crate::meeting) fn store_session(&self) -> bool {
        let point = self.with_runtime(|runtime| {
            runtime
                .driver
                .resume_point()
                .filter(|_| runtime.handover_timer.borrow().is_some())
        });
        let (Some(point), Some(storage)) = (point.flatten(), storage()) else {
            return false;
        };
        let [microphone, camera] = [self.microphone, self.camera].map(|on| on.get_untracked());
        let devices = self.capture.get_untracked() == CaptureState::Ready;
        let said = point.last_message.to_string();
        let until = (unix_millis() + VALID_FOR).to_string();
        let room = self.room.get_value();
        let name = self.name.get_untracked();
        let fields = [
            room.as_str(),
            &until,
            &point.token,
            &said,
            word_for(microphone),
            word_for(camera),
            word_for(devices),
            &name,
        ];
        storage.set_item(KEY, &fields.join("\n")).is_ok()
    }

    /// Takes what an earlier page has handed on. Returns whether it had devices, if there was one.
    pub(in crate::meeting) fn restore_session(&self) -> Option<(ResumePoint, bool)> {
        let kept = storage()?.get_item(KEY).ok()??;
        // For once: whoever loads the page yet again begins in the lobby.
        let _ = storage()?.remove_item(KEY);
        let fields: Vec<&str> = kept.splitn(8, '\n').collect();
        let [room, until, token, said, microphone, camera, devices, name] =
            fields.try_into().ok()?;
        let is_late = until.parse().is_ok_and(|until: u64| unix_millis() > until);
        if is_late || self.room.with_value(|own| own.as_str() != room) {
            return None;
        }
        self.name.set(name.to_owned());
        self.microphone.set(value_of(microphone)?);
        self.camera.set(value_of(camera)?);
        let point = ResumePoint {
            token: token.into(),
            last_message: said.parse().ok()?,
        };
        Some((point, value_of(devices)?))
    }
}

fn reload_page() {
    let _ = window().location().reload();
}

/// Milliseconds since 1970; whole, since the code that writes and reads fractions is large.
fn unix_millis() -> u64 {
    js_sys::Date::now() as u64
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
