//! What can be checked, the button that begins, and what came of each step.

use leptos::prelude::*;

use super::result_text::{describe, description, fact, remedy, title};
use crate::{
    call::diagnostics::{CheckStep, Checked, Finding, report},
    meeting::diagnostics::Checkup,
    platform::save_file::save_text,
    ui::{
        components::{Glyph, icon, site_header, skip_link},
        tile::video,
        view::{ErasedView, IntoErasedView, dynamic, effect, flag, press, text, when},
    },
    words::{Phrase, Word, in_use, say, t},
};

/// The whole page.
pub fn check_page() -> ErasedView {
    let checkup = Checkup::new();
    let ready = RwSignal::new(false);
    effect(move || ready.set(true));
    on_cleanup(move || checkup.release_devices());
    let steps: Vec<ErasedView> = CheckStep::ALL
        .into_iter()
        .map(|step| row(checkup, step))
        .collect();
    view! {
        {skip_link()}
        <div class="page">
            {site_header()}
            <main id="main" class="check">
                <h1>{t(Word::CheckHeading)}</h1>
                <p class="secondary-text">{t(Word::CheckText)}</p>
                {buttons(checkup, ready)}
                <noscript class="hint">{t(Word::CheckNeedsJavascript)}</noscript>
                <ol class="check-steps">{steps}</ol>
                {outcome(checkup)}
            </main>
        </div>
        <p class="visually-hidden" role="status" aria-live="polite">{text(move || checkup.announcer.text.get())}</p>
    }
    .erase()
}

fn buttons(checkup: Checkup, ready: RwSignal<bool>) -> ErasedView {
    let waits = move || !ready.get() || checkup.at.get().is_some();
    let begin = move |devices| move || checkup.begin(devices, announcement);
    let label = move || {
        t(match checkup.checked.read().is_empty() {
            true => Word::CheckStart,
            false => Word::CheckAgain,
        })
        .to_owned()
    };
    view! {
        <div class="actions">
            <button class="button primary" type="button" disabled=flag(waits) on:click=press(begin(true))>
                {text(label)}
            </button>
            <button class="button" type="button" disabled=flag(waits) on:click=press(begin(false))>
                {t(Word::CheckWithoutDevices)}
            </button>
        </div>
    }
    .erase()
}

/// One step: what it is for, then what came of it.
fn row(checkup: Checkup, step: CheckStep) -> ErasedView {
    let done = move || {
        let checked = checkup.checked.read();
        checked.iter().find(|checked| checked.step == step).cloned()
    };
    let state = move || match done() {
        Some(checked) => describe(checked.finding),
        None if checkup.at.get() == Some(step) => (Glyph::Busy, "busy", Word::CheckRunning),
        None => (Glyph::More, "waits", Word::CheckPending),
    };
    view! {
        <li class="check-step">
            <span class=text(move || ["check-mark check-", state().1].concat())>
                {dynamic(move || Some(icon(state().0)))}
            </span>
            <h2>{t(title(step))}</h2>
            <span class="check-state">{text(move || t(state().2).to_owned())}</span>
            <div class="check-result">
                {dynamic(move || Some(match done() {
                    Some(checked) => seen(&checked),
                    None => view! { <p class="secondary-text">{t(description(step))}</p> }.erase(),
                }))}
                {(step == CheckStep::Devices).then(|| own(checkup))}
            </div>
        </li>
    }
    .erase()
}

fn seen(checked: &Checked) -> ErasedView {
    let facts: Vec<ErasedView> = checked.facts.iter().map(fact).collect();
    let remedy = remedy(checked.step, checked.finding).map(|word| view! { <p>{t(word)}</p> });
    view! {
        {remedy}
        <dl class="check-facts">{facts}</dl>
    }
    .erase()
}

/// The person's own picture and voice, for as long as they are on.
fn own(checkup: Checkup) -> ErasedView {
    let arrived = RwSignal::new(false);
    let shown = move || {
        view! {
            <div class="check-preview">
                {video(checkup.own, || true, arrived, None, || true, |_| true)}
            </div>
        }
        .erase()
    };
    let meter = move || {
        view! {
            <label class="check-meter">
                {t(Word::CheckMicrophoneLevel)}
                <meter min="0" max="0.3" prop:value=text(move || checkup.level.get().to_string())></meter>
            </label>
            <button class="button button-small" type="button" on:click=press(move || checkup.release_devices())>
                {t(Word::CheckReleaseDevices)}
            </button>
        }
        .erase()
    };
    view! {
        {when(move || checkup.own.read().is_some(), shown)}
        {when(move || checkup.on.get(), meter)}
    }
    .erase()
}

/// The way to hand on what came of it all.
fn outcome(checkup: Checkup) -> ErasedView {
    let save = move || {
        let checked = checkup.checked.get_untracked();
        let language = in_use().code();
        save_text("roundtable-check", |at| {
            report(env!("CARGO_PKG_VERSION"), at, language, &checked)
        });
    };
    let shown = move || {
        let checked = checkup.checked.read_untracked();
        let failed = checked
            .iter()
            .any(|one| matches!(one.finding, Finding::Failed(_)));
        let word = match failed {
            true => Word::CheckSomeFailed,
            false => Word::CheckAllPassed,
        };
        view! {
            <div class="check-outcome">
                <p>{t(word)}</p>
                <button class="button" type="button" on:click=press(save)>
                    {t(Word::CheckSave)}
                </button>
                <p class="hint">{t(Word::CheckSaveHint)}</p>
            </div>
        }
        .erase()
    };
    when(
        move || checkup.at.get().is_none() && !checkup.checked.read().is_empty(),
        shown,
    )
}

fn announcement(step: CheckStep, finding: Finding) -> String {
    say(Phrase::CheckSpoken {
        step: t(title(step)),
        result: t(describe(finding).2),
    })
}
