//! The page of a room: before, during and after the call, at one address.

use leptos::prelude::*;

use super::{call_page::call, left_page::left_page, prompts, trouble_page::trouble_page};
use crate::{
    meeting::{
        LinkState, Meeting, MeetingStage, RejoinState, Trouble,
        settings::{Theme, word_for},
    },
    protocol::RoomName,
    ui::{
        chat::take_early_files,
        components::skip_link,
        lazy::lazy,
        lobby::lobby,
        recording::lazy::saved_recordings,
        settings::focus_language_picker,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, dynamic, effect, text, when},
    },
    words::{Phrase, say, t},
};

/// The page at `/r/` and the name of a room.
pub fn room_page(room: RoomName) -> ErasedView {
    let rejoin_state = RwSignal::new(RejoinState::default());
    // Each meeting has its own signals, since reactive_graph 0.2.16 keeps a piece of every effect that read a
    // signal for as long as the signal is there.
    dynamic(move || {
        rejoin_state.track();
        Some(untrack(|| {
            meeting_view(Meeting::new(room.clone(), rejoin_state), room.clone())
        }))
    })
}

/// One meeting, from the lobby to the end.
fn meeting_view(meeting: Meeting, room: RoomName) -> ErasedView {
    let ready = RwSignal::new(false);
    effect(move || {
        untrack(|| meeting.mount());
        ready.set(true);
    });
    follow_language(meeting, room.clone());
    let ui_state = UiState::new();
    // What was dropped in an earlier meeting is not for this one.
    drop(take_early_files());
    effect(move || show_theme(meeting.choices.theme.get()));
    effect(move || meeting.call.limit_sending(None, meeting.choices.send.get()));
    effect(move || {
        meeting
            .people
            .set_received_quality(meeting.choices.receive.get())
    });
    let screen = Memo::new(move |_| Screen::from(meeting.call.stage.get()));
    let shown = move || match screen.get() {
        Screen::Lobby => lobby(meeting, ui_state, &room, ready),
        Screen::Call => call(meeting, ui_state, &room),
        Screen::Left => left_page(meeting, &room),
        Screen::Trouble(trouble) => trouble_page(meeting, &trouble),
    };
    view! {
        {dynamic(move || {
            meeting.language.track();
            Some(skip_link())
        })}
        {dynamic(move || {
            meeting.language.track();
            Some(when(move || meeting.recording.saved.get() > 0, move || lazy(saved_recordings(), meeting, ui_state)))
        })}
        {dynamic(move || {
            meeting.language.track();
            Some(shown())
        })}
        {live_region(meeting)}
    }
    .erase()
}

/// Keeps what is outside of the pages in their language, and the focus where the language was chosen.
fn follow_language(meeting: Meeting, room: RoomName) {
    let mut chosen = false;
    effect(move || {
        meeting.language.track();
        let room = room.as_str();
        document().set_title(&say(Phrase::PageRoomTitle { room }));
        if std::mem::replace(&mut chosen, true) {
            request_animation_frame(focus_language_picker);
        }
    });
}

/// Has the whole page light or dark, see `style/tokens.css`.
fn show_theme(theme: Theme) {
    if let Some(root) = document().document_element() {
        let _ = match theme {
            Theme::System => root.remove_attribute("data-theme"),
            theme => root.set_attribute("data-theme", word_for(theme)),
        };
    }
}

/// Which view stands for a stage; the lobby stays while joining.
#[derive(Clone, PartialEq)]
enum Screen {
    Lobby,
    Call,
    Left,
    Trouble(Trouble),
}

impl From<MeetingStage> for Screen {
    fn from(stage: MeetingStage) -> Self {
        match stage {
            MeetingStage::Lobby | MeetingStage::Joining => Self::Lobby,
            MeetingStage::InRoom => Self::Call,
            MeetingStage::Left => Self::Left,
            MeetingStage::Trouble(trouble) => Self::Trouble(trouble),
        }
    }
}

/// What happens, for those who do not see it, and for a while on the screen for those who do. The region is
/// always there: one that comes with its text is not spoken.
fn live_region(meeting: Meeting) -> ErasedView {
    let is_shown_else = move || {
        meeting.call.link.get() == LinkState::Reconnecting
            || prompts::ANNOUNCED
                .iter()
                .any(|word| *meeting.announcer.text.read() == t(*word))
    };
    let classes = move || match is_shown_else() {
        true => "live-region visually-hidden",
        false => "live-region",
    };
    let toast = move || {
        let text = meeting.announcer.text.get();
        (!text.is_empty()).then(|| view! { <span class="toast">{text}</span> }.erase())
    };
    view! {
        <p class=text(move || classes().to_owned()) role="status" aria-live="polite">
            {dynamic(toast)}
        </p>
    }
    .erase()
}
