//! The choice of the language, which the page speaks at once.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    meeting::{Meeting, settings::choose_language},
    ui::view::{ErasedView, IntoErasedView, flag, on},
    words::{Language, Word, in_use, t},
};

const ID: &str = "language";

/// Offers all languages by the names that they have for themselves; does something once the program is `ready`.
pub fn language_picker(meeting: Meeting, ready: RwSignal<bool>) -> ErasedView {
    let choose = move |event| {
        if let Some(language) = Language::of_tag(&event_target_value(&event)) {
            choose_language(language, meeting.language, meeting.announcer);
        }
    };
    view! {
        <div class="field language">
            <label for=ID>{t(Word::LanguageLabel)}</label>
            <select class="input" id=ID disabled=flag(move || !ready.get()) on:change=on(choose)>
                {Language::ALL.map(option).into_iter().collect::<Vec<_>>()}
            </select>
        </div>
    }
    .erase()
}

/// Gives the focus back to who has just chosen: the picker is another element then.
pub fn focus_language_picker() {
    if let Some(picker) = document().get_element_by_id(ID) {
        let _ = picker.unchecked_into::<HtmlElement>().focus();
    }
}

fn option(language: Language) -> ErasedView {
    let chosen = language == in_use();
    view! {
        <option value=language.code() lang=language.code() selected=flag(move || chosen)>
            {language.native_name()}
        </option>
    }
    .erase()
}
