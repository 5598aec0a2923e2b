//! The field for the person's own name.

use leptos::{html, prelude::*};

use crate::protocol::DISPLAY_NAME_CHARS;

/// Asks for a name. The element is not bound by `prop:value`, which would wipe what was typed before the
/// program had loaded: that counts more than what is remembered. From then on both follow each other.
#[component]
pub fn NameField(
    /// What is typed.
    name: RwSignal<String>,
    /// What is wrong with it; cleared by typing.
    wrong: RwSignal<Option<String>>,
    /// The element, to read and to focus.
    field: NodeRef<html::Input>,
) -> impl IntoView {
    Effect::new(move |earlier: Option<()>| {
        let name_now = name.get();
        let Some(input) = field.get() else { return };
        let in_field = input.value();
        if earlier.is_none() && !in_field.is_empty() {
            name.set(in_field);
        } else if !name_now.is_empty() && in_field != name_now {
            input.set_value(&name_now);
        }
    });
    let typed = move |event| {
        name.set(event_target_value(&event));
        wrong.set(None);
    };
    view! {
        <div class="field">
            <label for="name">"Your name"</label>
            <input
                class="input"
                id="name"
                name="name"
                type="text"
                autocomplete="name"
                maxlength=DISPLAY_NAME_CHARS.to_string()
                enterkeyhint="go"
                dir="auto"
                aria-describedby="name-wrong"
                aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                node_ref=field
                on:input=typed
            />
            <p class="wrong" id="name-wrong" role="alert">
                {move || wrong.get()}
            </p>
        </div>
    }
    .into_any()
}
