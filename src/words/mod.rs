//! The texts that people see and hear, in all languages.
//!
//! They are written in `locales/`, a file for each language; the build script checks that all are complete and
//! makes an enum of their names. None of them is in the program that a browser loads: that has the names only,
//! as places in a table, and the table of one language comes with the page. What is read here is not followed
//! by signals: who changes the language renders the page anew.

#[cfg(test)]
#[path = "../../build/catalogue.rs"]
mod catalogue;
mod fill;
mod language;
mod table;
#[cfg(test)]
mod tests;

use fill::fill;
use js_sys::Array;
pub use language::{Chosen, Direction, Language};

include!(concat!(env!("OUT_DIR"), "/words.rs"));

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

/// Takes the texts of a language and speaks it from now on; `false` if they are those of another build. For the
/// browser: the server is told the language by each request.
pub fn adopt(language: Language, texts: Array) -> bool {
    texts.length() as usize == COUNT && table::adopt(language, texts)
}

/// Speaks a language whose texts are there already; `false` if they are not. For the browser, too.
pub fn switch_to(language: Language) -> bool {
    table::switch_to(language)
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
