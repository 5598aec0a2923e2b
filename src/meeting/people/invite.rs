//! The link to the room: copied, or handed on by the system's share sheet.

use wasm_bindgen_futures::spawn_local;

use crate::{
    meeting::handle::Meeting,
    platform::{js, promise},
    words::{Word, t},
};

/// The room's address as the browser has it.
pub fn room_link() -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok());
    href.unwrap_or_default()
}

/// Whether the system has a sheet to hand links on (W3C Web Share section 2).
pub fn can_share_link() -> bool {
    web_sys::window().is_some_and(|window| js::has_method(&window.navigator(), "share"))
}

impl Meeting {
    /// Copies the room's address.
    pub fn copy_link(&self) {
        let meeting = *self;
        spawn_local(async move {
            let Some(window) = web_sys::window() else {
                return;
            };
            let clipboard = window.navigator().clipboard();
            let copied = promise::wait(clipboard.write_text(&room_link())).await;
            let word = if copied.is_ok() {
                Word::InviteCopied
            } else {
                Word::InviteNotCopied
            };
            meeting.announce_text(t(word).to_owned());
        });
    }

    /// Opens the system's share sheet with the room's address; whoever closes it again is told nothing.
    pub fn share_link(&self) {
        let Some(window) = web_sys::window() else {
            return;
        };
        let what = js::object(&[("url", room_link().into())]);
        if let Some(Ok(sharing)) = js::call(&window.navigator(), "share", &what) {
            promise::ignore(sharing.into());
        }
    }
}
