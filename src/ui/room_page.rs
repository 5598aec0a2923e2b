//! The page of a room: before, during and after the call, at one address.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    call::Call,
    head::About,
    left::LeftPage,
    lobby::Lobby,
    trouble::{BadRoomNamePage, TroublePage},
};
use crate::{
    browser::{LinkState, Meeting, Stage, Trouble, Wishes},
    protocol::RoomName,
};

/// The page at `/r/:room`.
#[component]
pub fn RoomPage() -> impl IntoView {
    let params = use_params_map();
    // Compared as written: two spellings of one name are one room, yet each shows its own.
    let typed = Memo::new(move |_| params.read().get("room").unwrap_or_default());
    move || match RoomName::parse(&typed.get()) {
        Ok(room) => view! { <Room room=room /> }.into_any(),
        Err(reason) => view! { <BadRoomNamePage reason=reason /> }.into_any(),
    }
}

/// Which component stands for a stage; the lobby stays while joining.
#[derive(Clone, PartialEq)]
enum Screen {
    Lobby,
    Call,
    Left,
    Trouble(Trouble),
}

impl From<Stage> for Screen {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Lobby | Stage::Joining => Self::Lobby,
            Stage::InRoom => Self::Call,
            Stage::Left => Self::Left,
            Stage::Trouble(trouble) => Self::Trouble(trouble),
        }
    }
}

#[component]
fn Room(room: RoomName) -> impl IntoView {
    let title = format!("Join {} on Roundtable", room.as_str());
    let wishes = RwSignal::new(Wishes::default());
    // Each meeting has its own signals, since reactive_graph 0.2.16 keeps a piece of every effect that read a
    // signal for as long as the signal is there.
    let stay = move || {
        wishes.track();
        view! { <Stay meeting=Meeting::new(room.clone(), wishes) room=room.clone() /> }
    };
    view! {
        <About
            title=title
            description="You are invited to a video meeting. It opens in the browser; nobody sees or hears you until you join."
        />
        {stay}
    }
}

/// One meeting, from the lobby to the end.
#[component]
fn Stay(meeting: Meeting, room: RoomName) -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| {
        untrack(|| meeting.mount());
        ready.set(true);
    });
    let screen = Memo::new(move |_| Screen::from(meeting.stage.get()));
    let shown = move || {
        let room = room.clone();
        match screen.get() {
            Screen::Lobby => view! { <Lobby meeting=meeting room=room ready=ready /> }.into_any(),
            Screen::Call => view! { <Call meeting=meeting room=room /> }.into_any(),
            Screen::Left => view! { <LeftPage meeting=meeting room=room /> }.into_any(),
            Screen::Trouble(trouble) => {
                view! { <TroublePage meeting=meeting trouble=trouble /> }.into_any()
            }
        }
    };
    view! {
        {shown}
        <Said meeting=meeting />
    }
}

/// What happens, for those who do not see it, and for a while on the screen for those who do. The region is
/// always there: one that comes with its text is not spoken.
#[component]
fn Said(meeting: Meeting) -> impl IntoView {
    let lasting = move || meeting.link.get() == LinkState::Reconnecting;
    view! {
        <p class="said" class:visually-hidden=lasting role="status" aria-live="polite">
            {move || {
                let text = meeting.said.get();
                (!text.is_empty()).then(|| view! { <span class="toast">{text}</span> })
            }}
        </p>
    }
}
