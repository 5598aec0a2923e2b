//! The style sheet of what is loaded later.

use std::{cell::RefCell, rc::Rc};

use futures::channel::oneshot;

use super::{dom::document, js::Listener};

const ID: &str = "later-style";

/// Brings the style of the parts that are loaded later; `false` if it can't be had.
pub async fn load_later_style() -> bool {
    if document().get_element_by_id(ID).is_some() {
        return true;
    }
    let (Some(address), Ok(link), Some(head)) = (
        document()
            .document_element()
            .and_then(|root| root.get_attribute("data-style")),
        document().create_element("link"),
        document().query_selector("head").ok().flatten(),
    ) else {
        return false;
    };
    let (tell, told) = oneshot::channel();
    let tell = Rc::new(RefCell::new(Some(tell)));
    let on = |kind, came: bool| {
        let tell = tell.clone();
        Listener::new(&link, kind, move |_| {
            if let Some(tell) = tell.take() {
                let _ = tell.send(came);
            }
        })
    };
    let _listeners = [on("load", true), on("error", false)];
    let _ = link.set_attribute("rel", "stylesheet");
    let _ = link.set_attribute("href", &address);
    let _ = head.append_child(&link);
    let came = told.await.unwrap_or(false);
    match came {
        true => link.set_id(ID),
        false => link.remove(),
    }
    came
}
