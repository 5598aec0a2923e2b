//! How a component that is loaded on demand is shown: a mark that it is on its way, then the component, or why it can't
//! be had.
//!
//! What a feature loads on demand is named in its own `lazy.rs`. The build splits off the program what only functions
//! under `wasm_split` reach (`build/bindgen`), so nothing else of the first load may name such a component.
//! Functions that give `wasm_split` the same name have one file, and what several files share is in another one for each
//! set of them. So there are two names, and what is loaded comes as two files at most: `settled`, which every call loads when
//! everybody is seen, and `parts`, which is loaded when somebody first opens any of it.

use futures::future::{LocalBoxFuture, join3};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::SplitLoaderError;

use crate::{
    meeting::{Meeting, load_failure_reason, load_later_texts},
    platform::stylesheet::load_later_style,
    ui::{
        components::{Glyph, icon},
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, dynamic, effect, press},
    },
    words::{Word, t},
};

/// A component that is loaded on demand.
pub struct Chunk {
    load: Load,
    make: Box<dyn Fn(Meeting, UiState) -> Option<ErasedView> + Send>,
    placeholder: fn(UiState) -> ErasedView,
}

/// Loads the file that a component is in.
type Load = fn() -> LocalBoxFuture<'static, Result<(), SplitLoaderError>>;

impl Chunk {
    /// The component that is made once its file is loaded.
    pub fn new(
        load: Load,
        make: impl Fn(Meeting, UiState) -> Option<ErasedView> + Send + 'static,
    ) -> Self {
        Self {
            load,
            make: Box::new(make),
            placeholder: |_| icon(Glyph::Busy),
        }
    }

    /// The same with something else in its place until it is there.
    pub fn with_placeholder(self, placeholder: fn(UiState) -> ErasedView) -> Self {
        Self {
            placeholder,
            ..self
        }
    }
}

/// How far the loading has come.
#[derive(Clone, Copy, PartialEq)]
enum Loading {
    OnTheWay,
    Done,
    /// And why.
    Failed(Word),
}

/// Shows a component as soon as it is there.
pub fn lazy(chunk: Chunk, meeting: Meeting, ui_state: UiState) -> ErasedView {
    show(chunk, meeting, ui_state, RwSignal::new(Loading::OnTheWay))
}

/// The same for a component that the person has opened: what is typed meanwhile is meant for it, see
/// `Focus::Awaited` of the [`controls`](crate::ui::controls).
pub fn lazy_awaited(chunk: Chunk, meeting: Meeting, ui_state: UiState) -> ErasedView {
    let loading = RwSignal::new(Loading::OnTheWay);
    let waits = StoredValue::new(false);
    let wait = move |now: bool| {
        let before = waits.try_update_value(|waits| std::mem::replace(waits, now));
        match (before, now) {
            (Some(false), true) => ui_state.awaited.update(|awaited| *awaited += 1),
            (Some(true), false) => ui_state
                .awaited
                .update(|awaited| *awaited = awaited.saturating_sub(1)),
            _ => {}
        }
    };
    // At once, for the next key may follow before any effect runs.
    wait(true);
    effect(move || wait(loading.get() == Loading::OnTheWay));
    on_cleanup(move || wait(false));
    show(chunk, meeting, ui_state, loading)
}

fn show(
    chunk: Chunk,
    meeting: Meeting,
    ui_state: UiState,
    loading: RwSignal<Loading>,
) -> ErasedView {
    let Chunk {
        load,
        make,
        placeholder,
    } = chunk;
    let begin = move || {
        loading.set(Loading::OnTheWay);
        spawn_local(async move {
            let done = match join3(load(), load_later_texts(), load_later_style()).await {
                (Ok(()), true, true) => Loading::Done,
                _ => Loading::Failed(load_failure_reason().await),
            };
            loading.try_set(done);
        });
    };
    begin();
    dynamic(move || match loading.get() {
        Loading::OnTheWay => Some(placeholder(ui_state)),
        // What is loaded is made at once.
        Loading::Done => untrack(|| make(meeting, ui_state)),
        // Trying again does not help where the server does not have it any more.
        Loading::Failed(why @ Word::ChunkReplaced) => {
            Some(load_failure(why, Word::ChunkReload, move || {
                meeting.handover.reload()
            }))
        }
        Loading::Failed(why) => Some(load_failure(why, Word::ChunkRetry, begin)),
    })
}

/// In place of a component that is not there: why, and what helps.
fn load_failure(why: Word, help: Word, act: impl Fn() + 'static) -> ErasedView {
    view! {
        <div class="load-failed" role="alert">
            <p>{t(why)}</p>
            <button class="button" type="button" on:click=press(act)>
                {t(help)}
            </button>
        </div>
    }
    .erase()
}
