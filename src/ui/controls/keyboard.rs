//! Keys during a call: what they ask for is decided in [`shortcut`](super::shortcut), done here.

use leptos::{
    ev::{blur, fullscreenchange, keydown, keyup},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::shortcut::{Focus, Keystroke, Shortcut};
use crate::{
    meeting::Meeting,
    ui::ui_state::{Dialog, Panel, UiState},
    words::{Word, t},
};

/// Listens to keys until the call is over.
pub fn listen_to_keys(meeting: Meeting, ui_state: UiState) {
    let down = window_event_listener(keydown, move |event| handle_key(meeting, ui_state, &event));
    let up = window_event_listener(keyup, move |event| {
        if event.key() == " " {
            meeting.devices.end_push_to_talk();
        }
    });
    // A key that is let go elsewhere is not seen to be.
    let away = window_event_listener(blur, move |_| meeting.devices.end_push_to_talk());
    let filled = window_event_listener(fullscreenchange, move |_| {
        let word = match document().fullscreen_element() {
            Some(_) => Word::StageFullScreenOn,
            None => Word::StageFullScreenOff,
        };
        meeting.announcer.announce(t(word));
    });
    on_cleanup(move || {
        for listener in [down, up, away, filled] {
            listener.remove();
        }
    });
}

fn handle_key(meeting: Meeting, ui_state: UiState, event: &KeyboardEvent) {
    let (key, code) = (event.key(), event.code());
    let stroke = Keystroke {
        key: &key,
        code: &code,
        command: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        focus: focus(ui_state),
    };
    let single_keys = meeting.choices.single_keys.get_untracked();
    let Some(shortcut) = Shortcut::of(stroke, single_keys) else {
        return;
    };
    if is_dialog_open() {
        return;
    }
    event.prevent_default();
    if !event.repeat() {
        perform(shortcut, meeting, ui_state);
    }
}

/// Does what a shortcut asks for.
pub fn perform(shortcut: Shortcut, meeting: Meeting, ui_state: UiState) {
    match shortcut {
        Shortcut::Microphone => meeting.devices.toggle_microphone(),
        Shortcut::Camera => meeting.devices.toggle_camera(),
        Shortcut::Hand => meeting.people.toggle_hand(),
        Shortcut::Chat => ui_state.toggle(Panel::Chat),
        Shortcut::People => ui_state.toggle(Panel::People),
        Shortcut::Share => meeting.sharing.toggle(),
        Shortcut::Layout => ui_state.next_view(meeting),
        Shortcut::FullScreen => ui_state.toggle_full_screen(),
        Shortcut::Help => ui_state.open(Dialog::Keys),
        Shortcut::Bar => focus_bar(),
        Shortcut::Talk => meeting.devices.begin_push_to_talk(),
    }
}

fn focus(ui_state: UiState) -> Focus {
    let awaits = ui_state.awaited.get_untracked() > 0 || is_menu_awaited();
    let page = if awaits { Focus::Awaited } else { Focus::Page };
    let Some(element) = document().active_element() else {
        return page;
    };
    let is = |selector| element.matches(selector).unwrap_or(false);
    if is(
        "input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]",
    ) {
        Focus::Field
    } else if awaits {
        Focus::Awaited
    } else if is("button, a, summary, input, [role=menuitem], [tabindex='0']") || scrolls(&element)
    {
        Focus::Control
    } else {
        page
    }
}

/// Whether keys are a dialog's. [`UiState`] learns a moment later that one is closed, and a key that follows at once counts.
fn is_dialog_open() -> bool {
    let dialog = document().query_selector("dialog[open]");
    dialog.is_ok_and(|dialog| dialog.is_some())
}

/// Whether a menu is open and has nothing in it yet. Browsers tell that one opens or closes a moment after it has.
fn is_menu_awaited() -> bool {
    let menu = document().query_selector(":popover-open").ok().flatten();
    menu.is_some_and(|menu| matches!(menu.query_selector("button"), Ok(None)))
}

/// Whether Space scrolls something for who has the focus here: the element, or one around it.
fn scrolls(element: &Element) -> bool {
    let mut next = Some(element.clone());
    while let Some(element) = next.filter(|element| !element.matches("body, html").unwrap_or(true))
    {
        if element.scroll_height() > element.client_height() && is_scroller(&element) {
            return true;
        }
        next = element.parent_element();
    }
    false
}

fn is_scroller(element: &Element) -> bool {
    let style = window().get_computed_style(element).ok().flatten();
    let overflow = style.and_then(|style| style.get_property_value("overflow-y").ok());
    overflow.is_some_and(|overflow| matches!(&*overflow, "auto" | "scroll"))
}

/// Puts the focus into the bar, also when what had it is gone.
pub fn focus_bar() {
    let first: Option<Element> = document()
        .query_selector(".bar button:not(:disabled)")
        .ok()
        .flatten();
    if let Some(first) = first {
        let _ = first.unchecked_ref::<HtmlElement>().focus();
    }
}
