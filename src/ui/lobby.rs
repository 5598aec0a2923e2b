//! Before the call: what the others will see, the name, and the button that joins.

use leptos::{ev::SubmitEvent, html, prelude::*};

use super::{
    device_picker::DevicePickers,
    home::Masthead,
    icons::{Glyph, Icon},
    name_field::NameField,
    preview::Preview,
};
use crate::{
    browser::{Meeting, Stage},
    protocol::{DisplayName, RoomName},
};

const NEEDS_PROGRAM: &str = "<p class=\"hint\">Joining needs JavaScript, which this browser does not run. \
    Allow it for this page and reload.</p>";

/// The room's page until the person has joined.
#[component]
pub fn Lobby(
    /// The meeting to join.
    meeting: Meeting,
    /// Its room.
    room: RoomName,
    /// Whether the program runs, so that buttons do something.
    ready: RwSignal<bool>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    view! {
        <div class="lobby">
            <Masthead />
            <main id="main" class="lobby-main">
                <Preview meeting=meeting ready=ready />
                <section class="join" aria-labelledby="room-name">
                    <p class="eyebrow">"Room"</p>
                    <h1 id="room-name" dir="auto">
                        {room.as_str().to_owned()}
                    </h1>
                    <p class="promise">"Nobody sees or hears you until you join."</p>
                    <JoinForm meeting=meeting ready=ready field=field />
                </section>
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn JoinForm(meeting: Meeting, ready: RwSignal<bool>, field: NodeRef<html::Input>) -> impl IntoView {
    let wrong = RwSignal::new(None::<String>);
    let joining = move || meeting.stage.get() == Stage::Joining;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match DisplayName::parse(&meeting.name.get_untracked()) {
            Ok(_) => meeting.join(),
            Err(reason) => {
                wrong.set(Some(super::trouble::sentence(&reason.to_string())));
                if let Some(input) = field.get_untracked() {
                    let _ = input.focus();
                }
            }
        }
    };
    view! {
        <form class="join-form" on:submit=submit>
            <NameField name=meeting.name wrong=wrong field=field />
            <DevicePickers meeting=meeting />
            <button class="button primary wide" type="submit" disabled=move || !ready.get() || joining()>
                {move || joining().then(|| view! { <Icon glyph=Glyph::Busy /> })}
                {move || if joining() { "Joining…" } else { "Join" }}
            </button>
            <noscript inner_html=NEEDS_PROGRAM></noscript>
        </form>
    }
    .into_any()
}
