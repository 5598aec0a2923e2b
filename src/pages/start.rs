//! How the program of a page is started, and what the page says while it is not there. Nothing of this can be left to the
//! program itself.

use leptos::{nonce::use_nonce, prelude::*};

use crate::{
    ui::view::{ErasedView, IntoErasedView},
    words::{Word, t},
};

/// Plain script for browsers of any age, since it is theirs to say that they are too old. It shows [`start_trouble`] when the
/// program is not there after a while, and gives the page `startFailed(error)`, by which it is told that there will be
/// none; without an error, something of the program could not be had.
const WATCH: &str = include_str!("start.js");

/// Has the browser load the program and run it: `stem` names its script and, with `_bg.wasm` behind it, what is to be compiled.
pub fn program(stem: &str, folder: &str) -> impl IntoView + use<> {
    let script = format!("/{folder}/{stem}.js");
    let wasm = format!("/{folder}/{stem}_bg.wasm");
    let start = format!(
        "import({script:?}).then((program) => program.default({{ module_or_path: {wasm:?} }}).then(() => program.hydrate()))\
         .catch((error) => window.startFailed(error));"
    );
    let nonce = use_nonce();
    view! {
        <script nonce=nonce.clone()>{WATCH}</script>
        <link rel="modulepreload" href=script crossorigin="" />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}

/// What is the matter when the program does not come; hidden until then. The program renders the page without it.
pub fn start_trouble() -> ErasedView {
    view! {
        <noscript>
            <p class="start">{t(Word::StartNoScript)}</p>
        </noscript>
        <div id="start" class="start" role="alert" hidden>
            <p id="start-slow">{t(Word::StartSlow)}</p>
            <p id="start-missing">{t(Word::StartMissing)}</p>
            <p id="start-old">{t(Word::StartOld)}</p>
            <p id="start-broken">{t(Word::StartBroken)}</p>
            <button class="button" type="button">
                {t(Word::StartAgain)}
            </button>
        </div>
    }
    .erase()
}
