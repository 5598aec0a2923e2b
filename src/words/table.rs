//! The tables of texts. The server has those of all languages, and a request is answered in the one that it
//! brought along as a context. The browser has the one that came with the page, and those that came since: of
//! parts that are loaded later, and of languages that were chosen.

#[cfg(not(target_arch = "wasm32"))]
mod tables {
    use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

    use js_sys::Array;
    use leptos::prelude::use_context;
    use serde::Deserialize;

    use crate::words::{Chosen, File, Language};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Text {
        Plain(String),
        Plural(BTreeMap<String, String>),
    }

    static TABLES: LazyLock<[Vec<Text>; Language::ALL.len()]> = LazyLock::new(|| {
        [
            include_str!(concat!(env!("OUT_DIR"), "/texts-en.json")),
            include_str!(concat!(env!("OUT_DIR"), "/texts-de.json")),
            include_str!(concat!(env!("OUT_DIR"), "/texts-fr.json")),
            include_str!(concat!(env!("OUT_DIR"), "/texts-es.json")),
            include_str!(concat!(env!("OUT_DIR"), "/texts-ar.json")),
        ]
        // What is wrong with a text has failed the build.
        .map(|table| serde_json::from_str(table).unwrap_or_default())
    });

    pub fn in_use() -> Language {
        use_context().unwrap_or_default()
    }

    pub fn chosen() -> Option<Language> {
        use_context().map(|Chosen(language)| language)
    }

    pub fn note_choice() {}

    pub fn plain(place: usize) -> &'static str {
        match text(in_use(), place) {
            Some(Text::Plain(text)) => text,
            _ => "",
        }
    }

    pub fn plural(place: usize, number: usize) -> Cow<'static, str> {
        let language = in_use();
        let form = match text(language, place) {
            Some(Text::Plural(forms)) => forms.get(category(language, number)),
            _ => None,
        };
        form.map_or_else(Cow::default, |form| Cow::Borrowed(form.as_str()))
    }

    pub fn adopt(_: Language, _: File, _: Array) {}

    pub fn switch_to(_: Language) {}

    pub fn has(_: Language, _: File) -> bool {
        false
    }

    fn text(language: Language, place: usize) -> Option<&'static Text> {
        TABLES.get(language as usize)?.get(place)
    }

    /// The category of a number (Unicode CLDR, "Language Plural Rules"); a browser knows by itself.
    pub fn category(language: Language, number: usize) -> &'static str {
        let rest = number % 100;
        match language {
            Language::Arabic => match number {
                0 => "zero",
                1 => "one",
                2 => "two",
                _ if (3..=10).contains(&rest) => "few",
                _ if rest >= 11 => "many",
                _ => "other",
            },
            Language::French if number == 0 => "one",
            _ if number == 1 => "one",
            _ => "other",
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod tables {
    use std::{
        borrow::Cow,
        cell::{Cell, OnceCell},
    };

    use js_sys::{Array, Intl::PluralRules, Object, Reflect};
    use wasm_bindgen::JsValue;

    use crate::words::{File, Language, names::COUNTS};

    /// The texts of a file, for as long as the page is there.
    struct Texts {
        plain: Vec<&'static str>,
        /// All of them, as they came.
        all: Array,
    }

    /// Those of a language that have come so far.
    type Table = [OnceCell<Texts>; 2];

    thread_local! {
        static TABLES: [Table; Language::ALL.len()] = const { [const { [OnceCell::new(), OnceCell::new()] }; Language::ALL.len()] };
        static IN_USE: Cell<Language> = const { Cell::new(Language::English) };
        static CHOSEN: Cell<bool> = const { Cell::new(false) };
    }

    pub fn in_use() -> Language {
        IN_USE.get()
    }

    pub fn chosen() -> Option<Language> {
        CHOSEN.get().then(in_use)
    }

    pub fn note_choice() {
        CHOSEN.set(true);
    }

    pub fn plain(place: usize) -> &'static str {
        let text = find(place, |texts, place| texts.plain.get(place).copied());
        text.unwrap_or_default()
    }

    pub fn plural(place: usize, number: usize) -> Cow<'static, str> {
        let form = find(place, |texts, place| {
            let locales = Array::of1(&in_use().code().into());
            let rules = PluralRules::new(&locales, &Object::new());
            let forms = texts.all.get(u32::try_from(place).ok()?);
            let category = rules.select(number as f64);
            let form = |category: &JsValue| Reflect::get(&forms, category).ok()?.as_string();
            form(&category).or_else(|| form(&"other".into()))
        });
        form.unwrap_or_default().into()
    }

    pub fn adopt(language: Language, file: File, all: Array) {
        let plain = all
            .iter()
            .map(|text| &*text.as_string().unwrap_or_default().leak())
            .collect();
        with(language, file, |texts| {
            drop(texts.set(Texts { plain, all }))
        });
    }

    pub fn switch_to(language: Language) {
        IN_USE.set(language);
    }

    pub fn has(language: Language, file: File) -> bool {
        with(language, file, |texts| texts.get().is_some()).unwrap_or(false)
    }

    fn with<T>(
        language: Language,
        file: File,
        action: impl FnOnce(&OnceCell<Texts>) -> T,
    ) -> Option<T> {
        TABLES.with(|tables| Some(action(tables.get(language as usize)?.get(file as usize)?)))
    }

    /// What is at a place of all files, by the place in its own.
    fn find<T>(place: usize, read: impl FnOnce(&Texts, usize) -> Option<T>) -> Option<T> {
        let [room, ..] = COUNTS;
        let (file, place) = match place.checked_sub(room) {
            Some(place) => (File::Later, place),
            None => (File::Room, place),
        };
        with(in_use(), file, |texts| read(texts.get()?, place)).flatten()
    }
}

pub use tables::*;
