//! The field for the person's own name.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    protocol::DISPLAY_NAME_CHARS,
    ui::view::{ElementRef, ErasedView, IntoErasedView, dynamic, effect, on, text},
    words::{Word, t},
};

/// Asks for a name. The element is not bound by `prop:value`, which would wipe what was typed before the
/// program had loaded: that counts more than what is remembered. From then on both follow each other.
/// What is `wrong` is cleared by typing; empty when nothing is.
pub fn name_field(
    name: RwSignal<String>,
    wrong: RwSignal<String>,
    field: ElementRef,
) -> ErasedView {
    let mut first = true;
    effect(move || {
        let name_now = name.get();
        let first = std::mem::take(&mut first);
        let Some(element) = field.get() else { return };
        let input = element.unchecked_ref::<HtmlInputElement>();
        let in_field = input.value();
        if first && !in_field.is_empty() {
            name.set(in_field);
        } else if !name_now.is_empty() && in_field != name_now {
            input.set_value(&name_now);
        }
    });
    let typed = move |event| {
        name.set(event_target_value(&event));
        wrong.set(String::new());
    };
    view! {
        <div class="field">
            <label for="name">{t(Word::LobbyName)}</label>
            <input
                class="input"
                id="name"
                name="name"
                type="text"
                autocomplete="name"
                maxlength=DISPLAY_NAME_CHARS.to_string()
                enterkeyhint="go"
                dir="auto"
                aria-describedby="name-error"
                aria-invalid=text(move || (!wrong.read().is_empty()).to_string())
                node_ref=field
                on:input=on(typed)
            />
            <p class="field-error" id="name-error" role="alert">
                {dynamic(move || Some(wrong.get()).filter(|wrong| !wrong.is_empty()).map(IntoErasedView::erase))}
            </p>
        </div>
    }
    .erase()
}
