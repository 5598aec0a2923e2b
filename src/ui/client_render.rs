//! From the page that the server rendered to the one that the program runs.
//!
//! The program renders the page anew, in one go before the next frame, rather than adopting the
//! elements that are there: both look the same, and the code that adopts would be a third of what a
//! browser has to load. What the person has typed by then, and where, is carried over.

use leptos::{mount::mount_to_body, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement};

use crate::{
    meeting::{load_later_texts, load_texts},
    platform::start_failed,
    protocol::RoomName,
    ui::{
        diagnostics::{fetch_check, loaded_check},
        room::room_page,
        view::ErasedView,
    },
};

/// Lets the program run the page, if it is a room's or the one that checks; the others need none. It waits for its words, which the page
/// loads beside the program.
pub fn client_render() {
    let document = document();
    if let Some(room) = room(&document) {
        spawn_local(async move {
            match load_texts().await {
                true => render(Box::new(move || Some(room_page(room)))),
                false => start_failed(),
            }
        });
    } else if path(&document).as_deref() == Some("/check") {
        spawn_local(async move {
            match load_texts().await && load_later_texts().await && fetch_check().await {
                true => render(Box::new(loaded_check)),
                false => start_failed(),
            }
        });
    }
}

fn render(make: Box<dyn FnOnce() -> Option<ErasedView>>) {
    let document = document();
    let typed = TypedEarly::read(&document);
    if let Some(body) = document.body() {
        body.set_text_content(None);
    }
    mount_to_body(make);
    request_animation_frame(move || typed.restore(&document));
}

/// The room that the address names.
fn room(document: &Document) -> Option<RoomName> {
    let path = path(document)?;
    let name = js_sys::decode_uri_component(path.strip_prefix("/r/")?).ok()?;
    RoomName::parse(&String::from(name)).ok()
}

fn path(document: &Document) -> Option<String> {
    document.location()?.pathname().ok()
}

/// What was typed before the program came.
struct TypedEarly {
    values: Vec<(String, String)>,
    focused: Option<String>,
}

impl TypedEarly {
    fn read(document: &Document) -> Self {
        let mut values = Vec::new();
        each(document, "input[id]", |element| {
            let value = element.unchecked_ref::<HtmlInputElement>().value();
            if !value.is_empty() {
                values.push((element.id(), value));
            }
        });
        let focused = document
            .active_element()
            .map(|element| element.id())
            .filter(|id| !id.is_empty());
        Self { values, focused }
    }

    fn restore(&self, document: &Document) {
        for (id, value) in &self.values {
            let Some(element) = document.get_element_by_id(id) else {
                continue;
            };
            element.unchecked_ref::<HtmlInputElement>().set_value(value);
            if let Ok(event) = Event::new("input") {
                let _ = element.dispatch_event(&event);
            }
        }
        if let Some(element) = self
            .focused
            .as_ref()
            .and_then(|id| document.get_element_by_id(id))
        {
            let _ = element.unchecked_ref::<HtmlElement>().focus();
        }
    }
}

fn each(document: &Document, selector: &str, mut action: impl FnMut(Element)) {
    let Ok(found) = document.query_selector_all(selector) else {
        return;
    };
    (0..found.length())
        .filter_map(|at| found.item(at))
        .for_each(|node| action(node.unchecked_into()));
}
