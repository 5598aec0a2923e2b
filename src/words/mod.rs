//! The texts that people see and hear, in all languages.
//!
//! They are written in `locales/`, a folder for each language with a file for each feature. `locales/bundles.txt` names those
//! that come with the page of a room and those of pages that need no program; all others come with what is loaded on demand
//! (by way of files named `lazy.rs`). The build script checks that all are complete and makes an enum of their names. None of
//! them is in the program that a browser loads: that has the names only, as places in a table, and the table of one language
//! comes with the page. What is read here is not followed by signals: who changes the language renders the page anew.

#[cfg(test)]
#[path = "../../build/catalogue.rs"]
mod catalogue;
mod file;
mod fill;
mod language;
mod names;
mod table;
#[cfg(test)]
mod tests;

pub use file::File;
use fill::fill;
pub use language::{Chosen, Direction, Language};
use names::COUNTS;
pub use names::{Phrase, Plural, Word};

/// The language of the page.
pub fn in_use() -> Language {
    table::in_use()
}

/// The language of the page if someone has asked for it, rather than a browser for its user: links from page to
/// page take it along.
pub fn chosen() -> Option<Language> {
    table::chosen()
}

/// From now on, the language of the page is one that someone has asked for. For the browser: the server is told
/// by each request.
pub fn note_choice() {
    table::note_choice();
}

/// The texts of a file, in the order of their names. They stay the browser's strings.
pub type Texts = js_sys::Array;

/// Takes the texts of a file; `false` if they are those of another build. For the browser: the server has them all.
pub fn adopt(language: Language, file: File, texts: Texts) -> bool {
    let fits = COUNTS.get(file as usize) == Some(&(texts.length() as usize));
    if fits {
        table::adopt(language, file, texts);
    }
    fits
}

/// Whether the texts of a file are there. For the browser, too.
pub fn has(language: Language, file: File) -> bool {
    table::has(language, file)
}

/// Speaks a language from now on, whose texts are there. For the browser: the server is told by each request.
pub fn switch_to(language: Language) {
    table::switch_to(language);
}

/// A text in the language of the page.
pub fn t(word: Word) -> &'static str {
    table::plain(word as usize)
}

/// A text with its placeholders filled.
pub fn say(phrase: Phrase) -> String {
    let (place, values) = phrase.parts();
    fill(table::plain(place), &values)
}

/// The text for a number, which stands for `{count}`.
pub fn count(plural: Plural, number: usize) -> String {
    fill(
        &table::plural(plural as usize, number),
        &[("count", &number.to_string())],
    )
}
