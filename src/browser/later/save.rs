//! Giving a file to the person: the browser puts it where it puts downloads.

use gloo_timers::callback::Timeout;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlAnchorElement, Url};

/// Milliseconds after which the browser has surely begun to save.
const SAVING: u32 = 60_000;

/// Saves a file under this name. It is never opened here.
pub fn save(blob: &Blob, name: &str) {
    let Ok(address) = Url::create_object_url_with_blob(blob) else {
        return;
    };
    if let Ok(element) = document().create_element("a") {
        let link: HtmlAnchorElement = element.unchecked_into();
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    Timeout::new(SAVING, move || {
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
}
