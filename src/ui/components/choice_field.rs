//! A choice that is remembered, as a field of a form.

use leptos::prelude::*;

use crate::{
    meeting::settings::{Choice, Chosen, value_of},
    ui::view::{ErasedView, IntoErasedView, flag, on, press},
    words::{Word, t},
};

/// One of several, each with its word.
pub fn select_field<T: Choice>(
    id: &'static str,
    label: Word,
    chosen: Chosen<T>,
    describe: fn(T) -> Word,
) -> ErasedView {
    let option = |(value, word): &'static (T, &'static str)| {
        let value = *value;
        view! {
            <option value=*word selected=flag(move || chosen.get() == value)>
                {t(describe(value))}
            </option>
        }
        .erase()
    };
    let choose = move |event| {
        if let Some(value) = value_of(&event_target_value(&event)) {
            chosen.set(value);
        }
    };
    view! {
        <div class="field">
            <label for=id>{t(label)}</label>
            <select class="input" id=id on:change=on(choose)>
                {T::ALL.iter().map(option).collect::<Vec<_>>()}
            </select>
        </div>
    }
    .erase()
}

/// Yes or no.
pub fn checkbox_field(label: Word, chosen: Chosen<bool>) -> ErasedView {
    checkbox_field_with(label, chosen, move |value| chosen.set(value))
}

/// Yes or no, where there is more to do than to remember it.
pub fn checkbox_field_with(
    label: Word,
    chosen: Chosen<bool>,
    choose: impl Fn(bool) + 'static,
) -> ErasedView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=flag(move || chosen.get())
                on:change=press(move || choose(!chosen.get_untracked()))
            />
            <span>{t(label)}</span>
        </label>
    }
    .erase()
}
