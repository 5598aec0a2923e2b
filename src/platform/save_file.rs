//! Giving a file to the person: the browser puts it where it puts downloads.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Date};
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::dom::document;

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

/// Saves JSON, made of the time now in ISO 8601, as a file of this name and that time.
pub fn save_text(name: &str, make: impl FnOnce(&str) -> String) {
    let now = String::from(Date::new_0().to_iso_string());
    let text = make(&now);
    let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&text.into())) else {
        return;
    };
    // Of the time, without the colons that some systems do not allow, nor parts of a second.
    let minute = now.replace(':', "-");
    let minute = minute.split('.').next().unwrap_or_default();
    let name = [name, "-", minute, ".json"].concat();
    save(&blob, &name);
}
