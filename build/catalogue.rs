//! The texts as `locales/` has them, and whether a language has all of them. What is wrong is a sentence that
//! names file and key. A module of the build script, and of the library's tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    marker::PhantomData,
};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// The languages, the first of which has the keys that all must have: the code of ISO 639-1, and the
/// categories that numbers fall into (Unicode CLDR, "Language Plural Rules"). The category of millions in
/// French and Spanish is left out: nothing here counts that far.
pub const LANGUAGES: [(&str, &[&str]); 5] = [
    ("en", &["one", "other"]),
    ("de", &["one", "other"]),
    ("fr", &["one", "other"]),
    ("es", &["one", "other"]),
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
];

/// The bundles in which texts are loaded: with the page of a room, with parts of it that are opened on demand, and with pages
/// that need no program.
pub const BUNDLES: [&str; 3] = ["room", "later", "pages"];
/// The bundle of texts that `locales/bundles.txt` does not name.
const ON_DEMAND: usize = 1;

/// The placeholder of a number.
const COUNT: &str = "count";

/// Which bundle a text is in, as `locales/bundles.txt` has it.
#[derive(Debug, Default)]
pub struct Bundles {
    /// A key, or what keys begin with and a `*`; and the place in [`BUNDLES`].
    names: BTreeMap<String, usize>,
}

/// The texts of a file by their keys.
#[derive(Debug, Clone)]
pub struct Catalogue {
    file: String,
    /// In the order of the keys, which is the same in all languages.
    pub texts: BTreeMap<String, Text>,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// The same whatever the number.
    Plain(String),
    /// By the category of a number.
    Plural(BTreeMap<String, String>),
}

impl Bundles {
    /// Reads the list: lines of a bundle's name, a colon, and keys.
    ///
    /// # Errors
    /// A line has no bundle, or a key is there twice.
    pub fn read(list: &str) -> Result<Self, String> {
        let mut bundles = Self::default();
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let (bundle, keys) = line.split_once(": ").unwrap_or_default();
            let bundle = BUNDLES.iter().position(|name| *name == bundle);
            let bundle = bundle.ok_or_else(|| format!("bundles.txt: no bundle in {line:?}"))?;
            for key in keys.split(' ') {
                if bundles.names.insert(key.to_owned(), bundle).is_some() {
                    return Err(format!("bundles.txt: {key:?} is there twice"));
                }
            }
        }
        Ok(bundles)
    }

    /// The place of a text's bundle in [`BUNDLES`].
    pub fn of(&self, key: &str) -> usize {
        let starts = key.match_indices('-').map(|(at, _)| &key[..=at]);
        let named = starts
            .rev()
            .find_map(|start| self.names.get(&format!("{start}*")));
        *self.names.get(key).or(named).unwrap_or(&ON_DEMAND)
    }

    /// Holds the list against all keys that there are.
    ///
    /// # Errors
    /// It names one that there is not.
    pub fn check<'a>(&self, keys: impl Iterator<Item = &'a String> + Clone) -> Result<(), String> {
        let names_one = |name: &str| match name.strip_suffix('*') {
            Some(start) => keys.clone().any(|key| key.starts_with(start)),
            None => keys.clone().any(|key| key == name),
        };
        match self.names.keys().find(|name| !names_one(name)) {
            Some(name) => Err(format!("bundles.txt: there is no text {name:?}")),
            None => Ok(()),
        }
    }
}

impl Catalogue {
    /// Reads a file.
    ///
    /// # Errors
    /// It is no JSON object of texts, a key is there twice or has another form, or a text is empty.
    pub fn read(file: &str, json: &str) -> Result<Self, String> {
        let Members(members) = serde_json::from_str::<Members<Text>>(json)
            .map_err(|error| format!("{file}: {error}"))?;
        let mut texts = BTreeMap::new();
        for (key, text) in members {
            let at = format!("{file}: {key:?}");
            if !is_key(&key) {
                return Err(format!(
                    "{at} is no key of small letters, digits and single -"
                ));
            }
            for form in text.forms() {
                placeholders(form).map_err(|reason| format!("{at} {reason}"))?;
            }
            if texts.insert(key, text).is_some() {
                return Err(format!("{at} is there twice"));
            }
        }
        let file = file.to_owned();
        Ok(Self { file, texts })
    }

    /// Holds this file, in a language with these categories of numbers, against the one that all follow.
    ///
    /// # Errors
    /// A key is missing or too much, or a text has other placeholders or categories than it has to have.
    pub fn check(&self, categories: &[&str], original: &Self) -> Result<(), String> {
        let file = &self.file;
        for key in original.texts.keys() {
            if !self.texts.contains_key(key) {
                return Err(format!(
                    "{file}: {key:?} is missing, which {} has",
                    original.file
                ));
            }
        }
        for (key, text) in &self.texts {
            let Some(expected) = original.texts.get(key) else {
                return Err(format!("{file}: {key:?} is not in {}", original.file));
            };
            text.check(categories, expected)
                .map_err(|reason| format!("{file}: {key:?} {reason}"))?;
        }
        Ok(())
    }
}

impl Text {
    fn forms(&self) -> Vec<&String> {
        match self {
            Self::Plain(text) => vec![text],
            Self::Plural(forms) => forms.values().collect(),
        }
    }

    fn check(&self, categories: &[&str], expected: &Self) -> Result<(), String> {
        match (self, expected) {
            (Self::Plain(text), Self::Plain(expected)) => {
                let (has, wants) = (placeholders(text)?, placeholders(expected)?);
                if has == wants {
                    return Ok(());
                }
                Err(format!("has the placeholders {has:?} instead of {wants:?}"))
            }
            (Self::Plural(forms), Self::Plural(_)) => check_plural(forms, categories),
            (Self::Plain(_), Self::Plural(_)) => {
                Err("needs a text for each category of numbers".to_owned())
            }
            (Self::Plural(_), Self::Plain(_)) => {
                Err("has no number to choose a text by".to_owned())
            }
        }
    }
}

fn check_plural(forms: &BTreeMap<String, String>, categories: &[&str]) -> Result<(), String> {
    let has: BTreeSet<&str> = forms.keys().map(String::as_str).collect();
    let wants: BTreeSet<&str> = categories.iter().copied().collect();
    if has != wants {
        return Err(format!("has the categories {has:?} instead of {wants:?}"));
    }
    for (category, form) in forms {
        let found = placeholders(form)?;
        let strange = found.iter().find(|name| **name != COUNT);
        if let Some(strange) = strange {
            return Err(format!(
                "has {{{strange}}} in {category:?}, where only {{{COUNT}}} can stand"
            ));
        }
        if category == "other" && found.is_empty() {
            return Err(format!("lacks {{{COUNT}}} in {category:?}"));
        }
    }
    Ok(())
}

/// The names in braces.
///
/// # Errors
/// The text is empty, or a brace has no other, or no name of small letters.
pub fn placeholders(text: &str) -> Result<BTreeSet<&str>, String> {
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    let mut names = BTreeSet::new();
    let mut parts = text.split('{');
    let mut between = vec![parts.next().unwrap_or_default()];
    for part in parts {
        let (name, rest) = part.split_once('}').ok_or("has a { without }")?;
        if name.is_empty() || !name.bytes().all(|letter| letter.is_ascii_lowercase()) {
            return Err(format!(
                "has the placeholder {{{name}}}, which is no name of small letters"
            ));
        }
        names.insert(name);
        between.push(rest);
    }
    if between.iter().any(|plain| plain.contains('}')) {
        return Err("has a } without {".to_owned());
    }
    Ok(names)
}

fn is_key(key: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    key.starts_with(|first: char| first.is_ascii_lowercase()) && key.split('-').all(is_word)
}

/// The members of an object as they stand there, twice if one does.
struct Members<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for All<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<T>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(All(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or texts by category")
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text::Plain(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(Text::Plural)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str =
        r#"{"room-joined": "{name} joined", "room-full": {"one": "one", "other": "{count}"}}"#;

    /// What is said of a file that is to follow the English one.
    fn said_of(json: &str) -> String {
        let english = Catalogue::read("en.json", ENGLISH).unwrap();
        Catalogue::read("xx.json", json)
            .and_then(|catalogue| catalogue.check(&["one", "other"], &english))
            .err()
            .unwrap_or_default()
    }

    fn with(joined: &str, full: &str) -> String {
        format!(r#"{{"room-joined": {joined}, "room-full": {full}}}"#)
    }

    const JOINED: &str = r#""da ist {name}""#;
    const FULL: &str = r#"{"one": "eins", "other": "{count} sind es"}"#;

    #[test]
    fn a_text_is_in_the_bundle_that_the_list_names() {
        let list = "# A comment\nroom: room-* chat-field\npages: room-full-cause";
        let bundles = Bundles::read(list).unwrap();
        let of = |key| BUNDLES[bundles.of(key)];
        assert_eq!(of("room-joined"), "room");
        assert_eq!(of("room-full-text"), "room");
        assert_eq!(of("room-full-cause"), "pages");
        assert_eq!(of("chat-field"), "room");
        assert_eq!(of("chat-send"), "later");
        let keys = ["room-full-cause".to_owned(), "room-joined".to_owned()];
        assert_eq!(
            bundles.check(keys.iter()).unwrap_err(),
            r#"bundles.txt: there is no text "chat-field""#
        );
        for wrong in ["lobby: lobby-join", "room", "room: a-b\nlater: a-b"] {
            assert!(Bundles::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_complete_language_is_taken() {
        assert_eq!(said_of(&with(JOINED, FULL)), "");
    }

    #[test]
    fn what_is_amiss_is_said_with_file_and_key() {
        for (json, reason) in [
            (
                format!(r#"{{"room-full": {FULL}}}"#),
                r#"xx.json: "room-joined" is missing, which en.json has"#,
            ),
            (
                format!(r#"{{"room-joined": {JOINED}, "room-left": "x", "room-full": {FULL}}}"#),
                r#"xx.json: "room-left" is not in en.json"#,
            ),
            (
                format!(
                    r#"{{"room-joined": {JOINED}, "room-full": {FULL}, "room-joined": {JOINED}}}"#
                ),
                r#"xx.json: "room-joined" is there twice"#,
            ),
            (
                with(r#""da ist {nam}""#, FULL),
                r#"xx.json: "room-joined" has the placeholders {"nam"} instead of {"name"}"#,
            ),
            (
                with(r#""da ist {name""#, FULL),
                r#"xx.json: "room-joined" has a { without }"#,
            ),
            (
                with(r#""da ist name}""#, FULL),
                r#"xx.json: "room-joined" has a } without {"#,
            ),
            (with(r#"" ""#, FULL), r#"xx.json: "room-joined" is empty"#),
            (
                with(JOINED, r#""voll""#),
                r#"xx.json: "room-full" needs a text for each category of numbers"#,
            ),
            (
                with(FULL, FULL),
                r#"xx.json: "room-joined" has no number to choose a text by"#,
            ),
            (
                with(JOINED, r#"{"other": "{count}"}"#),
                r#"xx.json: "room-full" has the categories {"other"} instead of {"one", "other"}"#,
            ),
            (
                with(JOINED, r#"{"one": "eins", "other": "viele"}"#),
                r#"xx.json: "room-full" lacks {count} in "other""#,
            ),
            (
                with(JOINED, r#"{"one": "{name}", "other": "{count}"}"#),
                r#"xx.json: "room-full" has {name} in "one", where only {count} can stand"#,
            ),
            (
                r#"{"roomJoined": "x"}"#.to_owned(),
                r#"xx.json: "roomJoined" is no key of small letters, digits and single -"#,
            ),
        ] {
            assert_eq!(said_of(&json), reason);
        }
        assert!(said_of(r#"{"room-joined": 1}"#).starts_with("xx.json: invalid type"));
    }
}
