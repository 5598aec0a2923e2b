//! The handle of a panel where it is a bottom sheet: pulled down far or fast enough, the panel closes. The button in its head
//! does the same for those who do not pull.

use leptos::{ev::PointerEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::ui::{
    ui_state::UiState,
    view::{ElementRef, ErasedView, IntoErasedView, on, press},
};

/// Pixels from which on a pull closes.
const CLOSE_DISTANCE: f64 = 96.0;
/// Pixels of a pull that is quick.
const MIN_FLING_DISTANCE: f64 = 24.0;
/// Pixels a millisecond from which on a short pull closes.
const FLING_VELOCITY: f64 = 0.4;

/// The content of a bottom sheet, with its drag handle.
pub fn bottom_sheet(ui_state: UiState, content: ErasedView) -> ErasedView {
    view! {
        {drag_handle(ui_state)}
        {content}
    }
    .erase()
}

fn drag_handle(ui_state: UiState) -> ErasedView {
    let node = ElementRef::new();
    // Where and when the pull began.
    let begun = StoredValue::new(None::<(f64, f64)>);
    let pulled = move |event: &PointerEvent| {
        let (y, at) = begun.get_value()?;
        let down = (f64::from(event.client_y()) - y).max(0.0);
        Some((down, event.time_stamp() - at))
    };
    let begin = move |event: PointerEvent| {
        begun.set_value(Some((f64::from(event.client_y()), event.time_stamp())));
        if let Some(handle) = node.get_untracked() {
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    };
    let pull = move |event: PointerEvent| {
        if let Some((down, _)) = pulled(&event) {
            translate_panel(node, down);
        }
    };
    let end = move |event: PointerEvent| {
        let pulled = pulled(&event);
        begun.set_value(None);
        match pulled {
            Some((down, took)) if closes(down, took) => ui_state.panel.set(None),
            _ => translate_panel(node, 0.0),
        }
    };
    let give_up = move || {
        begun.set_value(None);
        translate_panel(node, 0.0);
    };
    view! {
        <div
            class="drag-handle"
            aria-hidden="true"
            node_ref=node
            on:pointerdown=on(begin)
            on:pointermove=on(pull)
            on:pointerup=on(end)
            on:pointercancel=press(give_up)
        ></div>
    }
    .erase()
}

fn translate_panel(node: ElementRef, down: f64) {
    let handle = node.get_untracked();
    let panel = handle.and_then(|handle| handle.closest(".panel").ok().flatten());
    if let Some(panel) = panel {
        let down = ["0 ", &(down as i32).to_string(), "px"].concat();
        let style = panel.unchecked_into::<HtmlElement>().style();
        let _ = style.set_property("translate", &down);
    }
}

/// Whether a pull of so many pixels in so many milliseconds closes.
fn closes(down: f64, took: f64) -> bool {
    down >= CLOSE_DISTANCE || (down >= MIN_FLING_DISTANCE && down > took * FLING_VELOCITY)
}

#[cfg(test)]
mod tests {
    use super::closes;

    #[test]
    fn far_or_fast_closes() {
        assert!(closes(120.0, 2_000.0));
        assert!(closes(40.0, 50.0));
        assert!(!closes(40.0, 500.0));
        assert!(!closes(10.0, 1.0));
        assert!(!closes(0.0, 0.0));
    }
}
