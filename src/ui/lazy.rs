//! Parts of the page that nobody needs to enter a room: loaded when they are first shown.
//!
//! What only the functions of `wasm_split` reach is split off the program when it is built (`public/tools/wasm-bindgen`),
//! so what is shown by way of this module is not named anywhere else.

use futures::{FutureExt, future::join3};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    meeting::{Meeting, bring_later_words, people::Person},
    platform::stylesheet::bring_later_style,
    protocol::ParticipantId,
    ui::{
        chat::{chat, draft_field},
        components::{Glyph, drawer, icon},
        controls::{floating_reactions, keys_help, menu, reaction_picker},
        devices::{allow, kit},
        people::{alone, ask, invite_people, people},
        recording::{elapsed, keeping, record},
        settings::settings,
        sharing::sharing_line,
        stats::{bars_button, quality},
        ui_state::{Desk, Question},
        view::{IntoPiece, Piece, dynamic, effect, press},
    },
    words::{Word, t},
};

/// A part that is loaded later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// How to allow camera and microphone.
    Allow,
    /// What is written.
    Chat,
    /// How to bring others in, for who is alone.
    Alone,
    /// The same for a dialog.
    Invite,
    /// The list of keys.
    Keys,
    /// Devices to choose and to try.
    Kit,
    /// The menu of the bar.
    Menu,
    /// The reactions to choose from.
    Reactions,
    /// The reactions that float by.
    Floating,
    /// Who is here.
    People,
    /// How good a connection is, on its tile; without a person, the own one.
    Bars(Option<Person>),
    /// The figures of the connection with a participant, or of all of them.
    Quality(Option<ParticipantId>),
    /// Devices and choices.
    Settings,
    /// What the person shares.
    Sharing,
    /// What recording does, before it begins.
    Record,
    /// How long the person has recorded.
    Elapsed,
    /// What is kept of recordings.
    Kept,
    /// Whether the host means it.
    Ask(Question),
}

/// How far the loading has come.
#[derive(Clone, Copy, PartialEq)]
enum Loading {
    OnTheWay,
    Done,
    /// And why.
    Failed(Word),
}

/// Shows a part as soon as it is there.
pub fn later(part: Part, meeting: Meeting, desk: Desk) -> Piece {
    show_later(part, meeting, desk, RwSignal::new(Loading::OnTheWay))
}

/// The same for a part that the person has opened: what is typed meanwhile is meant for it, see
/// [`Focus::Awaited`](crate::ui::controls::Focus::Awaited).
pub fn later_awaited(part: Part, meeting: Meeting, desk: Desk) -> Piece {
    let loading = RwSignal::new(Loading::OnTheWay);
    let waits = StoredValue::new(false);
    let wait = move |now: bool| {
        let before = waits.try_update_value(|waits| std::mem::replace(waits, now));
        match (before, now) {
            (Some(false), true) => desk.awaited.update(|awaited| *awaited += 1),
            (Some(true), false) => desk
                .awaited
                .update(|awaited| *awaited = awaited.saturating_sub(1)),
            _ => {}
        }
    };
    // At once, for the next key may follow before any effect runs.
    wait(true);
    effect(move || wait(loading.get() == Loading::OnTheWay));
    on_cleanup(move || wait(false));
    show_later(part, meeting, desk, loading)
}

fn show_later(part: Part, meeting: Meeting, desk: Desk, loading: RwSignal<Loading>) -> Piece {
    let begin = move || {
        loading.set(Loading::OnTheWay);
        spawn_local(async move {
            let done = match join3(load(part), bring_later_words(), bring_later_style()).await {
                (true, true, true) => Loading::Done,
                _ => Loading::Failed(meeting.why_missing().await),
            };
            loading.try_set(done);
        });
    };
    begin();
    dynamic(move || match loading.get() {
        Loading::OnTheWay => Some(on_the_way(part, desk)),
        // What is loaded is made at once.
        Loading::Done => untrack(|| make(part, meeting, desk)),
        // Trying again does not help where the server does not have it any more.
        Loading::Failed(why @ Word::PartReplaced) => {
            Some(missing(why, Word::PartReload, move || meeting.reload()))
        }
        Loading::Failed(why) => Some(missing(why, Word::PartAgain, begin)),
    })
}

/// What stands in the place of a part until it is there. The chat has its field from the start.
fn on_the_way(part: Part, desk: Desk) -> Piece {
    match part {
        Part::Chat => draft_field(desk),
        _ => icon(Glyph::Busy),
    }
}

/// In place of a part that is not there: why, and what helps.
fn missing(why: Word, help: Word, act: impl Fn() + 'static) -> Piece {
    view! {
        <div class="part-failed" role="alert">
            <p>{t(why)}</p>
            <button class="button" type="button" on:click=press(act)>
                {t(help)}
            </button>
        </div>
    }
    .piece()
}

/// Loads the file that a part is in.
async fn load(part: Part) -> bool {
    let loaded = match part {
        Part::Bars(_) => load_bars().await,
        Part::Quality(_) => load_figures().await,
        Part::Record | Part::Elapsed | Part::Kept => load_recorder().await,
        _ => load_parts().await,
    };
    loaded.is_ok()
}

fn make(part: Part, meeting: Meeting, desk: Desk) -> Option<Piece> {
    let made = match part {
        Part::Bars(person) => make_bars(meeting, desk, person).now_or_never(),
        Part::Quality(who) => make_figures(meeting, who).now_or_never(),
        Part::Record | Part::Elapsed | Part::Kept => {
            make_recorder(part, meeting, desk).now_or_never()
        }
        _ => make_part(part, meeting, desk).now_or_never(),
    };
    made?.ok().flatten()
}

/// Beside what measures, which every call needs after a while.
#[wasm_split(settled, fallible, preload(load_bars))]
fn make_bars(
    meeting: Meeting,
    desk: Desk,
    person: Option<Person>,
) -> Result<Option<Piece>, SplitLoaderError> {
    Ok(Some(bars_button(meeting, desk, person)))
}

#[wasm_split(figures, fallible, preload(load_figures))]
fn make_figures(
    meeting: Meeting,
    who: Option<ParticipantId>,
) -> Result<Option<Piece>, SplitLoaderError> {
    Ok(Some(quality(meeting, who)))
}

#[wasm_split(parts, fallible, preload(load_parts))]
fn make_part(part: Part, meeting: Meeting, desk: Desk) -> Result<Option<Piece>, SplitLoaderError> {
    Ok(Some(match part {
        Part::Allow => allow(meeting),
        Part::Ask(question) => ask(meeting, question),
        Part::Chat => drawer(desk, chat(meeting, desk)),
        Part::Alone => alone(meeting),
        Part::Invite => invite_people(meeting),
        Part::Keys => keys_help(meeting),
        Part::Kit => kit(meeting),
        Part::Menu => menu(meeting, desk),
        Part::Reactions => reaction_picker(meeting),
        Part::Floating => floating_reactions(meeting),
        Part::People => drawer(desk, people(meeting, desk)),
        Part::Settings => settings(meeting),
        Part::Sharing => sharing_line(meeting),
        _ => return Ok(None),
    }))
}

#[wasm_split(recorder, fallible, preload(load_recorder))]
fn make_recorder(
    part: Part,
    meeting: Meeting,
    desk: Desk,
) -> Result<Option<Piece>, SplitLoaderError> {
    Ok(match part {
        Part::Record => Some(record(meeting, desk)),
        Part::Elapsed => Some(elapsed(meeting)),
        Part::Kept => Some(keeping(meeting)),
        _ => None,
    })
}
