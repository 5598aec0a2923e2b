//! Windows that stay over all others (WICG Document Picture-in-Picture; W3C Picture-in-Picture).

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, HtmlVideoElement};

use super::{
    dom::{document, window},
    js::{self, Listener},
};

/// How large it is at first, in CSS pixels.
const SIZE: (u32, u32) = (400, 340);

/// Whether there can be one.
pub fn can_open_pip() -> bool {
    document_pip().is_some() || can_open_video_pip()
}

fn document_pip() -> Option<JsValue> {
    js::property(&window(), "documentPictureInPicture")
}

fn can_open_video_pip() -> bool {
    js::property(&document(), "pictureInPictureEnabled").is_some_and(|can| can.is_truthy())
}

/// A window with a page of ours. A handle.
pub struct PipWindow {
    /// Where the page is.
    pub body: HtmlElement,
    window: JsValue,
}

/// Opens one, with the appearance of this page, from a click. `None` where the browser has no such windows, or there is one
/// already.
///
/// # Errors
/// What the browser throws.
pub async fn open_document_pip() -> Result<Option<PipWindow>, JsValue> {
    let Some(documents) = document_pip().filter(|all| js::property(all, "window").is_none()) else {
        return Ok(None);
    };
    let size = js::object(&[("width", SIZE.0.into()), ("height", SIZE.1.into())]);
    let opening = js::invoke(&documents, "requestWindow", &[size])?;
    let window = JsFuture::from(opening.unchecked_into::<Promise>()).await?;
    let there: Document = js::property(&window, "document")
        .ok_or(JsValue::UNDEFINED)?
        .unchecked_into();
    copy_appearance(&document(), &there);
    copy_styles(&document(), &there);
    let body = there.body().ok_or(JsValue::UNDEFINED)?;
    Ok(Some(PipWindow { body, window }))
}

/// Gives the page of a picture-in-picture window language, direction and theme of this one.
pub fn match_appearance(body: &HtmlElement) {
    if let Some(there) = body.owner_document() {
        copy_appearance(&document(), &there);
    }
}

impl PipWindow {
    /// Does something when it is closed, by whomever.
    pub fn on_close(&self, mut action: impl FnMut() + 'static) -> Listener {
        Listener::new(self.window.unchecked_ref(), "pagehide", move |_| action())
    }
}

/// Shows a video in picture-in-picture, from a click: the element stays where it is.
///
/// # Errors
/// What the browser throws.
pub async fn open_video_pip(video: &HtmlVideoElement) -> Result<(), JsValue> {
    let opening = js::invoke(video, "requestPictureInPicture", &[])?;
    JsFuture::from(opening.unchecked_into::<Promise>())
        .await
        .map(drop)
}

/// Closes any picture-in-picture window; whether there was one.
pub fn close_pip() -> bool {
    let floating = document_pip().and_then(|all| js::property(&all, "window"));
    if let Some(window) = floating {
        return js::invoke(&window, "close", &[]).is_ok();
    }
    js::property(&document(), "pictureInPictureElement").is_some()
        && js::invoke(&document(), "exitPictureInPicture", &[]).is_ok()
}

/// Language, direction and theme.
fn copy_appearance(from: &Document, to: &Document) {
    let (Some(here), Some(there)) = (from.document_element(), to.document_element()) else {
        return;
    };
    for name in ["lang", "dir", "data-theme"] {
        let _ = match here.get_attribute(name) {
            Some(value) => there.set_attribute(name, &value),
            None => there.remove_attribute(name),
        };
    }
    to.set_title(&from.title());
}

fn copy_styles(from: &Document, to: &Document) {
    let Ok(styles) = from.query_selector_all("link[rel=stylesheet]") else {
        return;
    };
    for place in 0..styles.length() {
        let Some(style) = styles.item(place) else {
            continue;
        };
        let copy = style.clone_node().map(JsCast::unchecked_into::<Element>);
        if let (Ok(copy), Ok(Some(head))) = (copy, to.query_selector("head")) {
            if let Some(address) = js::property(&style, "href") {
                js::set(&copy, "href", address);
            }
            let _ = head.append_child(&copy);
        }
    }
}
