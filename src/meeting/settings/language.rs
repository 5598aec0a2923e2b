//! Which language the page speaks, and how its words come to the browser.

use leptos::prelude::*;

use crate::{
    meeting::announcer::Announcer,
    platform::{
        page,
        storage::{self, Key},
        task::spawn_local,
    },
    words::{self, File, Language, Texts, Word, t},
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

/// Has the page speak another language, from now on and the next time too; `shown` is the one that it speaks.
pub fn choose_language(language: Language, shown: RwSignal<Language>, announcer: Announcer) {
    spawn_local(async move {
        if load_and_switch(language).await {
            words::note_choice();
            storage::write(Key::Language, language.code());
        } else {
            announcer.announce(t(Word::LanguageFailed));
        }
        shown.try_set(words::in_use());
    });
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
        page::set_attribute("lang", language.code());
        page::set_attribute("dir", language.direction().as_str());
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

/// A query that asks for a language is for once: links that are sent on are without. Another one is left alone.
fn requested() -> Option<Language> {
    let language = Language::of_query(&page::query())?;
    storage::write(Key::Language, language.code());
    page::drop_query();
    Some(language)
}

fn remembered() -> Option<Language> {
    Language::of_tag(&storage::read(Key::Language)?)
}

fn rendered() -> Option<Language> {
    Language::of_tag(&page::attribute("lang")?)
}

/// Fetches texts from where the page says, which has loaded its own ahead.
async fn fetch(language: Language, file: File) -> Option<Texts> {
    let addresses = page::attribute("data-words")?;
    let name = ["/", file.as_str(), "-", language.code(), "-"].concat();
    let address = addresses
        .split(' ')
        .find(|address| address.contains(&name))?;
    page::fetch_array(address).await
}
