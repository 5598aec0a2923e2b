//! Handing on a link: by the clipboard, or by the system's share sheet (W3C Web Share).

use super::{dom::window, js, promise};

/// Whether the system has a sheet to hand links on (W3C Web Share section 2).
pub fn can_share() -> bool {
    js::has_method(&window().navigator(), "share")
}

/// Opens the sheet with an address; whoever closes it again is told nothing.
pub fn share(address: &str) {
    let what = js::object(&[("url", address.into())]);
    if let Some(Ok(sharing)) = js::call(&window().navigator(), "share", &what) {
        promise::ignore(sharing.into());
    }
}

/// Copies a text; whether the browser allows it.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    promise::wait(clipboard.write_text(text)).await.is_ok()
}
