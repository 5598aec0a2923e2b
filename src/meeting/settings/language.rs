//! Which language the page speaks, and how its words come to the browser.

use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Response;

use crate::{
    meeting::handle::Meeting,
    platform::{
        promise,
        storage::{self, Key},
    },
    words::{self, File, Language, Word, t},
};

/// Brings the words of the language that the address asks for, else of the one that was chosen before, else of
/// the one that the server has rendered the page in. Returns whether there are any.
pub async fn load_texts() -> bool {
    if let Some(language) = requested().or_else(remembered)
        && load_and_switch(language).await
    {
        words::note_choice();
        return true;
    }
    load_and_switch(rendered().unwrap_or_default()).await
}

impl Meeting {
    /// Speaks another language, from now on and the next time too.
    pub fn choose_language(&self, language: Language) {
        let meeting = *self;
        spawn_local(async move {
            if load_and_switch(language).await {
                words::note_choice();
                storage::write(Key::Language, language.code());
            } else {
                meeting.announce_text(t(Word::LanguageFailed).to_owned());
            }
            meeting.language.try_set(words::in_use());
        });
    }
}

/// Brings the words of the parts that are loaded later; `false` if they can't be had.
pub async fn load_later_texts() -> bool {
    load(words::in_use(), File::Later).await
}

/// Has the page speak a language; `false` if its words can't be had, as many as are in use.
async fn load_and_switch(language: Language) -> bool {
    let later = words::has(words::in_use(), File::Later);
    let brought = load(language, File::Room).await && (!later || load(language, File::Later).await);
    if brought {
        words::switch_to(language);
        set_attribute("lang", language.code());
        set_attribute("dir", language.direction().as_str());
    }
    brought
}

/// Fetches the texts of a file, unless they are there.
async fn load(language: Language, file: File) -> bool {
    if words::has(language, file) {
        return true;
    }
    match fetch(language, file).await {
        Some(texts) => words::adopt(language, file, texts),
        None => false,
    }
}

/// A query in the address is for once: links that are sent on are without.
fn requested() -> Option<Language> {
    let window = web_sys::window()?;
    let location = window.location();
    let language = Language::of_query(&location.search().ok()?)?;
    storage::write(Key::Language, language.code());
    if let (Ok(history), Ok(path)) = (window.history(), location.pathname()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    Some(language)
}

fn remembered() -> Option<Language> {
    Language::of_tag(&storage::read(Key::Language)?)
}

fn rendered() -> Option<Language> {
    Language::of_tag(&attribute("lang")?)
}

/// Fetches texts from where the page says, which has loaded its own ahead.
async fn fetch(language: Language, file: File) -> Option<Array> {
    let window = web_sys::window()?;
    let addresses = attribute("data-words")?;
    let name = ["/", file.as_str(), "-", language.code(), "-"].concat();
    let address = addresses
        .split(' ')
        .find(|address| address.contains(&name))?;
    let response = promise::wait(window.fetch_with_str(address)).await.ok()?;
    let response: Response = response.unchecked_into();
    let texts = promise::wait(response.json().ok()?).await.ok()?;
    texts.dyn_into().ok()
}

fn attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

fn set_attribute(name: &str, value: &str) {
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute(name, value);
    }
}
