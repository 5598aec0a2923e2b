//! The tables of texts. The server has those of all languages, and a request is answered in the one that it
//! brought along as a context. The browser has the one that came with the page, and those that were chosen
//! since.

#[cfg(not(target_arch = "wasm32"))]
mod tables {
    use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

    use js_sys::Array;
    use leptos::prelude::use_context;
    use serde::Deserialize;

    use crate::words::{Chosen, Language};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Text {
        Plain(String),
        Plural(BTreeMap<String, String>),
    }

    static TABLES: LazyLock<[Vec<Text>; Language::ALL.len()]> = LazyLock::new(|| {
        [
            include_str!(concat!(env!("OUT_DIR"), "/words-en.json")),
            include_str!(concat!(env!("OUT_DIR"), "/words-de.json")),
            include_str!(concat!(env!("OUT_DIR"), "/words-fr.json")),
            include_str!(concat!(env!("OUT_DIR"), "/words-es.json")),
            include_str!(concat!(env!("OUT_DIR"), "/words-ar.json")),
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

    pub fn adopt(_: Language, _: Array) -> bool {
        false
    }

    pub fn switch_to(_: Language) -> bool {
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
    use std::{borrow::Cow, cell::Cell};

    use js_sys::{Array, Intl::PluralRules, Object, Reflect};
    use wasm_bindgen::JsValue;

    use crate::words::Language;

    /// Texts for as long as the page is there: one table a language at most.
    struct Table {
        language: Language,
        plain: Vec<&'static str>,
        /// All of them, as they came.
        texts: Array,
    }

    thread_local! {
        static TABLES: Cell<[Option<&'static Table>; Language::ALL.len()]> = const { Cell::new([None; Language::ALL.len()]) };
        static IN_USE: Cell<Option<&'static Table>> = const { Cell::new(None) };
        static CHOSEN: Cell<bool> = const { Cell::new(false) };
    }

    pub fn in_use() -> Language {
        IN_USE.get().map(|table| table.language).unwrap_or_default()
    }

    pub fn chosen() -> Option<Language> {
        CHOSEN.get().then(in_use)
    }

    pub fn note_choice() {
        CHOSEN.set(true);
    }

    pub fn plain(place: usize) -> &'static str {
        let table = IN_USE.get();
        let text = table.and_then(|table| table.plain.get(place));
        text.copied().unwrap_or_default()
    }

    pub fn plural(place: usize, number: usize) -> Cow<'static, str> {
        let form = IN_USE.get().and_then(|table| {
            let locales = Array::of1(&table.language.code().into());
            let rules = PluralRules::new(&locales, &Object::new());
            let forms = table.texts.get(u32::try_from(place).ok()?);
            let category = rules.select(number as f64);
            let form = |category: &JsValue| Reflect::get(&forms, category).ok()?.as_string();
            form(&category).or_else(|| form(&"other".into()))
        });
        form.unwrap_or_default().into()
    }

    pub fn adopt(language: Language, texts: Array) -> bool {
        let plain = texts
            .iter()
            .map(|text| &*text.as_string().unwrap_or_default().leak())
            .collect();
        let table: &'static Table = Box::leak(Box::new(Table {
            language,
            plain,
            texts,
        }));
        let mut tables = TABLES.get();
        if let Some(place) = tables.get_mut(language as usize) {
            *place = Some(table);
        }
        TABLES.set(tables);
        IN_USE.set(Some(table));
        true
    }

    pub fn switch_to(language: Language) -> bool {
        let table = TABLES.get().get(language as usize).copied().flatten();
        if table.is_some() {
            IN_USE.set(table);
        }
        table.is_some()
    }
}

pub use tables::*;
